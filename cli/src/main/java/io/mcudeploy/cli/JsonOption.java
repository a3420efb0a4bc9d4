package io.mcudeploy.cli;

import picocli.CommandLine.Option;

/** The option that every command with a result has. */
final class JsonOption {
  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  boolean wanted() {
    return json;
  }
}
