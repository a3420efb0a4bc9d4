package io.mcudeploy.plan;

import io.mcudeploy.quantized.Rows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Consecutive layers that run row by row: again and again each computes a few rows of its output.
 * Of the tensors between them only the rows that are still to be read are in memory, in line
 * buffers. Before a layer adds rows to a line buffer, those that are still needed move to its
 * start, so a line buffer is an ordinary small image.
 *
 * @param first number of the first layer, from 1
 * @param last number of the last layer
 * @param rows of the last layer's output that a turn computes
 * @param loops all turns, equal ones that follow each other together
 * @param lines the line buffers, by tensor
 * @param leads of the last layer's output over whole inputs that no later layer reads, by input:
 *     the bytes by which it has to begin earlier not to overtake what is still to be read
 */
public record Chain(
    int first,
    int last,
    int rows,
    List<Loop> loops,
    Map<String, Line> lines,
    Map<String, Integer> leads) {

  /** Instructions of a call, about. */
  private static final long CALL_COST = 40;

  /** Instructions that move a byte, about. */
  private static final long MOVE_COST = 1;

  /** Turns that do the same to the next rows. */
  public record Loop(int turns, List<Band> bands) {
    public Loop {
      bands = List.copyOf(bands);
    }
  }

  /**
   * A layer's part in a turn.
   *
   * @param number of the layer
   * @param kernel which of the layer's kernels computes it
   * @param dropped rows of the output's line buffer that are no longer needed, at its start
   * @param kept rows behind these that are, and move to the start
   */
  public record Band(
      int number, int kernel, List<Slice> inputs, Slice output, int dropped, int kept) {
    public Band {
      inputs = List.copyOf(inputs);
    }

    /** Bytes that move to the start of the line buffer. */
    public int movedBytes() {
      return kept * output.rowBytes();
    }

    private long overhead() {
      return CALL_COST + movedBytes() * MOVE_COST;
    }
  }

  /**
   * Rows of a tensor that a band reads or writes.
   *
   * @param rows in the tensor, in a loop's first turn
   * @param place of the first of them in the tensor's memory, in rows, in a loop's first turn
   * @param step by how many rows the place moves from turn to turn
   * @param rowBytes of one row
   */
  public record Slice(String tensor, Rows rows, int place, int step, int rowBytes) {
    /** Bytes of the rows. */
    public int bytes() {
      return rows.count() * rowBytes;
    }

    /** Bytes from the start of the tensor's memory to the rows in a turn of the loop. */
    public int offset(int turn) {
      return (place + turn * step) * rowBytes;
    }
  }

  /**
   * A tensor that never exists as a whole.
   *
   * @param rows that are in memory at most
   * @param height all rows of the tensor
   * @param rowBytes of one row
   * @param stays whether rows stay in memory from turn to turn
   * @param host the tensor in whose memory the rows lie until they become its rows; if none, they
   *     have their own
   */
  public record Line(int rows, int height, int rowBytes, boolean stays, Optional<String> host) {
    public int bytes() {
      return rows * rowBytes;
    }
  }

  public Chain {
    loops = List.copyOf(loops);
    lines = Map.copyOf(lines);
    leads = Map.copyOf(leads);
  }

  /** Whether a layer is one of these. */
  public boolean contains(int number) {
    return first <= number && number <= last;
  }

  /** The line buffer of a tensor, unless the tensor is a whole one. */
  public Optional<Line> line(String tensor) {
    return Optional.ofNullable(lines.get(tensor));
  }

  /** Estimated instructions of a layer in one inference, calls and moves included. */
  long cost(Step step) {
    long cost = 0;
    for (Loop loop : loops) {
      for (Band band : loop.bands()) {
        if (band.number() == step.number()) {
          cost += loop.turns() * (step.kernels().get(band.kernel()).cost() + band.overhead());
        }
      }
    }
    return cost;
  }

  /** Estimated instructions that running row by row costs. */
  long overhead() {
    return loops.stream()
        .mapToLong(loop -> loop.turns() * loop.bands().stream().mapToLong(Band::overhead).sum())
        .sum();
  }

  @Override
  public String toString() {
    return "  layers %d to %d, %d of the last rows a turn: %s\n"
        .formatted(
            first,
            last,
            rows,
            new TreeMap<>(lines)
                .entrySet().stream()
                    .map(
                        line ->
                            "%s %d of %d rows"
                                .formatted(
                                    line.getKey(),
                                    line.getValue().rows(),
                                    line.getValue().height()))
                    .collect(Collectors.joining(", ")));
  }
}
