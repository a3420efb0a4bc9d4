package io.mcudeploy.toolchain;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A program to run to its end.
 *
 * @param words the program and its arguments
 * @param folder its working directory
 * @param patience after which it is killed
 */
public record Command(List<String> words, Path folder, Duration patience) {
  /**
   * How it ended.
   *
   * @param output what it wrote, both streams in the order written
   * @param timedOut whether it was killed because it took too long
   */
  public record Outcome(int status, String output, boolean timedOut) {}

  public Command {
    words = List.copyOf(words);
  }

  /** Runs the program; empty if it cannot be started. Its messages are in English. */
  public Optional<Outcome> run() {
    ProcessBuilder builder =
        new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(nothing()));
    Map<String, String> environment = builder.environment();
    environment.put("LC_ALL", "C");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return Optional.empty();
    }
    // A thread of its own: in a shared pool it could wait behind callers that wait for it.
    FutureTask<String> output = new FutureTask<>(() -> read(process.getInputStream()));
    Thread reader = new Thread(output, "output of " + words.get(0));
    reader.setDaemon(true);
    reader.start();
    try {
      boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      return Optional.of(new Outcome(process.exitValue(), output.get(), !ended));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the output of " + words.get(0) + " cannot be read", e);
    }
  }

  private static File nothing() {
    return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
  }

  private static String read(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
