package io.mcudeploy.passes;

import static org.assertj.core.api.Assertions.assertThat;

import io.mcudeploy.SharedData;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.ModelSummary;
import io.mcudeploy.onnx.OnnxImporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the rules make of networks that nobody wrote for them. */
class PublishedNetworksTest {
  private static Graph read(String name) {
    return OnnxImporter.read(SharedData.path(name), ImportOptions.none(), warning -> {});
  }

  private static int count(Graph graph, String kind) {
    return ModelSummary.of(graph).operators().getOrDefault(kind, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "capsnets/caps_net_mnist.onnx",
        "capsnets/caps_net_cifar.onnx",
        "mlperf-tiny/ic_pretrainedResnet.onnx",
        "qonnx/bsd300x3-espcn/subpixel/float_model.onnx"
      })
  void resultsStayAndEveryRuleSettles(String name) {
    Graph graph = read(name);
    Graph simplified = Passes.simplify(graph);
    GraphText.assertComputesTheSame(graph, simplified);
    assertThat(Passes.simplify(simplified)).isSameAs(simplified);
    assertThat(simplified.nodes()).hasSizeLessThan(graph.nodes().size());
  }

  @Test
  void channelsFirstResNetKeepsOnlyTheTransposeOfItsInput() {
    Graph simplified = Passes.simplify(read("mlperf-tiny/ic_pretrainedResnet.onnx"));
    assertThat(simplified.nodes().get(0).operator().kind()).isEqualTo("Transpose");
    assertThat(simplified.nodes().get(0).inputs())
        .containsExactlyElementsOf(simplified.inputs().keySet());
    assertThat(count(simplified, "Transpose")).isEqualTo(1);
    assertThat(count(simplified, "BatchNormalization")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"capsnets/caps_net_mnist.onnx", "capsnets/caps_net_cifar.onnx"})
  void channelsLastNetworksKeepNoTransposeAndNoReluOfTheirOwn(String name) {
    Graph simplified = Passes.simplify(read(name));
    assertThat(count(simplified, "Transpose")).isZero();
    assertThat(count(simplified, "Relu")).isZero();
  }
}
