package io.mcudeploy.quantization;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.operators.ArgMax;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.BatchNormalization;
import io.mcudeploy.operators.Binary;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.operators.Cast;
import io.mcudeploy.operators.Comparison;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.ConvTranspose2d;
import io.mcudeploy.operators.CumulativeSum;
import io.mcudeploy.operators.Expand;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.Gather;
import io.mcudeploy.operators.GatherElements;
import io.mcudeploy.operators.GatherRows;
import io.mcudeploy.operators.Gru;
import io.mcudeploy.operators.LogSoftmax;
import io.mcudeploy.operators.Lstm;
import io.mcudeploy.operators.MatMul;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.operators.Normalization;
import io.mcudeploy.operators.OneHot;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.PrimaryCapsules;
import io.mcudeploy.operators.Reduce;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Resize;
import io.mcudeploy.operators.Rnn;
import io.mcudeploy.operators.Scatter;
import io.mcudeploy.operators.Slice;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Squash;
import io.mcudeploy.operators.Svdf;
import io.mcudeploy.operators.Tile;
import io.mcudeploy.operators.TopIndices;
import io.mcudeploy.operators.Transpose;
import io.mcudeploy.operators.Unary;
import io.mcudeploy.operators.Where;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The table of lowerings: one line for each float operator that has an integer counterpart. */
final class Lowerings {
  private static final Map<Class<? extends Operator>, Function<Operator, Lowering>> TABLE =
      Map.ofEntries(
          entry(Conv2d.class, ConvolutionLowering::new),
          entry(ConvTranspose2d.class, ConvTransposeLowering::new),
          entry(FullyConnected.class, FullyConnectedLowering::new),
          entry(MatMul.class, operator -> new MatMulLowering()),
          entry(BatchNormalization.class, NormalizationLowering::new),
          entry(Normalization.class, GroupNormalizationLowering::new),
          entry(MaxPool2d.class, MaxPoolLowering::new),
          entry(AveragePool2d.class, AveragePoolLowering::new),
          entry(Unary.class, operator -> new FunctionLowering()),
          entry(Binary.class, Lowerings::binary),
          entry(Comparison.class, ComparisonLowering::new),
          entry(Where.class, operator -> new WhereLowering()),
          entry(Softmax.class, SoftmaxLowering::new),
          entry(LogSoftmax.class, LogSoftmaxLowering::new),
          entry(Reduce.class, ReduceLowering::new),
          entry(Squash.class, SquashLowering::new),
          entry(PrimaryCapsules.class, PrimaryCapsulesLowering::new),
          entry(CapsuleRouting.class, CapsuleRoutingLowering::new),
          entry(Lstm.class, LstmLowering::new),
          entry(Gru.class, GruLowering::new),
          entry(Rnn.class, RnnLowering::new),
          entry(Svdf.class, SvdfLowering::new),
          entry(Concat.class, ConcatLowering::new),
          entry(Pad.class, Lowerings::pad),
          entry(Resize.class, ResizeLowering::new),
          entry(Reshape.class, MoveLowering::new),
          entry(Transpose.class, MoveLowering::new),
          entry(Slice.class, MoveLowering::new),
          entry(Expand.class, MoveLowering::new),
          entry(Tile.class, MoveLowering::new),
          entry(Gather.class, MoveLowering::new),
          entry(GatherRows.class, GatherLowering::of),
          entry(GatherElements.class, GatherLowering::of),
          entry(Scatter.class, ScatterLowering::new),
          entry(ArgMax.class, TopIndicesLowering::of),
          entry(TopIndices.class, TopIndicesLowering::of),
          entry(OneHot.class, OneHotLowering::new),
          entry(Cast.class, CastLowering::new),
          entry(CumulativeSum.class, CumulativeSumLowering::new));

  private Lowerings() {}

  /**
   * The lowering of a node.
   *
   * @throws io.mcudeploy.diagnostics.DiagnosticException E0304 if there is none
   */
  static Lowering of(Node node, Graph graph) {
    Stream.concat(node.inputs().stream(), node.outputs().stream())
        .filter(value -> graph.type(value).shape().elements() == 0)
        .findFirst()
        .ifPresent(
            value -> {
              throw unsupported(node, graph, "`" + value + "` has no elements").asException();
            });
    if (FixedGrid.of(node).isPresent()) {
      return new FakeQuantizeLowering();
    }
    if (FunctionLowering.isFunction(node, graph)) {
      return new FunctionLowering();
    }
    Lowering lowering =
        Optional.ofNullable(TABLE.get(node.operator().getClass()))
            .orElseThrow(
                () ->
                    unsupported(node, graph, node.operator().kind() + " has no integer arithmetic")
                        .asException())
            .apply(node.operator());
    if (!lowering.takesIntegers() && !isReal(node, graph)) {
      throw unsupported(
              node, graph, node.operator().kind() + " of integers has no integer arithmetic here")
          .asException();
    }
    return lowering;
  }

  private static Lowering binary(Binary operator) {
    return switch (operator.function()) {
      case MIN, MAX -> new ExtremeLowering(operator);
      case PRELU -> new ParametricReluLowering();
      default -> new BinaryLowering(operator);
    };
  }

  private static Lowering pad(Pad operator) {
    return operator.mode() == Pad.Mode.CONSTANT
        ? new PadLowering(operator)
        : new MoveLowering(operator);
  }

  private static boolean isReal(Node node, Graph graph) {
    return Stream.concat(node.inputs().stream(), node.outputs().stream())
        .allMatch(value -> graph.type(value).element().isFloat());
  }

  /** A node that cannot be computed in integers. */
  static Diagnostic unsupported(Node node, Graph graph, String message) {
    return Diagnostic.of(
        Code.E0304, new Location.Node(graph.name(), node.name(), node.operator().kind()), message);
  }

  private static <T extends Operator>
      Map.Entry<Class<? extends Operator>, Function<Operator, Lowering>> entry(
          Class<T> operator, Function<T, Lowering> lowering) {
    return Map.entry(operator, instance -> lowering.apply(operator.cast(instance)));
  }
}
