package io.mcudeploy.cli;

import io.mcudeploy.deploy.ToolVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"mcu-deploy " + ToolVersion.CURRENT};
  }
}
