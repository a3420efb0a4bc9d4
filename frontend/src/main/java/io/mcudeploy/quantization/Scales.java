package io.mcudeploy.quantization;

import io.mcudeploy.calibration.ActivationScheme;
import io.mcudeploy.calibration.Range;
import io.mcudeploy.calibration.Ranges;
import io.mcudeploy.ir.ElementType;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.quantized.Quantization;
import io.mcudeploy.quantized.StorageType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The quantization of every value that becomes a tensor. */
final class Scales {
  /** Of values in 0..1: real = (integer + 128) / 256. */
  static final Quantization UNIT = new Quantization(0x1p-8, -128);

  /** Of values in −1..1: real = integer / 128. */
  static final Quantization SYMMETRIC_UNIT = new Quantization(0x1p-7, 0);

  /** Of values in −1..1 as int16: real = integer / 32768. */
  static final Quantization INT16_UNIT = new Quantization(0x1p-15, 0, StorageType.INT16);

  /** Of truth values, 0 and 1. */
  static final Quantization TRUTH = new Quantization(1, 0);

  /** Of integers, which stand for themselves. */
  static final Quantization INTEGER = new Quantization(1, 0, StorageType.INT32);

  private final Graph graph;
  private final ActivationScheme scheme;
  private final Map<String, Quantization> quantizations;

  private Scales(Graph graph, ActivationScheme scheme, Map<String, Quantization> quantizations) {
    this.graph = graph;
    this.scheme = scheme;
    this.quantizations = quantizations;
  }

  /** Chooses all scales at once, since a scale that is shared depends on all who share it. */
  static Scales of(Graph graph, Ranges ranges, List<Step> steps) {
    return new Scales(graph, ranges.scheme(), Rules.of(graph, ranges, steps).resolve());
  }

  /** The values whose scales only calibration can tell. */
  static Set<String> open(Graph graph, List<Step> steps) {
    return Rules.of(graph, Ranges.of(Map.of()), steps).open();
  }

  /** The quantization of a value or constant. */
  Quantization of(String value) {
    Quantization quantization = quantizations.get(value);
    if (quantization != null) {
      return quantization;
    }
    if (graph.constants().get(value) instanceof Tensor.Integers integers) {
      return exact(integers.element());
    }
    if (graph.constants().containsKey(value)) {
      return FixedGrid.ofConstant(value, graph)
          .orElseGet(() -> scheme.covering(rangeOf(graph.constants().get(value))));
    }
    throw new IllegalArgumentException(value + " has no scale");
  }

  private static Quantization exact(ElementType integers) {
    return integers == ElementType.BOOL ? TRUTH : INTEGER;
  }

  private static Range rangeOf(Tensor constant) {
    double low = 0;
    double high = 0;
    for (float value : ((Tensor.Floats) constant).values()) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return new Range(low, high);
  }

  /** Collects what the operators demand. */
  static final class Rules {
    /**
     * The finest step worth having, as a share of the largest result a layer could give: keeps
     * multipliers small where a tensor is (nearly) 0 on all samples.
     */
    private static final double FINEST_STEP = 0x1p-24;

    /** The same for int16. */
    private static final double FINEST_INT16_STEP = 0x1p-29;

    private final Graph graph;
    private final Ranges ranges;
    private final List<String> values = new ArrayList<>();
    private final Map<String, Quantization> fixed = new HashMap<>();
    private final Map<String, Range> covered = new HashMap<>();
    private final Map<String, DoubleSupplier> reaches = new HashMap<>();
    private final Map<String, Function<Range, Quantization>> choices = new HashMap<>();
    private final List<List<String>> shared = new ArrayList<>();
    private final Map<String, List<String>> inherited = new LinkedHashMap<>();
    private final Map<String, String> representatives = new HashMap<>();

    /** Values that only a layer of int8 gives. */
    private final Set<String> int8Values = new HashSet<>();

    private Rules(Graph graph, Ranges ranges) {
      this.graph = graph;
      this.ranges = ranges;
    }

    private static Rules of(Graph graph, Ranges ranges, List<Step> steps) {
      Rules rules = new Rules(graph, ranges);
      graph.inputs().keySet().forEach(rules::add);
      graph.states().keySet().forEach(rules::add);
      graph.states().forEach((state, next) -> rules.share(state, next.next()));
      for (Step step : steps) {
        step.last().outputs().forEach(rules::add);
        if (!step.lowering().takesInt16()) {
          rules.int8Values.addAll(step.last().outputs());
        }
        step.lowering().constrain(step, rules);
        FixedGrid.of(step.last()).ifPresent(grid -> rules.fix(step.output(), grid));
      }
      rules.join();
      return rules;
    }

    private void add(String value) {
      values.add(value);
      if (!graph.type(value).element().isFloat()) {
        fix(value, exact(graph.type(value).element()));
      }
    }

    /** Whether a value is an input or state of the network, which no layer computes. */
    boolean isGiven(String value) {
      return graph.inputs().containsKey(value) || graph.states().containsKey(value);
    }

    /** The range of a value or constant. */
    Range range(String value) {
      Tensor constant = graph.constants().get(value);
      if (constant != null) {
        return rangeOf(constant);
      }
      Quantization quantization = fixed.get(representative(value));
      return quantization == null
          ? ranges.of(value)
          : new Range(
              quantization.toReal(quantization.storage().lowest()),
              quantization.toReal(quantization.storage().highest()));
    }

    boolean isRealConstant(String value) {
      return graph.constants().get(value) instanceof Tensor.Floats;
    }

    Shape shape(String value) {
      return graph.type(value).shape();
    }

