package io.mcudeploy.toolchain;

import java.nio.file.Path;

/**
 * A program found on this machine.
 *
 * @param version the first line of what it says about its version
 */
public record InstalledTool(Tool tool, Path program, String version) {}
