package io.mcudeploy.capsules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.importing.ImportOptions;
import io.mcudeploy.ir.Graph;
import io.mcudeploy.ir.Interpreter;
import io.mcudeploy.ir.Node;
import io.mcudeploy.ir.Operator;
import io.mcudeploy.ir.Shape;
import io.mcudeploy.ir.Tensor;
import io.mcudeploy.onnx.OnnxImporter;
import io.mcudeploy.operators.CapsuleRouting;
import io.mcudeploy.operators.CapsuleRouting.Output;
import io.mcudeploy.operators.CapsuleRouting.SoftmaxOver;
import io.mcudeploy.operators.CapsuleRouting.SquashOver;
import io.mcudeploy.operators.PrimaryCapsules;
import io.mcudeploy.operators.Squash;
import io.mcudeploy.operators.SquashFunction;
import io.mcudeploy.operators.SquashFunction.Kind;
import io.mcudeploy.passes.Passes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The networks of models/styles: capsule layers in the styles of public code, and near misses. Each
 * file is imported, recognised and compared with ONNX Runtime.
 */
class CapsuleStylesTest {
  private static final Path STYLES = folder();

  private static final SquashFunction PLAIN = new SquashFunction(Kind.HINTON, 0);

  private static final Map<String, CapsuleRouting> ROUTINGS =
      Map.of(
          "norm-quotient", routing(3, new SquashFunction(Kind.HINTON_NORM, 1e-8)),
          "many-convolutions", overInputs(SquashOver.VECTOR),
          "element-squash", overInputs(SquashOver.ELEMENT),
          "learned-logits", with(routing(4, PLAIN), false, true, Output.LENGTHS),
          "squeezed", routing(3, PLAIN),
          "matrix-agreement", routing(3, new SquashFunction(Kind.HINTON_NORM, 1e-8)),
          "tiled-products",
              with(routing(3, new SquashFunction(Kind.HINTON, 1e-9)), true, false, Output.LENGTHS),
          "permuted-votes", with(routing(2, PLAIN), true, false, Output.LENGTHS),
          "over-inputs-squashed", routing(3, PLAIN),
          "two-rounds",
              with(
                  routing(2, new SquashFunction(Kind.HINTON, 1e-7)), false, false, Output.VECTORS));

  /** Those whose primary capsules are channels of one pixel. */
  private static final List<String> CANONICAL_PRIMARIES =
      List.of(
          "many-convolutions",
          "learned-logits",
          "squeezed",
          "tiled-products",
          "permuted-votes",
          "two-rounds");

