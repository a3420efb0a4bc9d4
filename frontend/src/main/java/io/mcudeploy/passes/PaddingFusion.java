package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.operators.AveragePool2d;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.FullyConnected;
import io.mcudeploy.operators.MaxPool2d;
import io.mcudeploy.operators.Pad;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Size2d;
import java.util.List;
import java.util.Optional;

/**
 * Lets a convolution or pool pad its own input.
 *
 * <pre>
 *   x ─ Pad with 0 ─ Conv2d            x ─ Conv2d, padded
 *                                ⇒
 * </pre>
 *
 * <p>A MaxPool2d ignores its padding, so the padding must be no greater than anything in the input,
 * and each window must see some of the input. An AveragePool2d must count its padding.
 */
final class PaddingFusion implements NodeRule {
  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Conv2d)
        && !(node.operator() instanceof MaxPool2d)
        && !(node.operator() instanceof AveragePool2d)) {
      return Optional.empty();
    }
    return around
        .producer(node.inputs().get(0), Pad.class)
        .filter(producer -> padsImage((Pad) producer.operator()))
        .flatMap(
            producer ->
                padded(node.operator(), (Pad) producer.operator(), producer, around)
                    .map(
                        operator -> {
                          List<String> operands = new java.util.ArrayList<>(node.inputs());
                          operands.set(0, producer.inputs().get(0));
                          return Rewrite.to(
                              new Node(node.name(), operator, operands, node.outputs()));
                        }));
  }

  private static boolean padsImage(Pad pad) {
    return pad.mode() == Pad.Mode.CONSTANT
        && pad.before().get(0) + pad.after().get(0) == 0
        && pad.before().get(3) + pad.after().get(3) == 0;
  }

  private static Optional<Operator> padded(
      Operator operator, Pad pad, Node producer, Surroundings around) {
    if (operator instanceof Conv2d conv && pad.value() == 0) {
      return Optional.of(
          new Conv2d(
              conv.strides(),
              conv.dilations(),
              sum(conv.padding(), pad),
              conv.groups(),
              conv.activation()));
    }
    if (operator instanceof MaxPool2d pool
        && !pool.ceil()
        && pad.value() <= lowerBound(producer.inputs().get(0), around)
        && isNarrower(sum(pool.padding(), pad), pool.kernel(), pool.dilations())) {
      return Optional.of(
          new MaxPool2d(
              pool.kernel(), pool.strides(), pool.dilations(), sum(pool.padding(), pad), false));
    }
    if (operator instanceof AveragePool2d pool
        && !pool.ceil()
        && pad.value() == 0
        && (pool.countPadding() || pool.padding().equals(Padding2d.NONE))) {
      return Optional.of(
          new AveragePool2d(
              pool.kernel(),
              pool.strides(),
              pool.dilations(),
              sum(pool.padding(), pad),
              false,
              true));
    }
    return Optional.empty();
  }

  private static Padding2d sum(Padding2d padding, Pad pad) {
    return new Padding2d(
        padding.top() + pad.before().get(1),
        padding.left() + pad.before().get(2),
        padding.bottom() + pad.after().get(1),
        padding.right() + pad.after().get(2));
  }

  /** Whether a window in any position covers a pixel that is no padding. */
  private static boolean isNarrower(Padding2d padding, Size2d kernel, Size2d dilations) {
    return dilations.equals(Size2d.ONE)
        && Math.max(padding.top(), padding.bottom()) < kernel.height()
        && Math.max(padding.left(), padding.right()) < kernel.width();
  }

  /** A number that no element of a value is below. */
  private static double lowerBound(String value, Surroundings around) {
    Optional<Node> producer = around.producer(value, Operator.class);
    if (producer.isEmpty()) {
      return Double.NEGATIVE_INFINITY;
    }
    if (producer.get().operator() instanceof Conv2d conv) {
      return conv.activation().low();
    }
    if (producer.get().operator() instanceof FullyConnected layer) {
      return layer.activation().low();
    }
    if (producer.get().operator() instanceof MaxPool2d) {
      return lowerBound(producer.get().inputs().get(0), around);
    }
    return MergeClamps.clamp(producer.get())
        .map(clamp -> clamp.activation().low())
        .orElse(Double.NEGATIVE_INFINITY);
  }
}
