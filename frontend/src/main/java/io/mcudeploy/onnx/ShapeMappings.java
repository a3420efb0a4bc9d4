package io.mcudeploy.onnx;

import io.mcudeploy.ir.Shape;
import io.mcudeploy.operators.Reshape;
import java.util.List;

/** Operators that change how numbers are laid out, not the numbers. */
final class ShapeMappings {
  private ShapeMappings() {}

  static void reshape(NodeContext node) {
    Shape input = node.shape(0);
    List<Long> wanted = node.constantInts(1);
    boolean zeroMeansZero = node.flag("allowzero", false);
    int[] extents = new int[wanted.size()];
    int inferred = -1;
    long known = 1;
    for (int i = 0; i < extents.length; i++) {
      long extent = wanted.get(i);
      if (extent == 0 && !zeroMeansZero && i < input.rank()) {
        extent = input.extent(i);
      }
      if (extent == -1 && inferred < 0) {
        inferred = i;
        continue;
      }
      if (extent < 0 || extent > Integer.MAX_VALUE) {
        throw node.reject("no shape can be " + wanted);
      }
      extents[i] = (int) extent;
      known *= extent;
    }
    if (inferred >= 0) {
      extents[inferred] = known == 0 ? 0 : (int) (input.elements() / known);
    }
    node.define(0, new Reshape(Shape.of(extents)), node.input(0));
  }
}
