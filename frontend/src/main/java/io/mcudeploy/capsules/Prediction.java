package io.mcudeploy.capsules;

import io.mcudeploy.capsules.LinearForms.TooManyTermsException;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The predictions û = W · u of a capsule layer: which value holds the input capsules u, which of
 * its elements form a capsule, and what each prediction's element takes of them.
 *
 * @param source the value that holds the input capsules
 * @param value the value that holds the predictions
 * @param members the elements of the source that form each input capsule, ascending
 * @param capsuleOf the input capsule of each element of {@code value}
 * @param forms {@code value} in terms of {@code source}
 */
record Prediction(
    String source,
    String value,
    List<List<Integer>> members,
    List<Integer> capsuleOf,
    LinearForms forms) {

  /**
   * Looks for the input capsules: the farthest dominator of which the predictions are a linear
   * function that keeps capsules apart. Nearer ones are the same capsules in another memory order,
   * repeated, or already multiplied but not yet summed.
   */
  static Optional<Prediction> find(Graph graph, Dominators dominators, String value) {
    List<String> sources = new ArrayList<>();
    for (String source : dominators.above(value)) {
      if (!LinearTrace.mayFollow(Region.between(graph, source, value))) {
        break;
      }
      sources.add(0, source);
    }
    return sources.stream().flatMap(source -> at(graph, source, value).stream()).findFirst();
  }

  private static Optional<Prediction> at(Graph graph, String source, String value) {
    Region region = Region.between(graph, source, value);
    Shape shape = graph.type(source).shape();
    Tensor zeros = new Tensor.Floats(shape, new float[shape.elements()]);
    try {
      return LinearTrace.of(region, region.run(zeros))
          .forms(value)
          .flatMap(forms -> of(source, value, forms, shape.elements()));
    } catch (TooManyTermsException e) {
      // A nearer dominator may have fewer terms.
      return Optional.empty();
    }
  }

  int inputCapsules() {
    return members.size();
  }

  int inputDimension() {
    return members.get(0).size();
  }

  /** Groups the source's elements by which of them occur together; each must occur in one group. */
  private static Optional<Prediction> of(
      String source, String value, LinearForms forms, int sourceElements) {
    int[] owner = new int[sourceElements];
    Arrays.fill(owner, -1);
    List<int[]> members = new ArrayList<>();
    for (int element = 0; element < forms.elements(); element++) {
      int[] sources = forms.sources(element);
      if (sources.length == 0 || forms.constant(element) != 0) {
        return Optional.empty();
      }
      Arrays.sort(sources);
      int capsule = owner[sources[0]];
      if (capsule < 0) {
        for (int i : sources) {
          if (owner[i] >= 0) {
            return Optional.empty();
          }
          owner[i] = members.size();
        }
        members.add(sources);
      } else if (!Arrays.equals(members.get(capsule), sources)) {
        return Optional.empty();
      }
    }
    int dimension = members.get(0).length;
    boolean complete = Arrays.stream(owner).allMatch(capsule -> capsule >= 0);
    if (!complete || members.stream().anyMatch(capsule -> capsule.length != dimension)) {
      return Optional.empty();
    }
    return Optional.of(inMemoryOrder(source, value, members, forms, sourceElements));
  }

  private static Prediction inMemoryOrder(
      String source, String value, List<int[]> found, LinearForms forms, int sourceElements) {
    List<List<Integer>> members =
        found.stream()
            .sorted(Comparator.comparingInt(capsule -> capsule[0]))
            .map(capsule -> Arrays.stream(capsule).boxed().toList())
            .toList();
    int[] owner = new int[sourceElements];
    for (int capsule = 0; capsule < members.size(); capsule++) {
      for (int i : members.get(capsule)) {
        owner[i] = capsule;
      }
    }
    List<Integer> capsuleOf = new ArrayList<>();
    for (int element = 0; element < forms.elements(); element++) {
      capsuleOf.add(owner[forms.sources(element)[0]]);
    }
    return new Prediction(source, value, members, List.copyOf(capsuleOf), forms);
  }
}
