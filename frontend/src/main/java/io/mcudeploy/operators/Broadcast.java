package io.mcudeploy.operators;

import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;

/** The shape rule of elementwise operators: axes of extent 1 are repeated, missing ones added. */
final class Broadcast {
  private Broadcast() {}

  static Shape shape(Operator operator, Shape left, Shape right) {
    int[] extents = new int[Math.max(left.rank(), right.rank())];
    for (int i = 1; i <= extents.length; i++) {
      int a = i <= left.rank() ? left.extent(-i) : 1;
      int b = i <= right.rank() ? right.extent(-i) : 1;
      if (a != b && a != 1 && b != 1) {
        throw new IllegalArgumentException(
            operator.kind() + " cannot combine the shapes " + left + " and " + right);
      }
      extents[extents.length - i] = a == 1 ? b : a;
    }
    return Shape.of(extents);
  }
}
