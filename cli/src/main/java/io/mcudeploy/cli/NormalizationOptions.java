package io.mcudeploy.cli;

import io.mcudeploy.data.Normalization;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** From the numbers of data files to what the network was trained on. */
final class NormalizationOptions {
  @Option(
      names = "--scale",
      paramLabel = "FACTOR",
      converter = Fraction.class,
      defaultValue = "1",
      description = "Multiply the numbers of data files, as in --scale 1/255.")
  private double scale;

  @Option(
      names = "--offset",
      paramLabel = "SUMMAND",
      converter = Fraction.class,
      defaultValue = "0",
      description = "Add to the scaled numbers.")
  private double offset;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "MEAN",
      converter = Fraction.class,
      description = "Subtract from the scaled numbers; one value, or one a channel.")
  private List<Double> mean = List.of();

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "DEVIATION",
      converter = Fraction.class,
      description = "Divide by, after --mean; one value, or one a channel.")
  private List<Double> deviation = List.of();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  Normalization normalization() {
    if (mean.size() > 1 && deviation.size() > 1 && mean.size() != deviation.size()) {
      throw new CommandLine.ParameterException(
          command.commandLine(), "--mean and --std have different numbers of channels");
    }
    if (deviation.contains(0.0)) {
      throw new CommandLine.ParameterException(command.commandLine(), "--std has a 0");
    }
    return new Normalization(scale, offset, mean, deviation);
  }

  /** A decimal number or a quotient of two. */
  static final class Fraction implements CommandLine.ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      int slash = text.indexOf('/');
      try {
        double value =
            slash < 0
                ? Double.parseDouble(text)
                : Double.parseDouble(text.substring(0, slash))
                    / Double.parseDouble(text.substring(slash + 1));
        if (!Double.isFinite(value)) {
          throw new CommandLine.TypeConversionException("'" + text + "' is not a finite number");
        }
        return value;
      } catch (NumberFormatException e) {
        throw new CommandLine.TypeConversionException(
            "'" + text + "' is not a number or a fraction such as 1/255");
      }
    }
  }
}
