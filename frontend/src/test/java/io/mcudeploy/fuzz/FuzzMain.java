package io.mcudeploy.fuzz;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Fuzzes in a virtual machine of its own, with a small heap: {@code FuzzMain CLASS SECONDS SEED
 * FOLDER}, where the class has a static method {@code fuzz()}.
 */
public final class FuzzMain {
  private FuzzMain() {}

  public static void main(String[] arguments) throws ReflectiveOperationException {
    var method = Class.forName(arguments[0]).getDeclaredMethod("fuzz");
    method.setAccessible(true);
    int files =
        ((Fuzz) method.invoke(null))
            .during(
                Path.of(arguments[3]),
                Long.parseLong(arguments[2]),
                Duration.ofSeconds(Long.parseLong(arguments[1])));
    System.out.println(files + " damaged files");
  }

  /**
   * The exit status of fuzzing for so long under a heap of 256 MiB.
   *
   * @param test has a static method {@code fuzz()}
   */
  static int run(Class<?> test, Duration time, long seed, Path folder)
      throws IOException, InterruptedException {
    String java = String.join(File.separator, System.getProperty("java.home"), "bin", "java");
    String classes = System.getProperty("java.class.path");
    return new ProcessBuilder(
            List.of(
                java,
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                classes,
                FuzzMain.class.getName(),
                test.getName(),
                Long.toString(time.toSeconds()),
                Long.toString(seed),
                folder.toString()))
        .redirectOutput(Redirect.INHERIT)
        .redirectError(Redirect.INHERIT)
        .start()
        .waitFor();
  }
}
