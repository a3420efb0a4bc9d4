package io.mcudeploy.toolchain;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A linked image: what takes how much memory. Reads 32-bit little-endian ELF files (System V ABI,
 * chapter 4, Object Files).
 *
 * @param sections those that take memory on the target, by address
 * @param symbols functions and variables, by address
 */
public record ElfFile(List<Section> sections, List<Symbol> symbols) {
  private static final int SECTION_BYTES = 40;
  private static final int SYMBOL_BYTES = 16;
  private static final int TYPE_SYMBOLS = 2;
  private static final int TYPE_NO_BITS = 8;
  private static final int FLAG_WRITE = 1;
  private static final int FLAG_ALLOC = 2;
  private static final int FLAG_EXECUTE = 4;

  /**
   * A part of the image.
   *
   * @param stored whether its bytes are in flash (code, constants, and what variables start with)
   */
  public record Section(
      String name, long address, long size, boolean stored, boolean writable, boolean executable) {
    /** Whether an address lies within. */
    public boolean contains(long place) {
      return address <= place && place < address + size;
    }
  }

  /** A function or variable; Arm's functions without the bit that marks Thumb code. */
  public record Symbol(String name, long address, long size, boolean function) {}

  public ElfFile {
    sections = List.copyOf(sections);
    symbols = List.copyOf(symbols);
  }

  /**
   * Reads an image.
   *
   * @throws IOException if it cannot be read or is no such image
   */
  public static ElfFile read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      return parse(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    } catch (IndexOutOfBoundsException e) {
      throw new IOException(file + " is truncated", e);
    }
  }

  /** Bytes of flash: code, constants, and what variables start with. */
  public long flashBytes() {
    return sections.stream().filter(Section::stored).mapToLong(Section::size).sum();
  }

  /** Bytes of RAM: variables and the arena, without the stack. */
  public long ramBytes() {
    return sections.stream().filter(Section::writable).mapToLong(Section::size).sum();
  }

  /** Bytes of instructions, with the constants between them. */
  public long codeBytes() {
    return sections.stream().filter(Section::executable).mapToLong(Section::size).sum();
  }

  /** Bytes of constants. */
  public long constantBytes() {
    return sections.stream()
        .filter(section -> section.stored() && !section.writable() && !section.executable())
        .mapToLong(Section::size)
        .sum();
  }

  /** A section by name. */
  public Optional<Section> section(String name) {
    return sections.stream().filter(section -> section.name().equals(name)).findFirst();
  }

  /** A symbol by name. */
  public Optional<Symbol> symbol(String name) {
    return symbols.stream().filter(symbol -> symbol.name().equals(name)).findFirst();
  }

  private static ElfFile parse(ByteBuffer elf) throws IOException {
    if (elf.limit() < 52 || elf.getInt(0) != 0x464c457f || elf.get(4) != 1 || elf.get(5) != 1) {
      throw new IOException("not a 32-bit little-endian ELF file");
    }
    int table = elf.getInt(0x20);
    int count = elf.getShort(0x30) & 0xffff;
    int names = header(table, elf.getShort(0x32) & 0xffff);
    List<Section> sections = new ArrayList<>();
    List<Symbol> symbols = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int header = header(table, i);
      int type = elf.getInt(header + 4);
      int flags = elf.getInt(header + 8);
      if ((flags & FLAG_ALLOC) != 0 && elf.getInt(header + 20) != 0) {
        sections.add(
            new Section(
                text(elf, elf.getInt(names + 16), elf.getInt(header)),
                Integer.toUnsignedLong(elf.getInt(header + 12)),
                Integer.toUnsignedLong(elf.getInt(header + 20)),
                type != TYPE_NO_BITS,
                (flags & FLAG_WRITE) != 0,
                (flags & FLAG_EXECUTE) != 0));
      }
      if (type == TYPE_SYMBOLS) {
        symbols.addAll(symbols(elf, header, header(table, elf.getInt(header + 24))));
      }
    }
    sections.sort(Comparator.comparingLong(Section::address));
    symbols.sort(Comparator.comparingLong(Symbol::address).thenComparing(Symbol::name));
    return new ElfFile(sections, symbols);
  }

  private static int header(int table, int index) {
    return table + index * SECTION_BYTES;
  }

  private static List<Symbol> symbols(ByteBuffer elf, int header, int names) {
    List<Symbol> symbols = new ArrayList<>();
    int start = elf.getInt(header + 16);
    int end = start + elf.getInt(header + 20);
    boolean arm = elf.getShort(0x12) == 40;
    for (int entry = start; entry < end; entry += SYMBOL_BYTES) {
      int type = elf.get(entry + 12) & 15;
      boolean function = type == 2;
      if (function || type == 1) {
        long address = Integer.toUnsignedLong(elf.getInt(entry + 4));
        symbols.add(
            new Symbol(
                text(elf, elf.getInt(names + 16), elf.getInt(entry)),
                function && arm ? address & ~1L : address,
                Integer.toUnsignedLong(elf.getInt(entry + 8)),
                function));
      }
    }
    return symbols;
  }

  private static String text(ByteBuffer elf, int table, int offset) {
    int start = table + offset;
    int end = start;
    while (elf.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - start];
    elf.get(start, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