    /** The value has this quantization whatever its range. */
    void fix(String value, Quantization quantization) {
      fixed.put(value, quantization);
    }

    /** The value's quantization follows from its range in another way than others'. */
    void choose(String value, Function<Range, Quantization> choice) {
      choices.put(value, choice);
    }

    /** The value, a function of another, is in 0..1. */
    void fixUnit(String value, String input) {
      fix(value, isInt16(value, input) ? INT16_UNIT : UNIT);
    }

    /** The value, a function of another, is in −1..1. */
    void fixSymmetricUnit(String value, String input) {
      fix(value, isInt16(value, input) ? INT16_UNIT : SYMMETRIC_UNIT);
    }

    private boolean isInt16(String value) {
      return ranges.scheme().storage() == StorageType.INT16 && !int8Values.contains(value);
    }

    /** Whether a value is as wide as the one it follows from, where the file prescribes that. */
    private boolean isInt16(String value, String input) {
      Quantization given = fixed.get(input);
      return given == null ? isInt16(value) : given.storage() == StorageType.INT16;
    }

    /** Two values have the same quantization, unless both are fixed to different ones. */
    void share(String value, String other) {
      shared.add(List.of(value, other));
    }

    /** The value has the quantization that all of these values are fixed to, if it is one. */
    void inherit(String value, List<String> sources) {
      inherited.put(value, sources);
    }

    /** The value's range also covers this real number. */
    void cover(String value, double real) {
      covered.merge(value, new Range(real, real), Range::union);
    }

    /** The layer that gives this value could give results as large as this; asked if it matters. */
    void reaches(String value, DoubleSupplier magnitude) {
      reaches.put(value, magnitude);
    }

    /** The same for a layer with an input, constant weights and perhaps a constant bias. */
    void reachesLinear(Step step) {
      if (graph.constants().get(step.input(1)) instanceof Tensor.Floats weights) {
        float[] bias =
            step.node().inputs().size() > 2
                    && graph.constants().get(step.input(2)) instanceof Tensor.Floats floats
                ? floats.values()
                : new float[weights.shape().extent(0)];
        reaches(
            step.output(),
            () -> LinearWeights.reach(weights.values(), bias, range(step.input(0)).magnitude()));
      }
    }

    private Set<String> open() {
      return values.stream()
          .filter(value -> !fixed.containsKey(representative(value)))
          .collect(Collectors.toCollection(TreeSet::new));
    }

    private Map<String, Quantization> resolve() {
      Map<String, List<String>> groups = new LinkedHashMap<>();
      for (String value : values) {
        groups.computeIfAbsent(representative(value), key -> new ArrayList<>()).add(value);
      }
      Map<String, Quantization> quantizations = new HashMap<>();
      groups.forEach(
          (group, members) -> {
            Quantization given = fixed.get(group);
            Quantization quantization = given != null ? given : chosen(members);
            members.forEach(member -> quantizations.put(member, quantization));
          });
      return quantizations;
    }

    private Quantization chosen(List<String> group) {
      Range range =
          group.stream()
              .filter(value -> !graph.states().containsKey(value))
              .flatMap(value -> Stream.concat(Stream.of(ranges.of(value)), covered(value).stream()))
              .reduce(Range::union)
              .orElseThrow();
      Optional<Function<Range, Quantization>> choice =
          group.stream().filter(choices::containsKey).map(choices::get).findFirst();
      if (choice.isPresent()) {
        return choice.get().apply(range);
      }
      double reach =
          group.stream()
              .filter(reaches::containsKey)
              .mapToDouble(value -> reaches.get(value).getAsDouble())
              .max()
              .orElse(0);
      boolean int16 = group.stream().allMatch(this::isInt16);
      ActivationScheme scheme = int16 ? ranges.scheme() : ranges.scheme().int8();
      double finest = int16 ? 65_535 * FINEST_INT16_STEP : 255 * FINEST_STEP;
      double width = Math.max(0, range.high()) - Math.min(0, range.low());
      double missing = finest * reach - width;
      return scheme.covering(
          missing > 0 ? new Range(range.low(), Math.max(0, range.high()) + missing) : range);
    }

    private Optional<Range> covered(String value) {
      return Optional.ofNullable(covered.get(value));
    }

    private void join() {
      values.forEach(value -> representatives.put(value, value));
      for (List<String> pair : shared) {
        if (pair.stream().allMatch(representatives::containsKey)) {
          join(representative(pair.get(0)), representative(pair.get(1)));
        }
      }
      inherited.forEach(
          (value, sources) -> {
            Set<Optional<Quantization>> given =
                sources.stream().map(this::fixedOf).collect(Collectors.toSet());
            if (given.size() == 1) {
              given
                  .iterator()
                  .next()
                  .ifPresent(only -> fixed.putIfAbsent(representative(value), only));
            }
          });
    }

    private Optional<Quantization> fixedOf(String value) {
      return graph.constants().containsKey(value)
          ? FixedGrid.ofConstant(value, graph)
          : Optional.ofNullable(fixed.get(representative(value)));
    }

    private void join(String into, String from) {
      Quantization ours = fixed.get(into);
      Quantization theirs = fixed.get(from);
      if (into.equals(from) || (ours != null && theirs != null && !ours.equals(theirs))) {
        return;
      }
      representatives.put(from, into);
      if (theirs != null) {
        fixed.put(into, theirs);
      }
    }

    private String representative(String value) {
      String current = value;
      while (!representatives.get(current).equals(current)) {
        current = representatives.get(current);
      }
      return current;
    }
  }
}
