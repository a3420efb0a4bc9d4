package io.mcudeploy.fuzz;

import io.mcudeploy.diagnostics.DiagnosticException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Damaged files for one reader, which must answer each with a result or a diagnostic, in bounded
 * work. Every file follows from a seed of its own.
 *
 * @param ending of the files' names
 * @param damage a damaged file
 * @param read reads a file; throws nothing but diagnostics
 */
public record Fuzz(String ending, Function<Random, byte[]> damage, Consumer<Path> read) {
  /** Processor time, whatever else the machine does: a hundred times what a large file takes. */
  private static final Duration MOST_WORK = Duration.ofSeconds(20);

  /** Reads as many files as asked, those of consecutive seeds. */
  public void files(Path folder, long firstSeed, int count) {
    for (int i = 0; i < count; i++) {
      file(folder, firstSeed + i);
    }
  }

  /** Reads files until the time is over, and gives their number. */
  public int during(Path folder, long firstSeed, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    int count = 0;
    for (; System.nanoTime() < end; count++) {
      file(folder, firstSeed + count);
    }
    return count;
  }

  /** Reads the file of one seed. It stays in the folder if it is not read as it should be. */
  public void file(Path folder, long seed) {
    Path file = folder.resolve("seed-" + seed + "." + ending);
    long start = work();
    try {
      Files.write(file, damage.apply(new Random(seed)));
      try {
        read.accept(file);
      } catch (DiagnosticException e) {
        // What a damaged file should get.
      }
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError("no diagnostic for " + file, e);
    }
    long work = work() - start;
    if (work > MOST_WORK.toNanos()) {
      throw new AssertionError(file + " takes " + Duration.ofNanos(work));
    }
  }

  private static long work() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
