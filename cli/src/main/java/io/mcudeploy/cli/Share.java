package io.mcudeploy.cli;

import picocli.CommandLine;

/** A number from 0 to 1. */
final class Share implements CommandLine.ITypeConverter<Double> {
  @Override
  public Double convert(String text) {
    try {
      double share = Double.parseDouble(text);
      if (share >= 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      throw new CommandLine.TypeConversionException("'" + text + "' is not a number");
    }
    throw new CommandLine.TypeConversionException("'" + text + "' is not from 0 to 1");
  }
}
