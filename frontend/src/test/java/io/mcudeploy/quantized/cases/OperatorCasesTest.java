package io.mcudeploy.quantized.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.quantized.MemoryImage;
import io.mcudeploy.quantized.StorageType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OperatorCasesTest {
  static List<OperatorCase> all() {
    return Stream.concat(OperatorCases.all().stream(), OperatorCases.fused().stream()).toList();
  }

  static Stream<OperatorCase> withRealMeaning() {
    return all().stream().filter(each -> RealMeaning.knows(each.operator()));
  }

  @Test
  void idsAreUniqueAndStartWithTheOperatorsKind() {
    assertThat(all()).extracting(OperatorCase::id).doesNotHaveDuplicates();
    assertThat(all()).allSatisfy(each -> assertThat(each.id()).startsWith(each.operator().kind()));
  }

  @Test
  void aCaseIsTheSameEveryTime() {
    assertThat(OperatorCases.all()).isEqualTo(OperatorCases.all());
    assertThat(OperatorCases.fused()).isEqualTo(OperatorCases.fused());
  }

  @ParameterizedTest
  @MethodSource("withRealMeaning")
  void integersAreWithinThreeQuartersOfAStepOfTheRealMeaning(OperatorCase operatorCase) {
    StorageType storage = operatorCase.operator().outputStorage(0);
    double[] actual = MemoryImage.integers(operatorCase.expected().get(0), storage);
    double[] real = RealMeaning.of(operatorCase);

    assertThat(actual).hasSameSizeAs(real);
    for (int i = 0; i < real.length; i++) {
      double clamped = Math.max(storage.lowest(), Math.min(storage.highest(), real[i]));
      // Half a step is the nearest integer. Requantize rounds twice: before its right shift by s
      // it is off by half already, which adds 2^-(s + 1).
      assertThat(Math.abs(actual[i] - clamped)).as("element %d", i).isLessThan(0.76);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void accumulatorsStayWithinTheirLimit(OperatorCase operatorCase) {
    assertThat(operatorCase.operator().accumulatorBound())
        .isBetween(0L, operatorCase.operator().accumulatorLimit());
  }

  @ParameterizedTest
  @MethodSource("all")
  void listingsSayWhatTheOperatorIs(OperatorCase operatorCase) {
    assertThat(operatorCase.operator().kind()).matches("[a-z][a-z0-9_]*");
    assertThat(operatorCase.operator().summary()).isNotBlank().doesNotContain("\n");
    assertThat(operatorCase.operator().macs()).isNotNegative();
    assertThat(operatorCase.operator().parameterBytes()).isNotNegative();
  }

  @ParameterizedTest
  @MethodSource("all")
  void inputsAreNotChanged(OperatorCase operatorCase) {
    List<byte[]> inputs = operatorCase.inputs().stream().map(each -> each.toArray()).toList();
    operatorCase.operator().run(inputs);
    for (int i = 0; i < inputs.size(); i++) {
      assertThat(inputs.get(i)).isEqualTo(operatorCase.inputs().get(i).toArray());
    }
  }
}
