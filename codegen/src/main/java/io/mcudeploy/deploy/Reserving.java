package io.mcudeploy.deploy;

import io.mcudeploy.board.Board;
import io.mcudeploy.board.MemoryRegion;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory that the application keeps for itself. */
public final class Reserving {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,10}) ?(KiB|MiB)?");

  private Reserving() {}

  /**
   * The board without what the application keeps.
   *
   * @param wishes sizes, such as {@code 4096} or {@code 4KiB}, by memory
   * @throws DiagnosticException E0503 if a memory does not exist or has no more than that
   */
  public static Board of(Board board, Map<String, String> wishes) {
    Map<String, Long> bytes = new TreeMap<>();
    wishes.forEach(
        (name, size) -> bytes.put(name, checked(MemoryMap.region(board, name, "--reserve"), size)));
    return board.reserving(bytes);
  }

  private static long checked(MemoryRegion region, String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      throw Diagnostic.of(Code.E0503, Location.nowhere(), "--reserve: `" + size + "` is not a size")
          .help("a size is a number of bytes, or as 16KiB, 1MiB")
          .asException();
    }
    String unit = matcher.group(2) == null ? "" : matcher.group(2);
    long factor = unit.equals("KiB") ? 1 << 10 : unit.equals("MiB") ? 1 << 20 : 1;
    long bytes = Long.parseLong(matcher.group(1)) * factor;
    if (bytes >= region.size()) {
      throw Diagnostic.of(
              Code.E0503,
              region.location(),
              "--reserve: `%s` has no more than %,d bytes".formatted(region.name(), region.size()))
          .asException();
    }
    return bytes;
  }
}
