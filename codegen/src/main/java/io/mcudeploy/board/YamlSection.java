package io.mcudeploy.board;

import io.mcudeploy.diagnostics.Code;
import io.mcudeploy.diagnostics.Diagnostic;
import io.mcudeploy.diagnostics.DiagnosticException;
import io.mcudeploy.diagnostics.Location;
import io.mcudeploy.diagnostics.Suggestion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A mapping of a YAML file, read key by key. Every mistake becomes a diagnostic with the line and
 * column where it stands; a key that nobody asked for is a mistake too.
 */
final class YamlSection {
  private static final Pattern QUANTITY =
      Pattern.compile("(0[xX][0-9a-fA-F]+|[0-9]+)(?: *([A-Za-z]+))?");
  private static final Map<String, Long> BYTES =
      Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);
  private static final Map<String, Long> HERTZ =
      Map.of("Hz", 1L, "kHz", 1_000L, "MHz", 1_000_000L, "GHz", 1_000_000_000L);

  private final String file;
  private final List<String> lines;
  private final MappingNode mapping;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  private YamlSection(String file, List<String> lines, Node node) {
    this.file = file;
    this.lines = lines;
    if (!(node instanceof MappingNode map)) {
      throw damaged(node, "here must be keys with values, as in `name: value`");
    }
    mapping = map;
    for (NodeTuple tuple : mapping.getValue()) {
      String key = scalar(tuple.getKeyNode());
      if (values.put(key, tuple.getValueNode()) != null) {
        throw damaged(tuple.getKeyNode(), "`" + key + "` is given twice");
      }
      keys.put(key, tuple.getKeyNode());
    }
  }

  /**
   * Parses a file.
   *
   * @param file its name for diagnostics
   * @param content its text
   */
  static YamlSection parse(String file, String content) {
    List<String> lines = content.lines().toList();
    LoadSettings settings = LoadSettings.builder().setLabel(file).build();
    Optional<Node> root;
    try {
      root = new Compose(settings).composeString(content);
    } catch (MarkedYamlEngineException e) {
      throw damaged(file, lines, e.getProblemMark(), "this is not YAML: " + e.getProblem());
    }
    if (root.isEmpty()) {
      throw Diagnostic.of(Code.E0602, new Location.File(file), "the file is empty").asException();
    }
    return new YamlSection(file, lines, root.get());
  }

  /** The keys, in the order of the file. */
  List<String> keys() {
    return List.copyOf(values.keySet());
  }

  String text(String key) {
    return scalar(required(key));
  }

  List<String> texts(String key) {
    if (!(required(key) instanceof SequenceNode sequence)) {
      throw damaged(required(key), "`" + key + "` must be a list, as in `[a, b]`");
    }
    List<String> texts = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      texts.add(scalar(element));
    }
    return texts;
  }

  Optional<List<String>> optionalTexts(String key) {
    known.add(key);
    return values.containsKey(key) ? Optional.of(texts(key)) : Optional.empty();
  }

  /** A size such as {@code 128 KiB}. */
  long bytes(String key) {
    return quantity(key, BYTES, "a size such as `128 KiB` or `1 MiB`");
  }

  /** A frequency such as {@code 180 MHz}. */
  long hertz(String key) {
    return quantity(key, HERTZ, "a frequency such as `180 MHz`");
  }

  /** A number such as {@code 12} or {@code 0x20000000}. */
  long number(String key) {
    return quantity(key, Map.of("", 1L), "a number such as `12` or `0x20000000`");
  }

  /** A number that may be missing. */
  OptionalInt optionalNumber(String key) {
    known.add(key);
    return values.containsKey(key)
        ? OptionalInt.of((int) Math.min(number(key), Integer.MAX_VALUE))
        : OptionalInt.empty();
  }

  /** One of a few words. */
  <E> E choice(String key, E[] choices, Function<E, String> id) {
    return choice(required(key), text(key), choices, id);
  }

  /** A list of words, each one of a few. */
  <E> List<E> choices(String key, E[] choices, Function<E, String> id) {
    List<E> chosen = new ArrayList<>();
    List<String> texts = texts(key);
    for (int i = 0; i < texts.size(); i++) {
      Node element = ((SequenceNode) required(key)).getValue().get(i);
      chosen.add(choice(element, texts.get(i), choices, id));
    }
    return chosen;
  }

  YamlSection section(String key) {
    return new YamlSection(file, lines, required(key));
  }

  Optional<YamlSection> optionalSection(String key) {
    known.add(key);
    return values.containsKey(key) ? Optional.of(section(key)) : Optional.empty();
  }

  /** To be called when everything has been read: complains about keys that mean nothing. */
  void end() {
    for (Map.Entry<String, Node> entry : keys.entrySet()) {
      if (!known.contains(entry.getKey())) {
        Diagnostic diagnostic =
            damaged(entry.getValue(), "the key `" + entry.getKey() + "` means nothing here")
                .diagnostic();
        throw Suggestion.closest(entry.getKey(), known)
            .map(near -> diagnostic.help("did you mean `" + near + "`?"))
            .orElse(diagnostic.help("known here: " + String.join(", ", known)))
            .asException();
      }
    }
  }

  /** Where a key's value stands. */
  Location location(String key) {
    return location(file, lines, required(key).getStartMark());
  }

  /** A complaint about the value of a key. */
  DiagnosticException damaged(String key, String message) {
    return damaged(required(key), message);
  }

  private Node required(String key) {
    known.add(key);
    Node value = values.get(key);
    if (value == null) {
      throw damaged(mapping, "the key `" + key + "` is missing here");
    }
    return value;
  }

  private String scalar(Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      throw damaged(node, "here must be a single value");
    }
    return scalar.getValue();
  }

  private long quantity(String key, Map<String, Long> units, String expected) {
    Matcher matcher = QUANTITY.matcher(text(key));
    if (!matcher.matches()) {
      throw damaged(key, "`" + key + "` must be " + expected);
    }
    String unit = matcher.group(2) == null ? "" : matcher.group(2);
    Long factor = units.get(unit);
    if (factor == null) {
      throw damaged(key, "`" + key + "` must be " + expected);
    }
    try {
      return Math.multiplyExact(Long.decode(decimal(matcher.group(1))), factor);
    } catch (NumberFormatException | ArithmeticException e) {
      throw damaged(key, "`" + key + "` is too large");
    }
  }

  /** Without leading zeros, which {@link Long#decode} would take for octal. */
  private static String decimal(String digits) {
    return digits.matches("0[0-9]+") ? digits.replaceFirst("^0+(?=.)", "") : digits;
  }

  private <E> E choice(Node node, String text, E[] choices, Function<E, String> id) {
    for (E choice : choices) {
      if (id.apply(choice).equals(text)) {
        return choice;
      }
    }
    List<String> ids = Arrays.stream(choices).map(id).toList();
    Diagnostic diagnostic =
        damaged(node, "`" + text + "` is none of " + String.join(", ", ids)).diagnostic();
    throw Suggestion.closest(text, ids)
        .map(near -> diagnostic.help("did you mean `" + near + "`?"))
        .orElse(diagnostic)
        .asException();
  }

  private DiagnosticException damaged(Node node, String message) {
    return damaged(file, lines, node.getStartMark(), message);
  }

  private static DiagnosticException damaged(
      String file, List<String> lines, Optional<Mark> mark, String message) {
    return Diagnostic.of(Code.E0602, location(file, lines, mark), message).asException();
  }

  private static Location location(String file, List<String> lines, Optional<Mark> mark) {
    if (mark.isEmpty()) {
      return new Location.File(file);
    }
    int line = mark.get().getLine();
    String text = line < lines.size() ? lines.get(line) : "";
    return new Location.Line(file, line + 1, mark.get().getColumn() + 1, text);
  }
}
