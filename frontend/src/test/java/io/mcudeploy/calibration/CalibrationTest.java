package io.mcudeploy.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.ir.TensorType;
import io.mcudeploy.operators.Unary;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final Graph RELU =
      Graph.of(
          "relu",
          Map.of("x", TensorType.floats(Shape.of(1, 3))),
          List.of("y"),
          List.of(new Node("relu", Unary.RELU, List.of("x"), List.of("y"))),
          Map.of());

  @Test
  void everyValueGetsTheRangeOfAllSamples() {
    Samples samples = Samples.of(List.of(sample(-1, 0, 2), sample(3, -4, 0.5f)));
    AtomicInteger done = new AtomicInteger();

    Ranges ranges =
        Calibration.of(RELU, samples, RangeMethod.MIN_MAX, count -> done.incrementAndGet());

    assertThat(ranges.of("x")).isEqualTo(new Range(-4, 3));
    assertThat(ranges.of("y")).isEqualTo(new Range(0, 3));
    assertThat(done).hasValue(2);
  }

  @Test
  void theNumberOfThreadsDoesNotMatter() throws Exception {
    Samples samples = Samples.synthetic(RELU, 100);
    for (RangeMethod method : RangeMethod.all()) {
      Ranges sequential =
          new ForkJoinPool(1).submit(() -> Calibration.of(RELU, samples, method, done -> {})).get();
      Ranges parallel =
          new ForkJoinPool(7).submit(() -> Calibration.of(RELU, samples, method, done -> {})).get();
      assertThat(parallel).isEqualTo(sequential);
    }
  }

  /**
   * Samples are made one by one and weakly counted, so a sample that is kept anywhere is seen, and
   * so is one that is made long before it is used.
   */
  @Test
  void onlyAFewSamplesAreAliveHoweverManyThereAre() {
    int count = 50 * Samples.TOGETHER;
    List<WeakReference<Tensor>> made = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger mostAlive = new AtomicInteger();
    Samples samples =
        new Samples(
            count,
            index -> {
              Map<String, Tensor> sample = sample(index, -index, 1);
              made.add(new WeakReference<>(sample.get("x")));
              if (index % (10 * Samples.TOGETHER) == 0) {
                System.gc();
                synchronized (made) {
                  long alive = made.stream().filter(tensor -> tensor.get() != null).count();
                  mostAlive.accumulateAndGet((int) alive, Math::max);
                }
              }
              return sample;
            });

    Ranges ranges = Calibration.of(RELU, samples, RangeMethod.MIN_MAX, done -> {});

    assertThat(ranges.of("x")).isEqualTo(new Range(-count + 1, count - 1));
    assertThat(made).hasSize(count);
    assertThat(mostAlive).hasPositiveValue().hasValueLessThanOrEqualTo(2 * Samples.TOGETHER);
  }

  @Test
  void aSampleOfAnotherShapeIsTheUsersMistakeAndBothShapesAreNamed() {
    Tensor wrong = new Tensor.Floats(Shape.of(1, 4), new float[4]);
    Samples samples = Samples.of(List.of(Map.of("x", wrong)));

    assertThatThrownBy(() -> Calibration.of(RELU, samples, RangeMethod.MIN_MAX, done -> {}))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("E0301")
        .hasMessageContaining("[1, 4]")
        .hasMessageContaining("[1, 3]");
  }

  @Test
  void noSamplesAreTheUsersMistake() {
    assertThatThrownBy(
            () -> Calibration.of(RELU, Samples.of(List.of()), RangeMethod.MSE, done -> {}))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("E0301");
  }

  @Test
  void withoutSamplesNoiseIsUsedAndTheUserIsWarned() {
    List<Diagnostic> warnings = new ArrayList<>();

    Ranges ranges = Calibration.withoutSamples(RELU, RangeMethod.MIN_MAX, warnings::add);

    assertThat(warnings).extracting(Diagnostic::code).containsExactly(Code.W0302);
    assertThat(ranges.of("x").low()).isBetween(-6.0, -1.0);
    assertThat(ranges)
        .isEqualTo(Calibration.withoutSamples(RELU, RangeMethod.MIN_MAX, warning -> {}));
  }

  private static Map<String, Tensor> sample(float... values) {
    return Map.of("x", new Tensor.Floats(Shape.of(1, values.length), values));
  }
}
