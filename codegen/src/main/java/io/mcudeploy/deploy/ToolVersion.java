package io.mcudeploy.deploy;

/** The version of mcu-deploy; a test keeps it in step with the build. */
public final class ToolVersion {
  public static final String CURRENT = "0.1.0";

  private ToolVersion() {}
}
