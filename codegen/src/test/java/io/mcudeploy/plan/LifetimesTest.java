package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.kernels.CType;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.kernels.Scratch;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.LookupTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LifetimesTest {
  private static final KernelCode PLAIN = KernelCode.of("f", "portable/lookup_table.c.vm");
  private static final KernelCode IN_PLACE = PLAIN.inPlaceOf(0);

  @Test
  void inputsAndOutputsAreTheCallers() {
    assertThat(buffers(List.of("a = in", "out = a"), PLAIN, PLAIN))
        .containsExactly(new Buffer(List.of("a"), 8, 1, 2));
  }

  @Test
  void aTensorLivesUntilItsLastReader() {
    assertThat(buffers(List.of("a = in", "b = a", "c = b", "out = a"), PLAIN, PLAIN, PLAIN, PLAIN))
        .contains(new Buffer(List.of("a"), 8, 1, 4));
  }

  @Test
  void aTensorThatNobodyReadsStillNeedsItsPlace() {
    assertThat(buffers(List.of("a = in", "out = in"), PLAIN, PLAIN))
        .containsExactly(new Buffer(List.of("a"), 8, 1, 1));
  }

  @Test
  void anOutputReplacesAnInputNobodyReadsLater() {
    assertThat(buffers(List.of("a = in", "b = a", "out = b"), PLAIN, IN_PLACE, PLAIN))
        .containsExactly(new Buffer(List.of("a", "b"), 8, 1, 3));
  }

  @Test
  void anOutputDoesNotReplaceAnInputThatIsReadLater() {
    assertThat(
            buffers(List.of("a = in", "b = a", "c = a", "out = b"), PLAIN, IN_PLACE, PLAIN, PLAIN))
        .contains(new Buffer(List.of("a"), 8, 1, 3), new Buffer(List.of("b"), 8, 2, 4));
  }

  @Test
  void nothingReplacesTheCallersInput() {
    assertThat(buffers(List.of("a = in", "out = a"), IN_PLACE, PLAIN))
        .containsExactly(new Buffer(List.of("a"), 8, 1, 2));
  }

  @Test
  void scratchLivesDuringItsLayer() {
    KernelCode scratch = PLAIN.withScratch(new Scratch("s", CType.INT16, 5));

    assertThat(buffers(List.of("a = in", "out = a"), PLAIN, scratch))
        .contains(new Buffer(List.of("scratch of layer 2"), 10, 2, 2));
  }

  @Test
  void anOutputMayLieOverAnInputNobodyReadsLater() {
    KernelCode leading = PLAIN.leadingBy(OptionalInt.of(3));

    assertThat(lifetimes(List.of("a = in", "b = a", "out = b"), PLAIN, leading, PLAIN).overlaps())
        .containsExactly(
            new Overlap(new Buffer(List.of("b"), 8, 2, 3), new Buffer(List.of("a"), 8, 1, 2), 3));
    assertThat(
            lifetimes(List.of("a = in", "b = a", "c = a", "out = b"), PLAIN, leading, PLAIN, PLAIN)
                .overlaps())
        .isEmpty();
  }

  @Test
  void inputsAndOutputsInTheArenaAreInUseBeforeAndAfterAllLayers() {
    assertThat(inArena(List.of("a = in", "out = a", "b = a"), PLAIN, PLAIN, PLAIN))
        .containsExactly(
            new Buffer(List.of("in"), 8, 1, 1),
            new Buffer(List.of("a"), 8, 1, 3),
            new Buffer(List.of("out"), 8, 2, 3),
            new Buffer(List.of("b"), 8, 3, 3));
  }

  @Test
  void anInputInTheArenaIsReplacedAndAnOutputIsNot() {
    assertThat(inArena(List.of("a = in", "out = a"), IN_PLACE, IN_PLACE))
        .containsExactly(new Buffer(List.of("in", "a", "out"), 8, 1, 2));
    assertThat(inArena(List.of("out = in", "b = out"), IN_PLACE, IN_PLACE))
        .containsExactly(
            new Buffer(List.of("in", "out"), 8, 1, 2), new Buffer(List.of("b"), 8, 2, 2));
  }

  private static List<Buffer> inArena(List<String> equations, KernelCode... kernels) {
    return Lifetimes.of(Schedule.of(graph(equations), List.of(kernels), Ports.ARENA)).buffers();
  }

  /** The buffers of a network of eight-byte tensors, one layer for each {@code output = input}. */
  private static Lifetimes lifetimes(List<String> equations, KernelCode... kernels) {
    return Lifetimes.of(Schedule.of(graph(equations), List.of(kernels)));
  }

  private static QuantizedGraph graph(List<String> equations) {
    Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
    List<Layer> layers = new ArrayList<>();
    for (String equation : equations) {
      List<String> names = List.of(equation.split(" = ", -1));
      for (String name : names) {
        tensors.put(
            name, new QuantizedTensor(name, Shape.of(8), StorageType.INT8, new Quantization(1, 0)));
      }
      LookupTable operator = new LookupTable(8, Int8Array.of(new byte[256]));
      layers.add(new Layer(names.get(0), operator, List.of(names.get(1)), List.of(names.get(0))));
    }
    return new QuantizedGraph("test", List.of("in"), List.of("out"), layers, tensors, Map.of());
  }

  private static List<Buffer> buffers(List<String> equations, KernelCode... kernels) {
    return lifetimes(equations, kernels).buffers();
  }
}
