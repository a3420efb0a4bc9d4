package io.mcudeploy.passes;

import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Concat;
import io.mcudeploy.operators.Conv2d;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes one convolution of several that see the same image and whose results are joined, as the
 * capsule types of many implementations are.
 *
 * <pre>
 *   x ─ Conv2d W1 ─ view ─ Concat            x ─ Conv2d W ─ Reshape ─ Transpose ─ Reshape
 *   └── Conv2d W2 ─ view ─┘            ⇒
 * </pre>
 *
 * <p>The view, if there is one, is a Transpose, a Reshape, or the one and then the other, and the
 * same for all. Where views are stacked along the last axis, neighbouring filters of W come from
 * different convolutions, which often leaves no Transpose.
 */
final class ParallelConvolutions implements NodeRule {
  /** One operand of the Concat: a convolution and the views of its result, the first one first. */
  private record Branch(LinearLayer layer, List<Node> views) {
    /** Whether two branches differ in their weights only. */
    boolean isLike(Branch other) {
      return layer.node().operator().equals(other.layer.node().operator())
          && layer.node().inputs().get(0).equals(other.layer.node().inputs().get(0))
          && layer.weights().shape().equals(other.layer.weights().shape())
          && operators().equals(other.operators());
    }

    private List<?> operators() {
      return views.stream().map(Node::operator).toList();
    }
  }

  @Override
  public Optional<Rewrite> rewrite(Node node, Surroundings around) {
    if (!(node.operator() instanceof Concat concat) || node.inputs().size() < 2) {
      return Optional.empty();
    }
    List<Branch> branches =
        node.inputs().stream().flatMap(input -> branch(input, around).stream()).toList();
    boolean fits =
        branches.size() == node.inputs().size()
            && branches.stream().noneMatch(branch -> branch.layer().isEncoded())
            && branches.stream().allMatch(branch -> branch.isLike(branches.get(0)))
            && branches.get(0).layer().node().operator() instanceof Conv2d conv
            && conv.groups() == 1;
    return fits ? Optional.of(joined(node, concat, branches, around)) : Optional.empty();
  }

  private static Optional<Branch> branch(String value, Surroundings around) {
    List<Node> views = new ArrayList<>();
    String source = value;
    Optional<Node> reshape = soleView(source, Reshape.class, around);
    if (reshape.isPresent()) {
      views.add(0, reshape.get());
      source = reshape.get().inputs().get(0);
    }
    Optional<Node> transpose = soleView(source, Transpose.class, around);
    if (transpose.isPresent()) {
      views.add(0, transpose.get());
      source = transpose.get().inputs().get(0);
    }
    return LinearLayer.soleProducer(source, around).map(layer -> new Branch(layer, views));
  }

  private static Optional<Node> soleView(
      String value, Class<? extends io.mcudeploy.ir.Operator> kind, Surroundings around) {
    return around.producer(value, kind).filter(view -> around.isUsedOnce(value));
  }

  private static Rewrite joined(
      Node node, Concat concat, List<Branch> branches, Surroundings around) {
    int count = branches.size();
    Shape operand = around.shape(node.inputs().get(0));
    boolean interleaved = concat.axis() == operand.rank() - 1 && !branches.get(0).views().isEmpty();
    List<Node> nodes = new ArrayList<>();
    Node convolution = convolution(branches, interleaved, around);
    nodes.add(convolution);
    String value = convolution.output();

    // The branches' number becomes an axis of its own: the first, or the last if interleaved.
    Shape single = around.shape(branches.get(0).layer().node().output());
    List<Integer> extents = list(single.extents());
    extents.add(interleaved ? single.rank() : single.rank() - 1, count);
    value = add(nodes, around.newNode(node.name(), new Reshape(Shape.of(extents)), value));
    if (!interleaved) {
      List<Integer> first = new ArrayList<>(IntStream.range(0, single.rank() + 1).boxed().toList());
      first.remove(single.rank() - 1);
      first.add(0, single.rank() - 1);
      value = add(nodes, around.newNode(node.name(), new Transpose(first), value));
    }
    for (Node view : branches.get(0).views()) {
      value = add(nodes, stacked(view, value, count, interleaved, around));
    }
    // It then moves in front of the axis along which the branches are joined.
    List<Integer> order = new ArrayList<>(IntStream.range(0, operand.rank()).boxed().toList());
    if (interleaved) {
      order.add(concat.axis(), operand.rank());
    } else {
      order.replaceAll(axis -> axis + 1);
      order.add(concat.axis(), 0);
    }
    value = add(nodes, around.newNode(node.name(), new Transpose(order), value));
    nodes.add(
        new Node(
            node.name(), new Reshape(around.shape(node.output())), List.of(value), node.outputs()));
    return Rewrite.to(nodes);
  }

  private static Node convolution(List<Branch> branches, boolean interleaved, Surroundings around) {
    LinearLayer first = branches.get(0).layer();
    int filters = first.outputs();
    int size = first.weightsPerOutput();
    int count = branches.size();
    float[] weights = new float[count * filters * size];
    float[] bias = new float[count * filters];
    for (int branch = 0; branch < count; branch++) {
      LinearLayer layer = branches.get(branch).layer();
      for (int filter = 0; filter < filters; filter++) {
        int to = interleaved ? filter * count + branch : branch * filters + filter;
        System.arraycopy(layer.weights().values(), filter * size, weights, to * size, size);
        bias[to] = layer.bias().values()[filter];
      }
    }
    Shape shape = first.weights().shape().with(0, count * filters);
    String weightName =
        around.addConstant(first.node().name() + "/weights", new Tensor.Floats(shape, weights));
    String biasName =
        around.addConstant(
            first.node().name() + "/bias", new Tensor.Floats(Shape.of(bias.length), bias));
    return around.moved(
        first.node(),
        first.node().operator(),
        List.of(first.node().inputs().get(0), weightName, biasName));
  }

  /** What a view of one branch is for all of them, with the branches' axis first or last. */
  private static Node stacked(
      Node view, String value, int count, boolean last, Surroundings around) {
    if (view.operator() instanceof Reshape reshape) {
      List<Integer> extents = list(reshape.shape().extents());
      extents.add(last ? extents.size() : 0, count);
      return around.newNode(view.name(), new Reshape(Shape.of(extents)), value);
    }
    List<Integer> permutation = ((Transpose) view.operator()).permutation();
    Stream<Integer> stacked =
        last
            ? Stream.concat(permutation.stream(), Stream.of(permutation.size()))
            : Stream.concat(Stream.of(0), permutation.stream().map(axis -> axis + 1));
    return around.newNode(view.name(), new Transpose(stacked.toList()), value);
  }

  private static String add(List<Node> nodes, Node node) {
    nodes.add(node);
    return node.output();
  }

  private static List<Integer> list(int[] extents) {
    return new ArrayList<>(Arrays.stream(extents).boxed().toList());
  }
}
