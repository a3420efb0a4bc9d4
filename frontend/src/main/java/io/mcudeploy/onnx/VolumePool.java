package io.mcudeploy.onnx;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.onnx.ImageMappings.Window;
import io.mcudeploy.operators.Padding2d;
import io.mcudeploy.operators.Reshape;
import io.mcudeploy.operators.Size2d;
import io.mcudeploy.operators.Transpose;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Pools over {@code [N, C, D, H, W]}. A window is the product of its planes, rows and columns, and
 * both the greatest and the mean over a product are taken axis by axis: also the mean without
 * padding, since each pixel of a window then counts equally many planes. So a pool over images, the
 * planes among their channels, is followed by one along the planes.
 */
final class VolumePool {
  /** How the window moves along one axis. */
  private record Line(int kernel, int stride, int dilation, int before, int after) {}

  private VolumePool() {}

  static void map(NodeContext node, ImageMappings.Pool pool) {
    Shape input = node.shape(0);
    int batch = input.extent(0);
    int channels = input.extent(1);
    int planes = input.extent(2);
    List<Line> lines = lines(node, input);
    Line still = new Line(1, 1, 1, 0, 0);
    String planesLast = node.emit("nhwdc", new Transpose(List.of(0, 3, 4, 2, 1)), node.input(0));
    Shape images = Shape.of(batch, input.extent(3), input.extent(4), planes * channels);
    String image = node.emit("image", new Reshape(images), planesLast);
    String flat = node.emitPrincipal(pool.over(window(lines.get(1), lines.get(2))), image);
    int rows = node.typeOf(flat).shape().extent(1);
    int columns = node.typeOf(flat).shape().extent(2);
    Shape depths = Shape.of(batch, rows * columns, planes, channels);
    String depth = node.emit("depth", new Reshape(depths), flat);
    String pooled = node.emit("planes", pool.over(window(still, lines.get(0))), depth);
    int pooledPlanes = node.typeOf(pooled).shape().extent(2);
    Shape volume = Shape.of(batch, rows, columns, pooledPlanes, channels);
    String result = node.emit("volume", new Reshape(volume), pooled);
    node.define(0, new Transpose(List.of(0, 4, 3, 1, 2)), result);
  }

  private static Window window(Line rows, Line columns) {
    return new Window(
        new Size2d(rows.kernel, columns.kernel),
        new Size2d(rows.stride, columns.stride),
        new Size2d(rows.dilation, columns.dilation),
        new Padding2d(rows.before, columns.before, rows.after, columns.after));
  }

  /** Of planes, rows and columns. */
  private static List<Line> lines(NodeContext node, Shape input) {
    List<Integer> kernel = values(node, "kernel_shape", 3, 1);
    List<Integer> strides = values(node, "strides", 3, 1);
    List<Integer> dilations = values(node, "dilations", 3, 1);
    String autoPad = node.stringAttribute("auto_pad", "NOTSET");
    List<Integer> pads = values(node, "pads", 6, 0);
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int before = pads.get(i);
      int after = pads.get(i + 3);
      if (autoPad.startsWith("SAME")) {
        int needed =
            Window.needed(input.extent(i + 2), kernel.get(i), strides.get(i), dilations.get(i));
        before = autoPad.endsWith("UPPER") ? needed / 2 : needed - needed / 2;
        after = needed - before;
      }
      lines.add(new Line(kernel.get(i), strides.get(i), dilations.get(i), before, after));
    }
    return lines;
  }

  private static List<Integer> values(NodeContext node, String name, int count, long absent) {
    List<Long> given = node.intsAttribute(name).orElse(Collections.nCopies(count, absent));
    if (given.size() != count) {
      throw node.reject("attribute `" + name + "` must have " + count + " entries");
    }
    return given.stream().map(Math::toIntExact).toList();
  }
}
