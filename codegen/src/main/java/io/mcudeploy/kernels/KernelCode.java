package io.mcudeploy.kernels;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * One way to compute one layer: which template, with which numbers, reading which constants.
 *
 * <p>The C function is {@code void <model>_<stem>(inputs, constants, scratch, outputs)}; the
 * generator writes that line and hands it to the template as {@code ${signature}}. Layers whose
 * template and arguments are equal share one function, so whatever differs between equal geometries
 * (weights, biases, multipliers) belongs into {@link #constants}, and whatever the compiler should
 * see (extents, zero points) into {@link #arguments}.
 *
 * @param stem what the function does and its geometry, such as {@code fully_connected_8x4}; two
 *     codes may share a stem, the generator then numbers them
 * @param template a resource below {@code templates/}, such as {@code
 *     portable/fully_connected.c.vm}; empty for {@link #view}
 * @param arguments what the template names: strings, integers, booleans never (there is no {@code
 *     #if}), lists and maps of these; in a fixed order
 * @param inputs C parameter names of the layer's inputs, in the operator's order
 * @param outputs C parameter names of the layer's outputs
 * @param inPlace inputs whose memory the first output may take over: the kernel reads each element
 *     of these before, or at the moment, it writes the one at the same place
 * @param lead what the first output needs to overlap the first input otherwise, see {@link
 *     RowOrder}: it begins at least so many bytes before it; nothing if it must not
 * @param parts instructions an inference, roughly, to compare variants by
 * @param note what distinguishes this variant, for the layer table, such as {@code 2 pixels x 2
 *     channels}
 */
public record KernelCode(
    String stem,
    String template,
    Map<String, Object> arguments,
    List<String> inputs,
    List<ConstantArray> constants,
    Optional<Scratch> scratch,
    List<String> outputs,
    Set<Integer> inPlace,
    OptionalInt lead,
    Cost parts,
    String note) {

  public KernelCode {
    arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    inputs = List.copyOf(inputs);
    constants = List.copyOf(constants);
    outputs = List.copyOf(outputs);
    inPlace = Collections.unmodifiableSet(new TreeSet<>(inPlace));
  }

  /** A code with one input {@code x}, one output {@code y}, and no constants yet. */
  public static KernelCode of(String stem, String template) {
    return new KernelCode(
        stem,
        template,
        Map.of(),
        List.of("x"),
        List.of(),
        Optional.empty(),
        List.of("y"),
        Set.of(),
        OptionalInt.empty(),
        Cost.of(0),
        "");
  }

  /**
   * No code at all: the layer only says that some tensors are parts of another one's memory, and
   * the planner has placed them so.
   */
  public static KernelCode view() {
    return of("view", "").costing(0, "no code");
  }

  /** Whether this is no code, see {@link #view}. */
  public boolean isView() {
    return template.isEmpty();
  }

  /** This code with one more argument of the template. */
  public KernelCode with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(arguments);
    if (more.put(name, value) != null) {
      throw new IllegalArgumentException(name + " is given twice");
    }
    return new KernelCode(
        stem, template, more, inputs, constants, scratch, outputs, inPlace, lead, parts, note);
  }

  /** This code with one more constant, passed after the earlier ones. */
  public KernelCode with(ConstantArray constant) {
    List<ConstantArray> more = new ArrayList<>(constants);
    more.add(constant);
    return new KernelCode(
        stem, template, arguments, inputs, more, scratch, outputs, inPlace, lead, parts, note);
  }

  public KernelCode withScratch(Scratch needed) {
    return new KernelCode(
        stem,
        template,
        arguments,
        inputs,
        constants,
        Optional.of(needed),
        outputs,
        inPlace,
        lead,
        parts,
        note);
  }

  /** This code with its inputs' names. */
  public KernelCode reading(String... names) {
    return new KernelCode(
        stem,
        template,
        arguments,
        List.of(names),
        constants,
        scratch,
        outputs,
        inPlace,
        lead,
        parts,
        note);
  }

  /** This code with its outputs' names. */
  public KernelCode writing(String... names) {
    return new KernelCode(
        stem,
        template,
        arguments,
        inputs,
        constants,
        scratch,
        List.of(names),
        inPlace,
        lead,
        parts,
        note);
  }

  /** This code, able to write its output over any of these inputs. */
  public KernelCode inPlaceOf(Integer... positions) {
    return new KernelCode(
        stem,
        template,
        arguments,
        inputs,
        constants,
        scratch,
        outputs,
        Set.of(positions),
        lead,
        parts,
        note);
  }

  /** This code, able to write its output over its first input from so many bytes before it. */
  public KernelCode leadingBy(OptionalInt bytes) {
    return new KernelCode(
        stem, template, arguments, inputs, constants, scratch, outputs, inPlace, bytes, parts,
        note);
  }

  /** This code with its estimated instructions and what distinguishes it. */
  public KernelCode costing(long instructions, String why) {
    return costing(Cost.of(instructions), why);
  }

  /** This code with what its instructions are made of and what distinguishes it. */
  public KernelCode costing(Cost instructions, String why) {
    return new KernelCode(
        stem,
        template,
        arguments,
        inputs,
        constants,
        scratch,
        outputs,
        inPlace,
        lead,
        instructions,
        why);
  }

  /** A rough count of instructions an inference, to compare variants by. */
  public long cost() {
    return parts.instructions();
  }

  /** Family and note, such as {@code cmsis-nn/dsp, 4 planes}. */
  public String title() {
    return family() + (note.isEmpty() ? "" : ", " + note);
  }

  public int scratchBytes() {
    return scratch.map(Scratch::bytes).orElse(0);
  }

  /** Bytes of all constants in flash. */
  public int constantBytes() {
    return constants.stream().mapToInt(ConstantArray::bytes).sum();
  }

  /**
   * The folder of templates this code is from, such as {@code portable} or {@code cmsis-nn/dsp}.
   */
  public String family() {
    return isView() ? stem : template.substring(0, template.lastIndexOf('/'));
  }
}
