package io.mcudeploy.cli;

import io.mcudeploy.diagnostics.ExitStatus;
import io.mcudeploy.toolchain.InstalledTool;
import io.mcudeploy.toolchain.Tool;
import io.mcudeploy.toolchain.Tools;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Which tools are there, and how to get the others. */
@Command(
    name = "doctor",
    description = "Tell which tools were found, and how to install what is missing.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private final Console console;
  private final Tools tools;

  @Mixin private JsonOption json;

  DoctorCommand(Console console, Tools tools) {
    this.console = console;
    this.tools = tools;
  }

  @Override
  public Integer call() {
    List<Map<String, Object>> facts = new ArrayList<>();
    List<Tool> missing = new ArrayList<>();
    TextTable table = new TextTable("tool", "found", "version");
    for (Tool tool : Tool.values()) {
      Optional<InstalledTool> found = tools.find(tool);
      Map<String, Object> fact = new LinkedHashMap<>();
      fact.put("tool", tool.title());
      fact.put("found", found.isPresent());
      if (found.isPresent()) {
        fact.put("program", found.get().program().toString());
        fact.put("version", found.get().version());
        table.row(tool.title(), found.get().program(), found.get().version());
      } else {
        fact.put("install", tool.installation());
        table.row(tool.title(), "missing", "");
        missing.add(tool);
      }
      facts.add(fact);
    }
    if (json.wanted()) {
      console.json(facts);
    } else {
      table.print(console.out());
      for (Tool tool : missing) {
        console.out().println();
        console.out().println("to install " + tool.title() + ":");
        tool.installation().forEach(line -> console.out().println("  " + line));
      }
    }
    return missing.isEmpty() ? 0 : ExitStatus.MISSING_TOOL.code();
  }
}
