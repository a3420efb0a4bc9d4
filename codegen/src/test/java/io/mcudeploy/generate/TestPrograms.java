package io.mcudeploy.generate;

import io.mcudeploy.kernels.ConstantArray;
import io.mcudeploy.quantized.Int8Array;

/** C for programs that run generated models on the host. */
final class TestPrograms {
  private TestPrograms() {}

  /** A program that makes calls and prints {@code done} if no check failed. */
  static String main(CharSequence includes, CharSequence calls) {
    return """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        %s
        static void check(const char *name, const int8_t *actual, const int8_t *expected, int count)
        {
            for (int i = 0; i < count; i++)
            {
                if (actual[i] != expected[i])
                {
                    printf("%%s: element %%d of %%d is %%d, not %%d\\n", name, i, count, actual[i], expected[i]);
                    exit(1);
                }
            }
        }

        static void check_selftest(const char *name, int32_t layer)
        {
            if (layer != 0)
            {
                printf("%%s: the self-test fails at layer %%d\\n", name, (int)layer);
                exit(1);
            }
        }

        int main(void)
        {
        %s
            puts("done");
            return 0;
        }
        """
        .formatted(includes, calls);
  }

  /** Bytes for a tensor of any type. */
  static String memory(String name, int bytes) {
    return "static " + declaration(name, bytes) + ";\n";
  }

  private static String declaration(String name, int bytes) {
    return "int8_t " + name + "[" + bytes + "] __attribute__((aligned(4)))";
  }

  /** A constant array. */
  static String array(String name, Int8Array values) {
    return "static const "
        + declaration(name, values.length())
        + " = "
        + CText.initialiser(ConstantArray.int8(name, values, 0, ""))
        + ";\n";
  }
}
