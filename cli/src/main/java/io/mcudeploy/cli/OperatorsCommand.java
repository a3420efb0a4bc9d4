package io.mcudeploy.cli;

import io.mcudeploy.onnx.NodeMappings;
import io.mcudeploy.tflite.OperatorMappings;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what can be imported. */
@Command(
    name = "operators",
    description = "List the ONNX and TFLite operators that are supported, with their limits.",
    mixinStandardHelpOptions = true)
final class OperatorsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private JsonOption json;

  OperatorsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<Row> rows =
        Stream.concat(
                NodeMappings.all().stream()
                    .map(operator -> new Row("ONNX", operator.name(), operator.limits())),
                OperatorMappings.all().stream()
                    .map(operator -> new Row("TFLite", operator.name(), operator.limits())))
            .toList();
    if (json.wanted()) {
      console.json(rows);
      return 0;
    }
    TextTable table = new TextTable("format", "operator", "limits");
    rows.forEach(row -> table.row(row.format(), row.name(), row.limits()));
    table.print(console.out());
    return 0;
  }

  /** As listed; the names are those of the JSON fields. */
  private record Row(String format, String name, String limits) {}
}
