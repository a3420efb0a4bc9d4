package io.mcudeploy.cli;

import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.ExitStatus;
import io.mcudeploy.toolchain.Tools;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** The command {@code mcu-deploy}. */
@Command(
    name = "mcu-deploy",
    description =
        "Deploys neural networks, capsule networks among them, on microcontrollers as"
            + " self-contained C.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BuildCommand.class,
      VerifyCommand.class,
      ProfileCommand.class,
      DiffCommand.class,
      RunCommand.class,
      EvalCommand.class,
      InspectCommand.class,
      BoardsCommand.class,
      OperatorsCommand.class,
      DoctorCommand.class,
      ExplainCommand.class,
      AutoComplete.GenerateCompletion.class,
      ManPageGenerator.class,
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
    Console console = new Console(out, err, Boolean.getBoolean("mcu-deploy.terminal"));
    int status = run(console, Tools.ofThisProcess(), arguments);
    out.flush();
    err.flush();
    System.exit(status);
  }

  /**
   * Runs one command line and returns the exit code.
   *
   * @param tools where compilers and emulators are looked for
   */
  static int run(Console console, Tools tools, String... arguments) {
    Main main = new Main();
    CommandLine line = new CommandLine(main, new CommandFactory(console, tools));
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

  /** Hands console and tools to the commands whose constructors want them. */
  private record CommandFactory(Console console, Tools tools) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        List<Class<?>> wanted = List.of(constructor.getParameterTypes());
        if (wanted.equals(List.of(Console.class))) {
          return type.cast(constructor.newInstance(console));
        }
        if (wanted.equals(List.of(Console.class, Tools.class))) {
          return type.cast(constructor.newInstance(console, tools));
        }
      }
      return CommandLine.defaultFactory().create(type);
    }
  }
}
