package io.mcudeploy.onnx;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.operators.Resize;
import io.mcudeploy.operators.Sampling;
import io.mcudeploy.operators.Sampling.Taps;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Resize and its forerunner Upsample: every axis becomes a list of weighted neighbours, so that
 * what is left is independent of modes. Coordinates are computed in single precision, as ONNX
 * Runtime does, since a rounding error may choose another neighbour.
 */
final class ResizeMappings {
  /** Far above any image for a microcontroller; keeps a damaged file from filling the memory. */
  private static final int LARGEST_EXTENT = 1 << 16;

  private ResizeMappings() {}

  /** Opsets 7 and 9: scales as an attribute, then as an input. */
  static void upsample(NodeContext node) {
    Shape input = node.shape(0);
    List<Float> scales =
        node.hasAttribute("scales")
            ? node.floatsAttribute("scales").orElseThrow()
            : floats(node, 1);
    define(node, axesByScales(node, input, allAxes(input), scales), legacy(node));
  }

  static void resize(NodeContext node) {
    Shape input = node.shape(0);
    if (node.opset() < 11) {
      define(node, axesByScales(node, input, allAxes(input), floats(node, 1)), legacy(node));
      return;
    }
    List<Integer> axes =
        node.intsAttribute("axes")
            .map(given -> given.stream().map(axis -> node.axis(axis, input.rank())).toList())
            .orElse(allAxes(input));
    boolean sized = node.hasInput(3) && !node.constantInts(3).isEmpty();
    if (sized == (node.hasInput(2) && !floats(node, 2).isEmpty())) {
      throw node.reject("Resize needs either scales or sizes");
    }
    List<Axis> wanted =
        sized
            ? axesBySizes(node, input, axes, node.constantInts(3))
            : axesByScales(node, input, axes, floats(node, 2));
    String rule = node.stringAttribute("coordinate_transformation_mode", "half_pixel");
    boolean cropped = rule.equals("tf_crop_and_resize");
    define(node, cropped ? regions(node, wanted, axes) : wanted, Rule.of(node, rule));
  }

  /** Before opset 11 there was one rule. */
  private static Rule legacy(NodeContext node) {
    return new Rule(Coordinates.ASYMMETRIC, mode(node), Optional.empty(), false);
  }

  private static void define(NodeContext node, List<Axis> axes, Rule rule) {
    double outside = node.floatAttribute("extrapolation_value", 0);
    List<Sampling> samplings = axes.stream().map(axis -> rule.sampling(node, axis)).toList();
    node.define(0, new Resize(samplings, outside), node.input(0));
  }

  private static List<Integer> allAxes(Shape shape) {
    return IntStream.range(0, shape.rank()).boxed().toList();
  }

  private static List<Float> floats(NodeContext node, int input) {
    if (!(node.constant(input) instanceof Tensor.Floats floats)) {
      throw node.reject("input " + input + " of " + node.opType() + " must hold real numbers");
    }
    List<Float> values = new ArrayList<>();
    for (float value : floats.values()) {
      values.add(value);
    }
    return values;
  }

  // Extents

  /**
   * What becomes of one axis.
   *
   * @param output elements after
   * @param scale elements after for each before, as given or as it follows from the sizes
   * @param start where the region begins that is resized, as a share of the axis
   * @param end where it ends
   */
  private record Axis(int input, int output, float scale, float start, float end) {
    Axis(int input, int output, float scale) {
      this(input, output, scale, 0, 1);
    }
  }

  private static List<Axis> axesByScales(
      NodeContext node, Shape input, List<Integer> axes, List<Float> scales) {
    requireOneForEach(node, axes, scales);
    List<Axis> result = unchanged(input);
    for (int i = 0; i < axes.size(); i++) {
      int extent = input.extent(axes.get(i));
      float scale = scales.get(i);
      float output = (float) Math.floor(scale * extent);
      if (!(scale > 0) || output >= Integer.MAX_VALUE) {
        throw node.reject(node.opType() + " by " + scale);
      }
      result.set(axes.get(i), new Axis(extent, (int) output, scale));
    }
    return result;
  }

