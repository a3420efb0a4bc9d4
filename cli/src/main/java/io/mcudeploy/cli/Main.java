package io.mcudeploy.cli;

import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.ExitStatus;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code mcu-deploy}. */
@Command(
    name = "mcu-deploy",
    description =
        "Deploys neural networks, capsule networks among them, on microcontrollers as self-contained C.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BuildCommand.class,
      VerifyCommand.class,
      RunCommand.class,
      EvalCommand.class,
      InspectCommand.class,
      BoardsCommand.class,
      OperatorsCommand.class,
      DoctorCommand.class,
      ExplainCommand.class,
      AutoComplete.GenerateCompletion.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the input is wrong, as the diagnostics say",
      "2:the command line is wrong",
      "3:a result differs from the golden model",
      "4:a tool is missing",
      "70:a mistake of mcu-deploy itself"
    })
public final class Main implements Runnable {
  @Option(names = "--stacktrace", hidden = true, scope = CommandLine.ScopeType.INHERIT)
  private boolean stacktrace;

  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    PrintWriter out = writer(System.out);
    PrintWriter err = writer(System.err);
    int status = run(new Console(out, err, Boolean.getBoolean("mcu-deploy.terminal")), arguments);
    out.flush();
    err.flush();
    System.exit(status);
  }

  /** Runs one command line and returns the exit code. */
  static int run(Console console, String... arguments) {
    Main main = new Main();
    CommandLine line = new CommandLine(main, new ConsoleFactory(console));
    line.setOut(console.out());
    line.setErr(console.err());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler((e, command, parsed) -> main.failed(e, console));
    return line.execute(arguments);
  }

  /** Without a command: how to use it. */
  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "Missing command");
  }

  private int failed(Exception exception, Console console) {
    if (exception instanceof DiagnosticException diagnosed) {
      console.err().println(diagnosed.diagnostic());
      return diagnosed.diagnostic().code().exitStatus().code();
    }
    console.err().println("mcu-deploy made a mistake: " + exception);
    console.err().println("  = help: please report it, with the command and the model if you may");
    if (stacktrace) {
      exception.printStackTrace(console.err());
    } else {
      console.err().println("  = help: the same command with --stacktrace shows where");
    }
    return ExitStatus.INTERNAL_ERROR.code();
  }

  private static PrintWriter writer(java.io.PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), false);
  }

  /** Hands the console to the commands that want one. */
  private record ConsoleFactory(Console console) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      try {
        return type.getDeclaredConstructor(Console.class).newInstance(console);
      } catch (NoSuchMethodException e) {
        return CommandLine.defaultFactory().create(type);
      }
    }
  }
}
