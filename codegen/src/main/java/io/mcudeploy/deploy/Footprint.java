package io.mcudeploy.deploy;

import io.mcudeploy.toolchain.CallGraph;
import io.mcudeploy.toolchain.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the board's image takes of the flash, by whose it is, and the stack of one inference. All
 * numbers are bytes.
 *
 * @param imageBytes the whole image, as the linker has laid it out
 * @param sections of the image, by name
 * @param functions the network's functions by name, in the order of their addresses
 * @param constantBytes of the network: weights as packed, biases, multipliers, tables
 * @param selfTestBytes of the self-test with its input, which a program gets only if it calls it
 * @param compilerLibraryBytes of functions that the compiler put in: its arithmetic, copying and
 *     filling memory
 * @param stack that one inference needs at most
 */
record Footprint(
    long imageBytes,
    Map<String, Long> sections,
    Map<String, Long> functions,
    long constantBytes,
    long selfTestBytes,
    long compilerLibraryBytes,
    CallGraph.Stack stack) {
  Footprint {
    sections = new LinkedHashMap<>(sections);
    functions = new LinkedHashMap<>(functions);
  }

  /**
   * Sorts the symbols of an image by the objects that define them.
   *
   * @param objects the folder with the objects and GCC's call graphs
   * @throws IOException if they cannot be read
   */
  static Footprint of(String model, ElfFile image, Path objects) throws IOException {
    Set<String> ofNetwork = defined(objects, name -> name.startsWith(model));
    Set<String> ofStartup =
        defined(objects, name -> name.startsWith("board_") && !name.equals("board_memory.o"));
    Map<String, Long> functions = new LinkedHashMap<>();
    long constants = 0;
    long selfTest = 0;
    long library = 0;
    for (ElfFile.Symbol symbol : image.symbols()) {
      boolean stored =
          image.sections().stream()
              .anyMatch(section -> section.stored() && section.contains(symbol.address()));
      if (!stored || symbol.size() == 0) {
        continue;
      }
      if (symbol.name().startsWith(model + "_selftest")) {
        selfTest += symbol.size();
      } else if (ofNetwork.contains(symbol.name())) {
        if (symbol.function()) {
          functions.merge(symbol.name(), symbol.size(), Long::sum);
        } else {
          constants += symbol.size();
        }
      } else if (symbol.function() && !ofStartup.contains(symbol.name())) {
        library += symbol.size();
      }
    }
    Map<String, Long> sections = new LinkedHashMap<>();
    image.sections().stream()
        .filter(ElfFile.Section::stored)
        .forEach(section -> sections.put(section.name(), section.size()));
    return new Footprint(
        image.flashBytes(),
        sections,
        functions,
        constants,
        selfTest,
        library,
        CallGraph.read(objects).stack(model + "_run"));
  }

  /** Bytes of the network's own functions. */
  long codeBytes() {
    return functions.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What one inference needs: the network's functions and constants, and what they call. */
  long networkBytes() {
    return codeBytes() + constantBytes + compilerLibraryBytes;
  }

  /** Start-up code, the example, and what fills gaps. */
  long otherBytes() {
    return imageBytes - networkBytes() - selfTestBytes;
  }

  private static Set<String> defined(Path objects, java.util.function.Predicate<String> named)
      throws IOException {
    List<Path> files;
    try (Stream<Path> content = Files.list(objects)) {
      files =
          content
              .filter(file -> file.toString().endsWith(".o"))
              .filter(file -> named.test(file.getFileName().toString()))
              .sorted()
              .toList();
    }
    Set<String> symbols = new LinkedHashSet<>();
    for (Path file : files) {
      List<ElfFile.Symbol> all = new ArrayList<>(ElfFile.read(file).symbols());
      all.forEach(symbol -> symbols.add(symbol.name()));
    }
    return symbols;
  }
}
