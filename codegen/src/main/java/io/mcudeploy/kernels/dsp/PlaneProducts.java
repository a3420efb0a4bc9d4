package io.mcudeploy.kernels.dsp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The instructions of products in a given order, with what they read loaded into few registers. The
 * register that is loaded anew is the one whose word is read again last, which makes the fewest
 * loads (Belady, A study of replacement algorithms for a virtual-storage computer, 1966). A load is
 * followed by the next one that will be needed, where a register is free for it: a load behind a
 * load takes a cycle, others two (Cortex-M4 Technical Reference Manual, 3.3.2).
 */
final class PlaneProducts {
  /** What a product reads: a register that the block is given, or a word of memory. */
  record Word(String place, boolean isHeld) {}

  /**
   * @param instruction of the family SMLA
   * @param sum the register to which the product is added
   * @param start the register that holds the sum before
   */
  record Product(String instruction, String sum, String start, Word input, Word weight) {
    private List<Word> loaded() {
      return List.of(input, weight).stream().filter(word -> !word.isHeld()).toList();
    }
  }

  private final List<Product> products;
  private final Word[] registers;
  private final List<String> instructions = new ArrayList<>();

  private PlaneProducts(List<Product> products, int registers) {
    this.products = products;
    this.registers = new Word[registers];
    Arrays.fill(this.registers, new Word("", true));
  }

  /**
   * The instructions, with registers {@code a0}, {@code a1} and so on.
   *
   * @param registers how many, at least 2
   */
  static List<String> instructions(List<Product> products, int registers) {
    PlaneProducts all = new PlaneProducts(products, registers);
    for (int i = 0; i < products.size(); i++) {
      all.multiply(i);
    }
    return all.instructions;
  }

  private void multiply(int index) {
    Product product = products.get(index);
    int before = instructions.size();
    product.loaded().forEach(word -> load(word, index));
    if (instructions.size() == before + 1) {
      loadAhead(index);
    }
    instructions.add(
        "%s %%[%s], %s, %s, %%[%s]"
            .formatted(
                product.instruction(),
                product.sum(),
                register(product.input()),
                register(product.weight()),
                product.start()));
  }

  private void load(Word word, int index) {
    if (find(word) < 0) {
      put(word, readLast(index));
    }
  }

  /**
   * Loads the first word that a later product misses, if no product before that one loses a word.
   */
  private void loadAhead(int index) {
    for (int later = index + 1; later < products.size(); later++) {
      for (Word word : products.get(later).loaded()) {
        if (find(word) < 0) {
          int register = readLast(index);
          if (nextRead(registers[register], index) > later) {
            put(word, register);
          }
          return;
        }
      }
    }
  }

  private void put(Word word, int register) {
    registers[register] = word;
    instructions.add("ldr %%[a%d], %s".formatted(register, word.place()));
  }

  /** The register whose word is read again last, from a product on. */
  private int readLast(int index) {
    int last = 0;
    for (int i = 1; i < registers.length; i++) {
      if (nextRead(registers[i], index) > nextRead(registers[last], index)) {
        last = i;
      }
    }
    return last;
  }

  private int nextRead(Word word, int index) {
    for (int i = index; i < products.size(); i++) {
      if (products.get(i).loaded().contains(word)) {
        return i;
      }
    }
    return products.size();
  }

  private int find(Word word) {
    return Arrays.asList(registers).indexOf(word);
  }

  private String register(Word word) {
    return "%[" + (word.isHeld() ? word.place() : "a" + find(word)) + "]";
  }
}