  private static List<Axis> axesBySizes(
      NodeContext node, Shape input, List<Integer> axes, List<Long> sizes) {
    requireOneForEach(node, axes, sizes);
    ShapeMappings.shape(node, sizes.stream().mapToLong(Long::longValue).toArray());
    List<Float> scales = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      scales.add((float) sizes.get(i) / input.extent(axes.get(i)));
    }
    String policy = node.stringAttribute("keep_aspect_ratio_policy", "stretch");
    Optional<Float> common =
        switch (policy) {
          case "stretch" -> Optional.empty();
          case "not_larger" -> scales.stream().min(Float::compare);
          case "not_smaller" -> scales.stream().max(Float::compare);
          default -> throw node.reject("Resize has no keep_aspect_ratio_policy `" + policy + "`");
        };
    List<Axis> result = unchanged(input);
    for (int i = 0; i < axes.size(); i++) {
      int extent = input.extent(axes.get(i));
      float scale = common.orElse(scales.get(i));
      int output = common.isPresent() ? Math.round(scale * extent) : sizes.get(i).intValue();
      result.set(axes.get(i), new Axis(extent, output, scale));
    }
    return result;
  }

  private static List<Axis> unchanged(Shape input) {
    List<Axis> axes = new ArrayList<>();
    for (int extent : input.extents()) {
      axes.add(new Axis(extent, extent, 1));
    }
    return axes;
  }

  /** The axes with the regions that input 1 names: all starts, then all ends. */
  private static List<Axis> regions(NodeContext node, List<Axis> axes, List<Integer> named) {
    List<Float> region = floats(node, 1);
    if (region.size() != 2 * named.size()) {
      throw node.reject("Resize of " + named.size() + " axes with a region of " + region.size());
    }
    List<Axis> result = new ArrayList<>(axes);
    for (int i = 0; i < named.size(); i++) {
      Axis axis = axes.get(named.get(i));
      result.set(
          named.get(i),
          new Axis(
              axis.input, axis.output, axis.scale, region.get(i), region.get(named.size() + i)));
    }
    return result;
  }

  private static void requireOneForEach(NodeContext node, List<Integer> axes, List<?> numbers) {
    if (numbers.size() != axes.size()) {
      throw node.reject(node.opType() + " of " + axes.size() + " axes by " + numbers);
    }
  }

  // Coordinates

  /** From a position after to a coordinate before; the names are ONNX's. */
  private enum Coordinates {
    HALF_PIXEL,
    HALF_PIXEL_SYMMETRIC,
    PYTORCH_HALF_PIXEL,
    ALIGN_CORNERS,
    ASYMMETRIC,
    TF_CROP_AND_RESIZE;

    float of(int position, Axis axis) {
      return switch (this) {
        case HALF_PIXEL -> halfPixel(position, axis);
        case HALF_PIXEL_SYMMETRIC -> {
          float implied = axis.scale * axis.input;
          yield axis.input / 2f * (1 - axis.output / implied) + halfPixel(position, axis);
        }
        case PYTORCH_HALF_PIXEL -> axis.output > 1 ? halfPixel(position, axis) : 0;
        case ALIGN_CORNERS -> {
          float implied = axis.scale * axis.input;
          yield implied == 1 ? 0 : position * (axis.input - 1) / (implied - 1);
        }
        case ASYMMETRIC -> position / axis.scale;
        case TF_CROP_AND_RESIZE -> {
          float last = axis.input - 1;
          yield axis.output > 1
              ? axis.start * last + position * (axis.end - axis.start) * last / (axis.output - 1)
              : (axis.start + axis.end) / 2 * last;
        }
      };
    }

    private static float halfPixel(int position, Axis axis) {
      return (position + 0.5f) / axis.scale - 0.5f;
    }
  }

  /** From a coordinate to the nearest element; the names are ONNX's. */
  private enum Rounding {
    ROUND_PREFER_FLOOR,
    ROUND_PREFER_CEIL,
    FLOOR,
    CEIL;

    double of(float coordinate) {
      return switch (this) {
        case ROUND_PREFER_FLOOR -> Math.ceil(coordinate - 0.5);
        case ROUND_PREFER_CEIL -> Math.floor(coordinate + 0.5);
        case FLOOR -> Math.floor(coordinate);
        case CEIL -> Math.ceil(coordinate);
      };
    }
  }

  private enum Mode {
    NEAREST,
    LINEAR,
    CUBIC
  }

  private static Mode mode(NodeContext node) {
    // Opsets before 10 knew the linear mode by another name.
    String mode = node.stringAttribute("mode", "nearest").replace("bilinear", "linear");
    return choice(node, Mode.class, "mode", mode);
  }

  private static <E extends Enum<E>> E choice(
      NodeContext node, Class<E> names, String attribute, String given) {
    for (E each : names.getEnumConstants()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(given)) {
        return each;
      }
    }
    throw node.reject(node.opType() + " has no " + attribute + " `" + given + "`");
  }

  /**
   * How positions become weighted neighbours.
   *
   * @param rounding of the nearest mode; before it could be chosen, an axis that shrank rounded up
   *     and one that grew down
   */
  private record Rule(
      Coordinates coordinates, Mode mode, Optional<Rounding> rounding, boolean antialias) {
    static Rule of(NodeContext node, String coordinates) {
      String rounding = node.stringAttribute("nearest_mode", "round_prefer_floor");
      return new Rule(
          choice(node, Coordinates.class, "coordinate_transformation_mode", coordinates),
          ResizeMappings.mode(node),
          Optional.of(choice(node, Rounding.class, "nearest_mode", rounding)),
          node.flag("antialias", false));
    }

    Sampling sampling(NodeContext node, Axis axis) {
      if (axis.input > LARGEST_EXTENT || axis.output > LARGEST_EXTENT) {
        throw node.reject(node.opType() + " of an axis of " + axis.input + " to " + axis.output);
      }
      boolean whole = axis.start == 0 && axis.end == 1;
      if (axis.scale == 1 && axis.output == axis.input && whole) {
        return Sampling.identity(axis.input);
      }
      if (axis.input == 0 || axis.output == 0) {
        throw node.reject(node.opType() + " of an axis of " + axis.input + " to " + axis.output);
      }
      List<Taps> taps = new ArrayList<>();
      for (int position = 0; position < axis.output; position++) {
        float coordinate = coordinates.of(position, axis);
        boolean outside =
            coordinates == Coordinates.TF_CROP_AND_RESIZE
                && (coordinate < 0 || coordinate > axis.input - 1);
        taps.add(outside ? new Taps(0, List.of()) : taps(node, axis, coordinate));
      }
      return new Sampling(axis.input, taps);
    }

    private Taps taps(NodeContext node, Axis axis, float coordinate) {
      if (mode == Mode.NEAREST) {
        Rounding byDirection = axis.scale < 1 ? Rounding.CEIL : Rounding.FLOOR;
        double nearest = rounding.orElse(byDirection).of(coordinate);
        return Taps.at(Interpolation.within(nearest, axis.input));
      }
      Interpolation interpolation =
          mode == Mode.LINEAR
              ? Interpolation.linear()
              : Interpolation.cubic(
                  node.floatAttribute("cubic_coeff_a", -0.75f),
                  node.flag("exclude_outside", false));
      return (antialias ? interpolation.antialiased(axis.scale) : interpolation)
          .at(coordinate, axis.input);
    }
  }
}
