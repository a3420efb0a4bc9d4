package io.mcudeploy.cli;

import io.mcudeploy.onnx.NodeMappings;
import io.mcudeploy.onnx.SupportedOperator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what can be imported. */
@Command(
    name = "operators",
    description = "List the ONNX operators that are supported, with their limits.",
    mixinStandardHelpOptions = true)
final class OperatorsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private JsonOption json;

  OperatorsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<SupportedOperator> operators = NodeMappings.all();
    if (json.wanted()) {
      console.json(
          operators.stream()
              .map(operator -> Map.of("name", operator.name(), "limits", operator.limits()))
              .toList());
      return 0;
    }
    TextTable table = new TextTable("operator", "limits");
    operators.forEach(operator -> table.row(operator.name(), operator.limits()));
    table.print(console.out());
    return 0;
  }
}
