package io.mcudeploy.deploy;

import java.util.ArrayList;
import java.util.List;

/** A table of Markdown whose columns are also aligned as plain text. */
final class MarkdownTable {
  private final String alignment;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param alignment a letter for each column: l or r
   */
  MarkdownTable(String alignment, List<String> header) {
    this.alignment = alignment;
    row(header);
  }

  void row(List<String> cells) {
    if (cells.size() != alignment.length()) {
      throw new IllegalArgumentException(cells.size() + " cells for " + alignment);
    }
    rows.add(List.copyOf(cells));
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      text.append('|');
      for (int c = 0; c < alignment.length(); c++) {
        String cell = rows.get(r).get(c);
        String pad = " ".repeat(width(c) - cell.length());
        text.append(' ').append(left(c) ? cell + pad : pad + cell).append(" |");
      }
      text.append('\n');
      if (r == 0) {
        text.append('|');
        for (int c = 0; c < alignment.length(); c++) {
          String line = "-".repeat(width(c));
          text.append(left(c) ? ":" + line + "-|" : "-" + line + ":|");
        }
        text.append('\n');
      }
    }
    return text.toString();
  }

  private boolean left(int column) {
    return alignment.charAt(column) == 'l';
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
