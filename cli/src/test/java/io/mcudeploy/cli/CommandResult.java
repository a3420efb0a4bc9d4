package io.mcudeploy.cli;

import io.mcudeploy.toolchain.Tools;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What one command line did: exit code and both streams. */
record CommandResult(int status, String out, String err) {
  static CommandResult of(String... arguments) {
    return with(Tools.ofThisProcess(), arguments);
  }

  /** The command line on a machine with other tools. */
  static CommandResult with(Tools tools, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Main.run(new Console(new PrintWriter(out), new PrintWriter(err), false), tools, arguments);
    return new CommandResult(status, out.toString(), err.toString());
  }
}
