package io.mcudeploy.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallGraphTest {
  @TempDir Path folder;

  @Test
  void theDeepestPathCountsAcrossFiles() throws IOException {
    write(
        "model",
        frame("run", 32, "static"),
        undefined("flat"),
        call("run", "flat"),
        undefined("deep"),
        call("run", "deep"));
    write(
        "kernels",
        frame("flat", 200, "static"),
        frame("deep", 100, "dynamic,bounded"),
        frame("kernels.c:edge", 120, "static"),
        call("deep", "kernels.c:edge"));

    CallGraph.Stack stack = CallGraph.read(folder).stack("run");

    assertThat(stack.bytes()).isEqualTo(32 + 100 + 120);
    assertThat(stack.path()).containsExactly("run", "deep", "edge");
  }

  @Test
  void recursionHasNoBound() throws IOException {
    write("a", frame("run", 8, "static"), frame("f", 8, "static"), call("run", "f"));
    write("b", frame("g", 8, "static"), call("f", "g"), call("g", "f"));

    assertNoBound("`f` calls itself");
  }

  @Test
  void aCallThroughAPointerHasNoBound() throws IOException {
    write(
        "a",
        frame("run", 8, "static"),
        "node: { title: \"__indirect_call\" label: \"Indirect Call Placeholder\" shape : ellipse }",
        call("run", "__indirect_call"));

    assertNoBound("`run` calls through a pointer");
  }

  @Test
  void aFrameOfVariableSizeHasNoBound() throws IOException {
    write("a", frame("run", 8, "static"), frame("f", 40, "dynamic"), call("run", "f"));

    assertNoBound("the frame of `f` has no constant size");
  }

  @Test
  void aLibraryFunctionHasNoBound() throws IOException {
    write("a", frame("run", 8, "static"), undefined("__divdi3"), call("run", "__divdi3"));

    assertNoBound("`__divdi3` is not compiled with the network");
  }

  private void assertNoBound(String reason) throws IOException {
    CallGraph.Stack stack = CallGraph.read(folder).stack("run");

    assertThat(stack.isBounded()).isFalse();
    assertThat(stack.reason()).isEqualTo(reason);
    assertThat(stack.path()).startsWith("run");
  }

  private void write(String name, String... lines) throws IOException {
    String text = "graph: { title: \"" + name + ".c\"\n" + String.join("\n", lines) + "\n}\n";
    Files.writeString(folder.resolve(name + ".ci"), text);
  }

  private static String frame(String function, int bytes, String kind) {
    return "node: { title: \"%s\" label: \"%s\\n%s:1:6\\n%d bytes (%s)\\n0 dynamic objects\" }"
        .formatted(function, function, "x.c", bytes, kind);
  }

  private static String undefined(String function) {
    return "node: { title: \"%s\" label: \"%s\\nx.h:9:6\" shape : ellipse }"
        .formatted(function, function);
  }

  private static String call(String from, String to) {
    return "edge: { sourcename: \"%s\" targetname: \"%s\" label: \"x.c:63:5\" }"
        .formatted(from, to);
  }
}
