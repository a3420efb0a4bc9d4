package io.mcudeploy.cli;

import io.mcudeploy.calibration.RangeMethod;
import java.util.Iterator;
import picocli.CommandLine;

/** The names of {@link RangeMethod}s on the command line. */
final class RangeMethodName implements CommandLine.ITypeConverter<RangeMethod>, Iterable<String> {
  @Override
  public RangeMethod convert(String text) {
    try {
      return RangeMethod.named(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }

  @Override
  public Iterator<String> iterator() {
    return RangeMethod.all().stream().map(RangeMethod::toString).iterator();
  }
}
