package io.mcudeploy.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CNamesTest {
  @Test
  void namesBecomeIdentifiers() {
    assertThat(CNames.sanitise("/conv1/Conv.2")).isEqualTo("conv1_conv_2");
    assertThat(CNames.sanitise("3")).isEqualTo("n3");
    assertThat(CNames.sanitise("über")).isEqualTo("ber");
    assertThat(CNames.sanitise("///")).isEqualTo("n");
  }

  @Test
  void differentNamesStayDifferent() {
    CNames names = new CNames(Set.of("ram"));

    assertThat(names.of("a.b")).isEqualTo("a_b");
    assertThat(names.of("a/b")).isEqualTo("a_b_2");
    assertThat(names.of("a.b")).isEqualTo("a_b");
    assertThat(names.of("ram")).isEqualTo("ram_2");
  }
}
