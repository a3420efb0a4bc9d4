package io.mcudeploy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.Diagnostics;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Where a command speaks: results to {@code out}, everything else to {@code err}.
 *
 * @param terminal whether a person watches {@code err}; progress bars are drawn only then
 */
record Console(PrintWriter out, PrintWriter err, boolean terminal) implements Diagnostics {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Prints a warning at once. */
  @Override
  public void report(Diagnostic diagnostic) {
    say(diagnostic.toString());
  }

  /** One line about what goes on, behind the results so far where both go to one file. */
  void say(String line) {
    out.flush();
    err.println(line);
    err.flush();
  }

  /** A result for machines. */
  void json(Object result) {
    out.print(text(result));
  }

  /** JSON as it is printed and written to files, with a line end. */
  static String text(Object result) {
    try {
      return JSON.writeValueAsString(result) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + result.getClass(), e);
    }
  }

  /** A bar that {@link Progress#step} moves; drawn only when a person watches. */
  Progress progress(String task, long steps) {
    if (!terminal) {
      return new Progress(done -> {}, () -> {});
    }
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(steps)
            .setStyle(ProgressBarStyle.ASCII)
            .build();
    return new Progress(bar::stepTo, bar::close);
  }

  /** A task under way; steps may come from several threads. */
  static final class Progress implements io.mcudeploy.calibration.Progress.Task {
    private final AtomicLong done = new AtomicLong();
    private final LongConsumer show;
    private final Runnable end;

    Progress(LongConsumer show, Runnable end) {
      this.show = show;
      this.end = end;
    }

    @Override
    public void step() {
      show.accept(done.incrementAndGet());
    }

    @Override
    public void close() {
      end.run();
    }
  }
}