  @ParameterizedTest
  @MethodSource("routedFiles")
  void everyStyleIsOneRoutingNode(String file) {
    String style = style(file);

    Recognition recognition = Recognition.of(read(file));

    assertThat(recognition.misses()).isEmpty();
    assertThat(operators(recognition.graph(), CapsuleRouting.class))
        .containsExactly(expected(style, file));
    boolean canonical = CANONICAL_PRIMARIES.contains(style);
    if (canonical) {
      assertThat(operators(recognition.graph(), PrimaryCapsules.class)).hasSize(1);
      assertThat(operators(recognition.graph(), Squash.class)).isEmpty();
      assertThat(capsulesReachRoutingUntouched(recognition.graph())).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("allFiles")
  void theRecognisedNetworkComputesWhatOnnxRuntimeDoes(String file) throws OrtException {
    Graph graph = Recognition.of(read(file)).graph();

    Random random = new Random(17);
    for (int i = 0; i < 3; i++) {
      float[] image = new float[graph.inputs().get("image").shape().elements()];
      for (int pixel = 0; pixel < image.length; pixel++) {
        image[pixel] = random.nextFloat();
      }
      float[] expected = onnxRuntime(file, image);
      float[] actual = run(graph, image);
      // Without epsilon a capsule of zeros is NaN there and zero here.
      if (Float.isNaN(expected[0])) {
        assertThat(expected).containsOnly(Float.NaN);
        assertThat(file).isEqualTo("tiled-products-dynamo18.onnx");
        for (float length : actual) {
          assertThat(length).isBetween(0f, 1f);
        }
      } else {
        assertThat(actual).containsExactly(expected, within(1e-5f));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("nearMisses")
  void nearMissesStayAsTheyAre(String file) {
    Recognition recognition = Recognition.of(read(file));

    assertThat(operators(recognition.graph(), CapsuleRouting.class)).isEmpty();
    assertThat(recognition.misses()).hasSize(1);
    assertThat(recognition.warnings("net.onnx"))
        .extracting(warning -> warning.code())
        .containsExactly(Code.W0207);
  }

  @ParameterizedTest
  @MethodSource("routedFiles")
  void routingIsFoundWithoutTheStandardPassesToo(String file) {
    Graph imported = OnnxImporter.read(STYLES.resolve(file), ImportOptions.none(), warning -> {});

    assertThat(operators(Recognition.of(imported).graph(), CapsuleRouting.class))
        .containsExactly(expected(style(file), file));
  }

  @ParameterizedTest
  @MethodSource("allFiles")
  void recognisingTwiceChangesNothing(String file) {
    Recognition once = Recognition.of(read(file));

    Recognition twice = Recognition.of(once.graph());

    assertThat(twice.graph().nodes()).isEqualTo(once.graph().nodes());
    assertThat(twice.layers()).isEqualTo(once.layers());
  }

  @Test
  void theExponentialSquashIsRecognisedWithoutRouting() {
    Graph graph = Recognition.of(read("self-attention-script13.onnx")).graph();

    SquashFunction exponential = new SquashFunction(Kind.EFFICIENT, 1e-20);
    assertThat(operators(graph, PrimaryCapsules.class))
        .singleElement()
        .extracting(Operator::toString)
        .asString()
        .contains(exponential.toString());
    assertThat(operators(graph, Squash.class)).containsExactly(new Squash(2, exponential));
  }

  @Test
  void reasonsNameTheSlip() {
    assertThat(Recognition.of(read("class-axis-squash-script13.onnx")).misses())
        .extracting(Recognition.Miss::reason)
        .containsExactly("the squash takes elements of several capsules together");
    assertThat(Recognition.of(read("miss-unsquashed-in-between-script13.onnx")).misses())
        .extracting(Recognition.Miss::reason)
        .containsExactly(
            "a softmax's input is not a sum of agreements of predictions and squashed vectors");
  }

  @Test
  void layersOnTopOfEachOtherAreTold() {
    Graph graph = Recognition.of(read("stacked-script13.onnx")).graph();

    assertThat(operators(graph, PrimaryCapsules.class)).hasSize(1);
    assertThat(operators(graph, CapsuleRouting.class))
        .extracting(routing -> ((CapsuleRouting) routing).output())
        .containsExactly(Output.VECTORS, Output.LENGTHS);
    assertThat(operators(graph, Squash.class)).isEmpty();
  }

  @Test
  void decodersWithAFixedMaskAreReported() {
    assertThat(Recognition.of(read("fixed-mask-script13.onnx")).warnings("net.onnx"))
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.code()).isEqualTo(Code.W0208);
              assertThat(warning.message()).contains("`reconstruction` depends on capsule");
            });
  }

  @Test
  void layersTellTheirParameters() {
    assertThat(Recognition.of(read("tiled-products-script17.onnx")).layers())
        .extracting(Recognition.Layer::description)
        .containsExactly(
            "PrimaryCapsules: 18 capsules of 4 elements, activation relu, squash hinton epsilon"
                + " 1.0E-9",
            "CapsuleRouting: 18 capsules of 4 elements to 3 of 5, 3 passes, softmax over output"
                + " capsules, squash hinton epsilon 1.0E-9 of vectors, bias, gives lengths");
  }

  static List<String> allFiles() {
    return files().toList();
  }

  static List<String> routedFiles() {
    List<String> files = files().filter(file -> ROUTINGS.containsKey(style(file))).toList();
    assertThat(files).hasSize(4 * ROUTINGS.size());
    return files;
  }

  static List<String> nearMisses() {
    List<String> files =
        files().filter(file -> file.startsWith("miss-") || file.startsWith("class-axis")).toList();
    assertThat(files).hasSize(9);
    return files;
  }

  private static Stream<String> files() {
    try (Stream<Path> files = Files.list(STYLES)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".onnx"))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file's name without the exporter. */
  private static String style(String file) {
    return file.substring(0, file.lastIndexOf('-'));
  }

  /** PyTorch's newer exporter drops additions of less than 1e-7 itself. */
  private static CapsuleRouting expected(String style, String file) {
    CapsuleRouting routing = ROUTINGS.get(style);
    boolean dropped = file.contains("dynamo") && routing.squash().epsilon() < 1e-7;
    return new CapsuleRouting(
        routing.outputCapsules(),
        routing.outputDimension(),
        routing.iterations(),
        dropped ? PLAIN : routing.squash(),
        routing.squashOver(),
        routing.softmaxOver(),
        routing.biased(),
        routing.primed(),
        routing.output());
  }

  private static CapsuleRouting routing(int iterations, SquashFunction squash) {
    return new CapsuleRouting(
        3,
        5,
        iterations,
        squash,
        SquashOver.VECTOR,
        SoftmaxOver.OUTPUT,
        false,
        false,
        Output.LENGTHS);
  }

  private static CapsuleRouting overInputs(SquashOver squashOver) {
    return new CapsuleRouting(
        3, 5, 3, PLAIN, squashOver, SoftmaxOver.INPUT, false, false, Output.LENGTHS);
  }

  private static CapsuleRouting with(
      CapsuleRouting routing, boolean biased, boolean primed, Output output) {
    return new CapsuleRouting(
        routing.outputCapsules(),
        routing.outputDimension(),
        routing.iterations(),
        routing.squash(),
        routing.squashOver(),
        routing.softmaxOver(),
        biased,
        primed,
        output);
  }

  private static boolean capsulesReachRoutingUntouched(Graph graph) {
    Map<String, Node> producers = graph.producers();
    return graph.nodes().stream()
        .filter(node -> node.operator() instanceof CapsuleRouting)
        .map(node -> producers.get(node.inputs().get(0)))
        .allMatch(node -> node.operator() instanceof PrimaryCapsules);
  }

  private static <T extends Operator> List<Operator> operators(Graph graph, Class<T> kind) {
    return graph.nodes().stream().map(Node::operator).filter(kind::isInstance).toList();
  }

  private static Graph read(String file) {
    return Passes.simplify(
        OnnxImporter.read(STYLES.resolve(file), ImportOptions.none(), warning -> {}));
  }

  private static float[] run(Graph graph, float[] image) {
    Shape shape = graph.inputs().get("image").shape();
    Tensor input = new Tensor.Floats(shape, image);
    Tensor output = new Interpreter(graph).run(Map.of("image", input)).get(0);
    return ((Tensor.Floats) output).values();
  }

  private static float[] onnxRuntime(String file, float[] image) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(STYLES.resolve(file).toString());
        OnnxTensor input =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(image), new long[] {1, 1, 12, 12});
        OrtSession.Result result = session.run(Map.of("image", input))) {
      FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
  }

  private static Path folder() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("models/styles"))) {
      folder = folder.getParent();
    }
    return folder.resolve("models/styles");
  }
}
