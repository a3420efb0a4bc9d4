package io.mcudeploy.generate;

/**
 * A file of a generated project.
 *
 * @param path below the project's folder, with slashes
 */
public record SourceFile(String path, String text) {}
