package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.plan.Views.Part;
import io.mcudeploy.quantized.Int32Array;
import io.mcudeploy.quantized.Int8Array;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.Multiplier;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.QuantizedGraph;
import io.mcudeploy.quantized.QuantizedTensor;
import io.mcudeploy.quantized.StorageType;
import io.mcudeploy.quantized.operators.Concat;
import io.mcudeploy.quantized.operators.Copy;
import io.mcudeploy.quantized.operators.FullyConnected;
import io.mcudeploy.quantized.operators.LookupTable;
import io.mcudeploy.quantized.operators.OutputStage;
import io.mcudeploy.quantized.operators.Rescale;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ViewsTest {
  private static final Quantization QUANTIZATION = new Quantization(0.5, 3);
  private static final KernelCode VIEW = KernelCode.view();
  private static final KernelCode PLAIN = KernelCode.of("f", "portable/lookup_table.c.vm");
  private static final KernelCode IN_PLACE = PLAIN.inPlaceOf(0);

  private final Map<String, QuantizedTensor> tensors = new LinkedHashMap<>();
  private final List<Layer> layers = new ArrayList<>();

  @Test
  void inputsOfAConcatenationAreWrittenWhereItsOutputHasThem() {
    tensor("in", 8);
    map("a", "in");
    map("b", "a");
    concat("y", "a", "b");
    map("out", "y");
    QuantizedGraph graph = graph("out");

    Views views = Views.of(graph, List.of(PLAIN, PLAIN, VIEW, PLAIN));

    assertThat(possible(graph)).containsExactly("y");
    assertThat(views.root("a")).isEqualTo(new Part("y", 0));
    assertThat(views.root("b")).isEqualTo(new Part("y", 8));
    assertThat(lifetimes(graph, PLAIN, PLAIN, VIEW, PLAIN).buffers())
        .containsExactly(new Buffer(List.of("a", "b", "y"), Map.of("b", 8), 16, 1, 4));
  }

  @Test
  void aSliceIsReadWhereItsInputHasIt() {
    tensor("in", 8);
    map("x", "in");
    slice("low", "x", 0, 3);
    slice("high", "x", 3, 5);
    map("low2", "low");
    map("out", "high");
    QuantizedGraph graph = graph("out", "low2");

    assertThat(possible(graph)).containsExactlyInAnyOrder("low", "high");
    assertThat(lifetimes(graph, PLAIN, VIEW, VIEW, PLAIN, PLAIN).buffers())
        .containsExactly(new Buffer(List.of("x", "low", "high"), Map.of("high", 3), 8, 1, 5));
  }

  @Test
  void aSliceOfTheCallersInputTakesNoMemory() {
    tensor("in", 8);
    slice("high", "in", 3, 5);
    map("out", "high");
    QuantizedGraph graph = graph("out");

    assertThat(possible(graph)).containsExactly("high");
    assertThat(lifetimes(graph, VIEW, PLAIN).buffers()).isEmpty();
  }

  @Test
  void partsOfTheCallersOutputTakeNoMemory() {
    tensor("in", 8);
    map("a", "in");
    map("b", "in");
    concat("out", "a", "b");
    QuantizedGraph graph = graph("out");

    assertThat(possible(graph)).containsExactly("out");
    assertThat(lifetimes(graph, PLAIN, PLAIN, VIEW).buffers()).isEmpty();
    assertThat(new Liveness(graph, List.of(PLAIN, PLAIN, VIEW), Ports.CALLER).atStart()).isZero();
  }

  @Test
  void viewsOfViewsLieInOneMemory() {
    tensor("in", 8);
    map("a", "in");
    map("b", "in");
    concat("y", "a", "b");
    slice("part", "a", 2, 4);
    slice("deep", "part", 1, 2);
    Views views = Views.of(graph("y", "deep"), List.of(PLAIN, PLAIN, VIEW, VIEW, VIEW));

    assertThat(views.root("deep")).isEqualTo(new Part("y", 3));
  }

  @Test
  void whatCannotStaySideBySideIsCopied() {
    tensor("in", 8);
    map("a", "in");
    map("b", "in");
    layer("twice", 16, joined(2, 4, 4), "a", "b");
    layer("scaled", 16, rescaling(8), "a", "b");
    layer("self", 16, joined(1, 8, 8), "a", "a");
    layer("columns", 4, new Copy(StorageType.INT8, 8, Shape.of(2, 2), List.of(4, 1), 0), "a");
    QuantizedGraph graph = graph("twice", "scaled", "self", "columns");

    assertThat(possible(graph)).isEmpty();
    assertThat(Views.whyCopied(graph, layers.get(0), Ports.CALLER, Set.of())).isEmpty();
    assertThat(Views.whyCopied(graph, layers.get(2), Ports.CALLER, Set.of()))
        .contains("elements do not stay side by side in memory");
    assertThat(Views.whyCopied(graph, layers.get(3), Ports.CALLER, Set.of()))
        .contains("the scales differ");
  }

  @Test
  void tensorsOfTheCallerAndOfTheUsersChoiceStayWhereTheyAre() {
    tensor("in", 8);
    map("a", "in");
    map("b", "in");
    concat("y", "a", "b");
    concat("z", "in", "b");
    slice("low", "a", 0, 3);
    QuantizedGraph graph = graph("y", "z", "low");

    assertThat(Views.possible(graph, Ports.CALLER, Set.of())).containsExactly("y");
    assertThat(Views.possible(graph, Ports.ARENA, Set.of())).containsExactlyInAnyOrder("y", "low");
    assertThat(Views.possible(graph, Ports.CALLER, Set.of("b"))).isEmpty();
  }

  @Test
  void theLargerOfTwoThatWantOneTensorGetsIt() {
    tensor("in", 8);
    map("a", "in");
    map("b", "in");
    concat("y", "a", "b");
    map("c", "in");
    concat("z", "a", "b", "c");
    map("out", "y");
    map("out2", "z");

    QuantizedGraph graph = graph("out", "out2");
    assertThat(possible(graph)).containsExactly("z");
    assertThat(Views.whyCopied(graph, layers.get(2), Ports.CALLER, Set.of()))
        .contains("another layer has one of its tensors in place");
  }

  @Test
  void nothingIsWrittenOverAPartWhileOthersAreInUse() {
    tensor("in", 8);
    map("x", "in");
    slice("low", "x", 0, 4);
    slice("high", "x", 4, 4);
    map("a", "low");
    map("out", "high");
    map("out2", "a");
    KernelCode leading = PLAIN.leadingBy(OptionalInt.of(0));
    QuantizedGraph graph = graph("out", "out2");

    assertThat(lifetimes(graph, PLAIN, VIEW, VIEW, IN_PLACE, PLAIN, PLAIN).buffers())
        .contains(new Buffer(List.of("a"), 4, 4, 6));
    assertThat(lifetimes(graph, PLAIN, VIEW, VIEW, leading, PLAIN, PLAIN).overlaps()).isEmpty();
  }

  @Test
  void anOutputMayLieOverTheLastPartInUse() {
    tensor("in", 8);
    map("x", "in");
    slice("low", "x", 0, 4);
    slice("high", "x", 4, 4);
    map("out", "low");
    map("a", "high");
    map("out2", "a");
    KernelCode leading = PLAIN.leadingBy(OptionalInt.of(5));
    QuantizedGraph graph = graph("out", "out2");

    // The buffer of x begins 4 bytes before what is read.
    assertThat(lifetimes(graph, PLAIN, VIEW, VIEW, PLAIN, leading, PLAIN).overlaps())
        .containsExactly(
            new Overlap(
                new Buffer(List.of("a"), 4, 5, 6),
                new Buffer(List.of("x", "low", "high"), Map.of("high", 4), 8, 1, 5),
                1));
  }

  @Test
  void aPartThatIsWrittenBeforeOthersKeepsItsDistanceWhole() {
    tensor("in", 8);
    map("c", "in");
    map("a", "in");
    map("b", "c");
    concat("y", "a", "b");
    map("out", "y");
    KernelCode leading = PLAIN.leadingBy(OptionalInt.of(0));

    // When b is written over c, a lies in the buffer already.
    assertThat(lifetimes(graph("out"), PLAIN, PLAIN, leading, VIEW, PLAIN).overlaps()).isEmpty();
    assertThat(lifetimes(graph("out"), PLAIN, PLAIN, IN_PLACE, VIEW, PLAIN).buffers())
        .containsExactlyInAnyOrder(
            new Buffer(List.of("c"), 8, 1, 3),
            new Buffer(List.of("a", "b", "y"), Map.of("b", 8), 16, 2, 5));
  }

  @Test
  void anOrderIsSearchedWithWhatTensorsShare() {
    tensor("in", 8);
    map("a", "in");
    map("b", "in");
    concat("y", "a", "b");
    map("out", "y");
    Liveness liveness =
        new Liveness(graph("out"), List.of(PLAIN, PLAIN, VIEW, PLAIN), Ports.CALLER);

    assertThat(LayerOrder.of(liveness).peak()).isEqualTo(16);
  }

  @Test
  void theSmallestArenaCopiesWhatWouldBeInUseForTooLong() {
    tensor("in", 10);
    for (String branch : List.of("a", "b")) {
      dense(branch + "1", "in", 100);
      dense(branch + "2", branch + "1", 100);
      dense(branch, branch + "2", 45);
    }
    concat("y", "a", "b");
    dense("out", "y", 5);
    QuantizedGraph graph = graph("out");
    Planner planner = new Planner(List.of("portable"), 1);

    Plan ram = planner.plan(graph, Goal.RAM, Long.MAX_VALUE, Long.MAX_VALUE);
    Plan time = planner.plan(graph, Goal.TIME, Long.MAX_VALUE, Long.MAX_VALUE);

    assertThat(ram.arenaBytes()).isEqualTo(45 + 100 + 100);
    assertThat(kernel(ram, "y").isView()).isFalse();
    assertThat(time.arenaBytes()).isEqualTo(90 + 100 + 100);
    assertThat(kernel(time, "y").isView()).isTrue();
  }

  private static KernelCode kernel(Plan plan, String layer) {
    return plan.schedule().steps().stream()
        .filter(step -> step.layer().name().equals(layer))
        .map(Step::kernel)
        .findFirst()
        .orElseThrow();
  }

  private void dense(String output, String input, int outputs) {
    int inputs = tensors.get(input).shape().elements();
    OutputStage stage =
        new OutputStage(Collections.nCopies(outputs, Multiplier.of(0.01)), 3, -128, 127);
    Int8Array weights = Int8Array.of(new byte[inputs * outputs]);
    Int32Array bias = Int32Array.of(new int[outputs]);
    layer(output, outputs, new FullyConnected(1, inputs, outputs, 3, weights, bias, stage), input);
  }

  private static Set<String> possible(QuantizedGraph graph) {
    return Views.possible(graph, Ports.CALLER, Set.of());
  }

  private static Lifetimes lifetimes(QuantizedGraph graph, KernelCode... kernels) {
    return Lifetimes.of(Schedule.of(graph, List.of(kernels)));
  }

  private QuantizedGraph graph(String... outputs) {
    return new QuantizedGraph("test", List.of("in"), List.of(outputs), layers, tensors, Map.of());
  }

  private void map(String output, String input) {
    int length = tensors.get(input).shape().elements();
    layer(output, length, new LookupTable(length, Int8Array.of(new byte[256])), input);
  }

  private void slice(String output, String input, int start, int length) {
    int whole = tensors.get(input).shape().elements();
    layer(
        output,
        length,
        new Copy(StorageType.INT8, whole, Shape.of(length), List.of(1), start),
        input);
  }

  private void concat(String output, String... inputs) {
    Integer[] lengths = new Integer[inputs.length];
    int sum = 0;
    for (int i = 0; i < inputs.length; i++) {
      lengths[i] = tensors.get(inputs[i]).shape().elements();
      sum += lengths[i];
    }
    layer(output, sum, joined(1, lengths), inputs);
  }

  private static Concat joined(int outer, Integer... lengths) {
    Rescale same = Rescale.of(QUANTIZATION, QUANTIZATION);
    return new Concat(outer, List.of(lengths), Collections.nCopies(lengths.length, same));
  }

  private static Concat rescaling(int length) {
    Rescale same = Rescale.of(QUANTIZATION, QUANTIZATION);
    Rescale other = Rescale.of(new Quantization(0.7, 0), QUANTIZATION);
    return new Concat(1, List.of(length, length), List.of(same, other));
  }

  private void layer(String output, int length, IntegerOperator operator, String... inputs) {
    layers.add(new Layer(output, operator, List.of(inputs), List.of(output)));
    tensor(output, length);
  }

  private void tensor(String name, int length) {
    tensors.put(name, new QuantizedTensor(name, Shape.of(length), StorageType.INT8, QUANTIZATION));
  }
}
