package io.mcudeploy.cli;

import picocli.CommandLine;

/** A count of things of which there must be one at least. */
final class PositiveCount implements CommandLine.ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    try {
      int count = Integer.parseInt(text);
      if (count > 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      throw new CommandLine.TypeConversionException("'" + text + "' is not a whole number");
    }
    throw new CommandLine.TypeConversionException("'" + text + "' is not 1 or more");
  }
}
