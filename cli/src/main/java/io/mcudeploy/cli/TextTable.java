package io.mcudeploy.cli;

import io.mcudeploy.diagnostics.Numbers;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of text in aligned columns; columns that hold only numbers are aligned to the right. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(String... header) {
    rows.add(List.of(header));
  }

  void row(Object... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + rows.get(0));
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell instanceof Number number ? grouped(number) : cell.toString());
    }
    rows.add(row);
  }

  void print(PrintWriter out) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    boolean[] numbers = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      int c = column;
      widths[c] = rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0);
      numbers[c] = rows.stream().skip(1).allMatch(row -> row.get(c).matches("[-\\d,.%]*"));
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String cell = row.get(column);
        String pad = " ".repeat(widths[column] - cell.length());
        line.append(numbers[column] ? pad + cell : cell + pad).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** As {@code 1,234,567}, or {@code 0.1234} for fractions. */
  static String grouped(Number number) {
    if (number instanceof Double || number instanceof Float) {
      return String.format(Locale.ROOT, "%.4f", number.doubleValue());
    }
    return Numbers.grouped(number.longValue());
  }
}
