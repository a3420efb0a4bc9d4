package io.mcudeploy.toolchain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who calls whom and with how much stack, as GCC tells with {@value #FLAG}: after optimisation,
 * what was inlined is part of its caller.
 */
public final class CallGraph {
  /** Makes GCC write a {@code .ci} file next to each object. */
  public static final String FLAG = "-fcallgraph-info=su";

  private static final Pattern NODE =
      Pattern.compile("node: \\{ title: \"([^\"]*)\" label: \"([^\"]*)\"( shape : ellipse)? \\}");
  private static final Pattern EDGE =
      Pattern.compile("edge: \\{ sourcename: \"([^\"]*)\" targetname: \"([^\"]*)\".*");
  private static final Pattern FRAME = Pattern.compile(".*\\\\n(\\d+) bytes \\(([a-z,]*)\\).*");
  private static final String INDIRECT = "__indirect_call";

  private final Map<String, Long> frames = new HashMap<>();
  private final Map<String, Set<String>> callees = new TreeMap<>();
  private final Set<String> unbounded = new TreeSet<>();

  private CallGraph() {}

  /**
   * Reads the files that GCC left in a folder of objects.
   *
   * @throws IOException if one cannot be read
   */
  public static CallGraph read(Path objects) throws IOException {
    List<Path> files;
    try (Stream<Path> content = Files.list(objects)) {
      files = content.filter(file -> file.toString().endsWith(".ci")).sorted().toList();
    }
    CallGraph graph = new CallGraph();
    for (Path file : files) {
      Files.readAllLines(file).forEach(graph::add);
    }
    return graph;
  }

  private void add(String line) {
    Matcher node = NODE.matcher(line);
    Matcher edge = EDGE.matcher(line);
    if (node.matches() && node.group(3) == null) {
      Matcher frame = FRAME.matcher(node.group(2));
      if (frame.matches()) {
        frames.put(node.group(1), Long.parseLong(frame.group(1)));
        if (frame.group(2).equals("dynamic")) {
          unbounded.add(node.group(1));
        }
      }
    } else if (edge.matches()) {
      callees.computeIfAbsent(edge.group(1), key -> new TreeSet<>()).add(edge.group(2));
    }
  }

  /**
   * A bound of the stack.
   *
   * @param bytes that a call needs at most, or -1 if there is no bound
   * @param path the functions on the deepest path, or on the way to what has no bound
   * @param reason why there is no bound, or empty
   */
  public record Stack(long bytes, List<String> path, String reason) {
    public Stack {
      path = List.copyOf(path);
    }

    /** Whether there is a bound. */
    public boolean isBounded() {
      return bytes >= 0;
    }
  }

  /**
   * The stack that a call of a function needs at most, its own frame included.
   *
   * <p>There is no bound where a function calls itself by any way, calls through a pointer, has a
   * frame of variable size, or calls something that was not compiled here.
   */
  public Stack stack(String function) {
    return stack(function, new ArrayDeque<>(), new HashMap<>());
  }

  /** This graph without some functions, as if they took no stack. */
  public CallGraph without(Set<String> functions) {
    CallGraph rest = new CallGraph();
    rest.frames.putAll(frames);
    rest.unbounded.addAll(unbounded);
    callees.forEach(
        (caller, called) -> {
          Set<String> kept = new TreeSet<>(called);
          kept.removeAll(functions);
          rest.callees.put(caller, kept);
        });
    return rest;
  }

  private Stack stack(String function, Deque<String> callers, Map<String, Stack> known) {
    if (known.containsKey(function)) {
      return known.get(function);
    }
    String reason = objection(function, callers);
    if (!reason.isEmpty()) {
      return new Stack(-1, List.of(plain(function)), reason);
    }
    callers.push(function);
    Stack deepest = new Stack(0, List.of(), "");
    for (String callee : callees.getOrDefault(function, Set.of())) {
      Stack below = stack(callee, callers, known);
      if (!below.isBounded() || below.bytes() > deepest.bytes()) {
        deepest = below;
      }
      if (!below.isBounded()) {
        break;
      }
    }
    callers.pop();
    List<String> path = Stream.concat(Stream.of(plain(function)), deepest.path().stream()).toList();
    Stack result =
        deepest.isBounded()
            ? new Stack(frames.get(function) + deepest.bytes(), path, "")
            : new Stack(-1, path, deepest.reason());
    known.put(function, result);
    return result;
  }

  private String objection(String function, Deque<String> callers) {
    if (function.equals(INDIRECT)) {
      return "`" + plain(callers.element()) + "` calls through a pointer";
    }
    if (callers.contains(function)) {
      return "`" + plain(function) + "` calls itself";
    }
    if (unbounded.contains(function)) {
      return "the frame of `" + plain(function) + "` has no constant size";
    }
    return frames.containsKey(function)
        ? ""
        : "`" + plain(function) + "` is not compiled with the network";
  }

  /** Functions of one file are titled with it, such as {@code kws.c:sum}. */
  private static String plain(String function) {
    return function.substring(function.lastIndexOf(':') + 1);
  }
}
