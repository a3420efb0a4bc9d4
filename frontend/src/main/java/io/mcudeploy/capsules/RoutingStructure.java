package io.mcudeploy.capsules;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.operators.CapsuleRouting.Output;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.operators.CapsuleRouting.SquashOver;
import io.mcudeploy.operators.Softmax;
import io.mcudeploy.operators.Squash;
import io.mcudeploy.operators.SquashFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A capsule layer read off a graph: the operator it is believed to be, and its constants.
 *
 * <p>Everything follows from two kinds of values between the predictions and the last squash. The
 * weighted sum has one element for each element of each output capsule, and each is a sum over the
 * input capsules. A softmax's input has elements that are each the agreement of one input with one
 * output capsule, a sum over the elements of the output capsule. So the former tells which
 * predictions are summed, the latter which sums form a capsule, and neither the order of the axes
 * nor repeated elements matter.
 *
 * @param elementOrder for each element of the last squash's input its place in [J, Dout]
 */
record RoutingStructure(
    CapsuleRouting routing,
    Tensor.Floats weights,
    Tensor.Floats bias,
    Tensor.Floats logits,
    List<Integer> elementOrder) {

  /**
   * Reads the layer that ends in a squash.
   *
   * @throws MismatchException if there is something in between that capsule layers do not have
   */
  static RoutingStructure read(Graph graph, Prediction prediction, Node lastSquash) {
    return new Reader(graph, prediction, lastSquash).read();
  }

  /** The constant inputs of the operator, in its order. */
  List<Tensor> constants() {
    List<Tensor> constants = new ArrayList<>(List.of(weights));
    if (routing.biased()) {
      constants.add(bias);
    }
    if (routing.primed()) {
      constants.add(logits);
    }
    return constants;
  }

  /** The same layer with another number of iterations or another output. */
  static CapsuleRouting with(CapsuleRouting routing, int iterations, Output output) {
    return new CapsuleRouting(
        routing.outputCapsules(),
        routing.outputDimension(),
        iterations,
        routing.squash(),
        routing.squashOver(),
        routing.softmaxOver(),
        routing.biased(),
        routing.primed(),
        output);
  }

  private static final class Reader {
    private final Graph graph;
    private final Prediction prediction;
    private final Node lastSquash;
    private final String sum;
    private final Region region;
    private final LinearTrace trace;

    Reader(Graph graph, Prediction prediction, Node lastSquash) {
      this.graph = graph;
      this.prediction = prediction;
      this.lastSquash = lastSquash;
      sum = lastSquash.inputs().get(0);
      region = Region.between(graph, prediction.value(), sum);
      Shape shape = graph.type(prediction.value()).shape();
      float[] start = new float[shape.elements()];
      Random random = new Random(3);
      for (int i = 0; i < start.length; i++) {
        start[i] = (float) random.nextGaussian();
      }
      trace = LinearTrace.of(region, region.run(new Tensor.Floats(shape, start)));
    }

    RoutingStructure read() {
      LinearForms sums = linear(sum, "the squashed value is not a weighted sum of the predictions");
      List<Integer> sumOf = sumOf(sums);
      List<Node> softmaxes =
          region.nodes().stream().filter(node -> node.operator() instanceof Softmax).toList();
      List<LinearForms> logits = new ArrayList<>();
      for (Node softmax : softmaxes) {
        logits.add(
            linear(
                softmax.inputs().get(0),
                "a softmax's input is not a sum of agreements of predictions and squashed vectors"));
      }
      List<Integer> capsuleOfSum = capsuleOfSum(sums.elements(), sumOf, logits);
      int capsules = capsuleOfSum.stream().mapToInt(Integer::intValue).max().orElseThrow() + 1;
      int dimension = sums.elements() / capsules;
      List<Integer> order = order(capsuleOfSum, capsules, dimension);
      SoftmaxOver over = softmaxOver(softmaxes, logits, capsuleOfSum, sumOf, capsules);

      float[] initial = initialLogits(logits.get(0), capsuleOfSum, sumOf, capsules);
      boolean primed = matters(initial, over);
      float[] bias = new float[sums.elements()];
      for (int i = 0; i < bias.length; i++) {
        bias[order.get(i)] = (float) sums.constant(i);
      }
      boolean biased = anyNonZero(bias);
      CapsuleRouting routing =
          new CapsuleRouting(
              capsules,
              dimension,
              softmaxes.size() + 1,
              squashFunction(),
              squashOver(capsuleOfSum, dimension),
              over,
              biased,
              primed,
              Output.VECTORS);
      return new RoutingStructure(
          routing,
          weights(capsules, dimension, sumOf, order),
          new Tensor.Floats(Shape.of(capsules, dimension), bias),
          new Tensor.Floats(Shape.of(capsules, prediction.inputCapsules()), initial),
          order);
    }

    private LinearForms linear(String value, String otherwise) {
      return trace.forms(value).orElseThrow(() -> new MismatchException(otherwise));
    }

    /** For each element of the predictions the element of the sum it goes into. */
    private List<Integer> sumOf(LinearForms sums) {
      int inputs = prediction.inputCapsules();
      Integer[] sumOf = new Integer[prediction.capsuleOf().size()];
      for (int element = 0; element < sums.elements(); element++) {
        Set<Integer> capsules = new HashSet<>();
        for (int source : sums.sources(element)) {
          if (sumOf[source] != null) {
            throw new MismatchException("a prediction enters two sums");
          }
          sumOf[source] = element;
          capsules.add(prediction.capsuleOf().get(source));
        }
        if (capsules.size() != inputs || sums.sources(element).length != inputs) {
          throw new MismatchException(
              "a sum does not take exactly one element of each input capsule's predictions");
        }
      }
      if (Arrays.asList(sumOf).contains(null)) {
        throw new MismatchException("some predictions enter no sum");
      }
      return List.of(sumOf);
    }

    /**
     * For each element of the sum the output capsule it belongs to, by what the agreements join.
     */
    private static List<Integer> capsuleOfSum(
        int sums, List<Integer> sumOf, List<LinearForms> logits) {
      Map<Set<Integer>, Integer> numbers = new HashMap<>();
      Integer[] capsuleOf = new Integer[sums];
      for (LinearForms agreements : logits) {
        for (int element = 0; element < agreements.elements(); element++) {
          Set<Integer> joined = new HashSet<>();
          for (int source : agreements.sources(element)) {
            joined.add(sumOf.get(source));
          }
          Integer number = numbers.computeIfAbsent(joined, key -> numbers.size());
          for (int i : joined) {
            if (capsuleOf[i] != null && !capsuleOf[i].equals(number)) {
              throw new MismatchException("the agreements divide the output elements in two ways");
            }
            capsuleOf[i] = number;
          }
        }
      }
      if (numbers.isEmpty() || Arrays.asList(capsuleOf).contains(null)) {
        throw new MismatchException("the agreements do not cover the output capsules");
      }
      int dimension = sums / numbers.size();
      if (numbers.keySet().stream().anyMatch(capsule -> capsule.size() != dimension)) {
        throw new MismatchException("the output capsules differ in size");
      }
      return List.of(capsuleOf);
    }

    /** Capsules by their first element in memory, elements as in memory. */
    private static List<Integer> order(List<Integer> capsuleOf, int capsules, int dimension) {
      Map<Integer, Integer> rank = new HashMap<>();
      int[] filled = new int[capsules];
      List<Integer> order = new ArrayList<>();
      for (int number : capsuleOf) {
        int capsule = rank.computeIfAbsent(number, key -> rank.size());
        order.add(capsule * dimension + filled[capsule]++);
      }
      return List.copyOf(order);
    }

    private SoftmaxOver softmaxOver(
        List<Node> softmaxes,
        List<LinearForms> logits,
        List<Integer> capsuleOfSum,
        List<Integer> sumOf,
        int capsules) {
      Set<SoftmaxOver> found = new HashSet<>();
      for (int i = 0; i < softmaxes.size(); i++) {
        LinearForms agreements = logits.get(i);
        int axis = ((Softmax) softmaxes.get(i).operator()).axis();
        int extent = agreements.shape().extent(axis);
        int stride = agreements.shape().strides()[axis];
        for (int start = 0; start < agreements.elements(); start++) {
          if (start / stride % extent > 0) {
            continue;
          }
          Set<Integer> inputs = new HashSet<>();
          Set<Integer> outputs = new HashSet<>();
          for (int k = 0; k < extent; k++) {
            int source = agreements.sources(start + k * stride)[0];
            inputs.add(prediction.capsuleOf().get(source));
            outputs.add(capsuleOfSum.get(sumOf.get(source)));
          }
          if (inputs.size() == 1 && outputs.size() == extent && extent == capsules) {
            found.add(SoftmaxOver.OUTPUT);
          } else if (outputs.size() == 1
              && inputs.size() == extent
              && extent == prediction.inputCapsules()) {
            found.add(SoftmaxOver.INPUT);
          } else {
            throw new MismatchException(
                "a softmax runs neither over the output capsules nor over the input capsules");
          }
        }
      }
      if (found.size() != 1) {
        throw new MismatchException("the softmaxes run over different capsules");
      }
      return found.iterator().next();
    }

    /** [J, I]. */
    private float[] initialLogits(
        LinearForms first, List<Integer> capsuleOfSum, List<Integer> sumOf, int capsules) {
      int inputs = prediction.inputCapsules();
      List<Integer> firstAppearance = capsuleOfSum.stream().distinct().toList();
      float[] logits = new float[capsules * inputs];
      for (int element = 0; element < first.elements(); element++) {
        int source = first.sources(element)[0];
        int capsule = firstAppearance.indexOf(capsuleOfSum.get(sumOf.get(source)));
        int input = prediction.capsuleOf().get(source);
        logits[capsule * inputs + input] = (float) first.constant(element);
      }
      return logits;
    }

    /** Whether the softmax sees more than one value along its axis. */
    private boolean matters(float[] logits, SoftmaxOver over) {
      int inputs = prediction.inputCapsules();
      for (int i = 0; i < logits.length; i++) {
        float reference =
            over == SoftmaxOver.OUTPUT ? logits[i % inputs] : logits[i / inputs * inputs];
        if (logits[i] != reference) {
          return true;
        }
      }
      return false;
    }

    private static boolean anyNonZero(float[] values) {
      for (float value : values) {
        if (value != 0) {
          return true;
        }
      }
      return false;
    }

    private SquashFunction squashFunction() {
      SquashFunction function = ((Squash) lastSquash.operator()).function();
      for (Node node : region.nodes()) {
        if (node.operator() instanceof Squash squash && !squash.function().equals(function)) {
          throw new MismatchException("the passes use different squash functions");
        }
      }
      return function;
    }

    private SquashOver squashOver(List<Integer> capsuleOfSum, int dimension) {
      Shape shape = graph.type(sum).shape();
      int axis = ((Squash) lastSquash.operator()).axis();
      int extent = shape.extent(axis);
      if (extent == 1 && dimension > 1) {
        return SquashOver.ELEMENT;
      }
      int stride = shape.strides()[axis];
      for (int i = 0; i < capsuleOfSum.size(); i++) {
        boolean first = i / stride % extent == 0;
        if (!first && !capsuleOfSum.get(i).equals(capsuleOfSum.get(i - stride))) {
          throw new MismatchException("the squash takes elements of several capsules together");
        }
      }
      if (extent != dimension) {
        throw new MismatchException("the squash takes only a part of each capsule together");
      }
      return SquashOver.VECTOR;
    }

    /** [J, I, Dout, Din]. */
    private Tensor.Floats weights(
        int capsules, int dimension, List<Integer> sumOf, List<Integer> order) {
      int inputs = prediction.inputCapsules();
      int inputDimension = prediction.inputDimension();
      float[] weights = new float[sumOf.size() * inputDimension];
      for (int element = 0; element < sumOf.size(); element++) {
        int place = order.get(sumOf.get(element));
        int input = prediction.capsuleOf().get(element);
        int row = (place / dimension * inputs + input) * dimension + place % dimension;
        List<Integer> members = prediction.members().get(input);
        int[] sources = prediction.forms().sources(element);
        double[] coefficients = prediction.forms().coefficients(element);
        for (int i = 0; i < sources.length; i++) {
          weights[row * inputDimension + members.indexOf(sources[i])] = (float) coefficients[i];
        }
      }
      return new Tensor.Floats(Shape.of(capsules, inputs, dimension, inputDimension), weights);
    }
  }
}
