package io.mcudeploy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.generate.RandomImageNetwork;
import io.mcudeploy.quantized.GoldenModel;
import io.mcudeploy.quantized.IntegerOperator;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void stripesGiveTheBytesOfTheWhole(long seed) {
    QuantizedGraph graph = RandomImageNetwork.of(seed, 6);
    byte[] image = new byte[graph.tensor("image").bytes()];
    new Random(seed).nextBytes(image);
    Map<String, byte[]> expected = new GoldenModel(graph).runAll(List.of(image));
    int found = 0;
    for (int last = 1; last < graph.layers().size(); last++) {
      for (int count = 2; count < 5; count++) {
        Optional<Stripes> stripes = Stripes.of(graph, 1, last, count);
        if (stripes.isPresent()) {
          found++;
          Map<String, byte[]> actual =
              new GoldenModel(stripes.get().whole()).runAll(List.of(image));
          for (String tensor : List.of("t" + last, graph.outputs().get(0))) {
            assertThat(actual.get(tensor)).isEqualTo(expected.get(tensor));
          }
        }
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void stripesBetweenTheEdgesAreEqual() {
    QuantizedGraph graph = RandomImageNetwork.of(3, 6);
    QuantizedGraph stripes = Stripes.of(graph, 1, 1, 4).orElseThrow().whole();
    Map<String, IntegerOperator> operators = new LinkedHashMap<>();
    stripes.layers().forEach(layer -> operators.put(layer.name(), layer.operator()));
    String layer = graph.layers().get(0).name();

    assertThat(operators.get(layer + " stripe 2")).isEqualTo(operators.get(layer + " stripe 3"));
    assertThat(operators.get(layer + " stripe 1")).isNotEqualTo(operators.get(layer + " stripe 2"));
  }

  @Test
  void columnsAtTheEdgesAreComputedTwice() {
    QuantizedGraph graph = RandomImageNetwork.of(3, 6);
    Stripes stripes = Stripes.of(graph, 1, 1, 2).orElseThrow();

    assertThat(stripes.macsAgain()).isEqualTo(stripes.whole().macs() - graph.macs());
  }

  @Test
  void whatOthersReadIsNotCutIntoStripes() {
    QuantizedGraph graph = RandomImageNetwork.of(1, 6);
    int last = graph.layers().size();

    assertThat(Stripes.of(graph, last, last, 2)).isEmpty();
    for (int first = 1; first < last; first++) {
      for (int end = first; end < last; end++) {
        Optional<Stripes> stripes = Stripes.of(graph, first, end, 2);
        stripes.ifPresent(
            found -> assertThat(found.whole().layers().size()).isGreaterThan(last + 1));
      }
    }
  }
}
