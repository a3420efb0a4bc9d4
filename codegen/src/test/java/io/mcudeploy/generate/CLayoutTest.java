package io.mcudeploy.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CLayoutTest {
  @Test
  void indentsByBracesAndWrappedLines() {
    String text =
        """
        void f(int a,
        int b)
        {


        if (a)
        {
        b = a +
        1; /* } */

        }
        }
        """;

    assertThat(CLayout.of(text))
        .isEqualTo(
            """
            void f(int a,
                int b)
            {
                if (a)
                {
                    b = a +
                        1; /* } */
                }
            }
            """);
  }

  @Test
  void keepsPreprocessorLinesAtTheMargin() {
    String text = "{\n#ifdef A\nx();\n#endif\n}\n";

    assertThat(CLayout.of(text)).isEqualTo("{\n#ifdef A\n    x();\n#endif\n}\n");
  }

  @Test
  void doesNotIndentWhatCplusplusEncloses() {
    String text = "#ifdef __cplusplus\nextern \"C\" {\n#endif\nvoid f(void);\n";

    assertThat(CLayout.of(text)).isEqualTo(text);
  }

  @Test
  void alignsTheStarsOfComments() {
    assertThat(CLayout.of("{\n/* a\n* b { \n*/\nx();\n}\n"))
        .isEqualTo("{\n    /* a\n     * b {\n     */\n    x();\n}\n");
  }

  @Test
  void doesNotReadBracesInLiterals() {
    assertThat(CLayout.of("f(\"{\\\"\", '(');\ng();\n")).isEqualTo("f(\"{\\\"\", '(');\ng();\n");
  }

  @Test
  void dropsZerosAndOnesThatUnrollingLeaves() {
    assertThat(CLayout.of("y[i + 0] = x[0 * 16 + i] + x[1 * 16 + i + 10] * 1;\n"))
        .isEqualTo("y[i] = x[i] + x[16 + i + 10];\n");
    assertThat(CLayout.of("f(&x[(row - 0) * 30 + i / 1 * 4], row * 2 - 0, (1 * 64));\n"))
        .isEqualTo("f(&x[row * 30 + i * 4], row * 2, (64));\n");
    assertThat(CLayout.of("y = g((turn - 0), 5) + 1.0f * 10 - 0.5f * 1.5f;\n"))
        .isEqualTo("y = g(turn, 5) + 1.0f * 10 - 0.5f * 1.5f;\n");
  }

  @Test
  void countsInStepsOfOne() {
    assertThat(
            CLayout.of(
                "for (int32_t i = 0; i < 4; i += 1)\n{\nx += 1;\n}\ny += 10;\nz += 1 + x;\n"))
        .isEqualTo("for (int32_t i = 0; i < 4; i++)\n{\n    x++;\n}\ny += 10;\nz += 1 + x;\n");
  }
}
