package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which buffers a schedule needs in the arena, and when. Constants are flash and not in the list,
 * nor are the network's inputs and outputs where they are the caller's memory; where not, inputs
 * are in use from the first layer and outputs until the last. A layer that may write over an input
 * nobody reads later does so. A state and what becomes of it share a buffer that is in use from the
 * first layer to the last, so that nothing else ever lies there. In a {@link Chain}, what outlasts
 * a turn is in use during the whole chain, and what does not from the layer that writes it to the
 * last that reads it, in each turn.
 *
 * @param buffers by the layer that writes them first
 * @param overlaps which of them may lie partly over one another
 */
public record Lifetimes(List<Buffer> buffers, List<Overlap> overlaps) {
  public Lifetimes {
    buffers = List.copyOf(buffers);
    overlaps = List.copyOf(overlaps);
  }

  /** An output that may overlap the input of its layer, by the tensors' names. */
  private record Lead(String output, String input, int bytes) {}

  /** The buffers of a schedule. */
  public static Lifetimes of(Schedule schedule) {
    QuantizedGraph graph = schedule.graph();
    Map<String, Integer> lastUse = lastUses(schedule);
    Map<String, Buffer> byTensor = new LinkedHashMap<>();
    List<Buffer> scratch = new ArrayList<>();
    List<Lead> leads = new ArrayList<>();
    if (schedule.ports() == Ports.ARENA) {
      for (String input : graph.inputs()) {
        int last = Math.max(1, lastUse.getOrDefault(input, 1));
        byTensor.put(input, new Buffer(List.of(input), graph.tensor(input).bytes(), 1, last));
      }
    }
    for (Step step : schedule.steps()) {
      addScratch(step, scratch);
      Optional<Chain> chain = schedule.chain(step.number());
      if (chain.isPresent()) {
        addRows(schedule, chain.get(), step, byTensor, lastUse);
        if (step.number() == chain.get().last()) {
          addGuests(chain.get(), schedule, byTensor);
          lead(chain.get(), step, byTensor, lastUse).ifPresent(leads::add);
        }
        continue;
      }
      List<String> outputs = step.layer().outputs();
      for (int i = 0; i < outputs.size(); i++) {
        String output = outputs.get(i);
        boolean port = graph.outputs().contains(output);
        if ((port && schedule.ports() == Ports.CALLER) || graph.states().containsValue(output)) {
          continue;
        }
        int bytes = graph.tensor(output).bytes();
        int last =
            port
                ? schedule.steps().size()
                : Math.max(step.number(), lastUse.getOrDefault(output, 0));
        Buffer own = new Buffer(List.of(output), bytes, step.number(), last);
        String replaced = i == 0 ? replacedInput(step, bytes, byTensor, lastUse) : "";
        byTensor.put(output, own);
        if (!replaced.isEmpty()) {
          Buffer joined = join(byTensor.get(replaced), own);
          joined.names().forEach(name -> byTensor.put(name, joined));
        } else if (i == 0) {
          lead(step, byTensor, lastUse).ifPresent(leads::add);
        }
      }
    }
    List<Buffer> buffers = new ArrayList<>();
    graph
        .states()
        .forEach(
            (state, next) ->
                buffers.add(
                    new Buffer(
                        List.of(state, next),
                        graph.tensor(state).bytes(),
                        1,
                        schedule.steps().size())));
    buffers.addAll(byTensor.values().stream().distinct().toList());
    buffers.addAll(scratch);
    List<Overlap> overlaps =
        leads.stream()
            .map(
                lead ->
                    new Overlap(
                        byTensor.get(lead.output()), byTensor.get(lead.input()), lead.bytes()))
            .toList();
    return new Lifetimes(buffers, overlaps);
  }

  private static void addScratch(Step step, List<Buffer> scratch) {
    if (step.scratchBytes() > 0) {
      scratch.add(
          new Buffer(
              List.of(scratchName(step)), step.scratchBytes(), step.number(), step.number()));
    }
  }

  /** Adds the memory of a layer's output in a chain, unless its rows lie in another tensor's. */
  private static void addRows(
      Schedule schedule,
      Chain chain,
      Step step,
      Map<String, Buffer> byTensor,
      Map<String, Integer> lastUse) {
    String output = step.layer().outputs().get(0);
    Optional<Chain.Line> line = chain.line(output);
    boolean callers =
        schedule.ports() == Ports.CALLER && schedule.graph().outputs().contains(output);
    if (callers || line.flatMap(Chain.Line::host).isPresent()) {
      return;
    }
    boolean stays = line.isEmpty() || line.get().stays();
    int first = stays ? chain.first() : step.number();
    int last = Math.max(stays ? chain.last() : step.number(), lastUse.getOrDefault(output, 0));
    last = Math.min(last, schedule.steps().size());
    byTensor.put(output, new Buffer(List.of(output), schedule.bytes(output), first, last));
  }

  /** Lets the tensors whose rows lie in the memory of others take part in their buffers. */
  private static void addGuests(Chain chain, Schedule schedule, Map<String, Buffer> byTensor) {
    for (Step step : schedule.steps().subList(chain.first() - 1, chain.last())) {
      String guest = step.layer().outputs().get(0);
      Optional<String> host = chain.line(guest).flatMap(Chain.Line::host);
      if (host.isPresent()) {
        Buffer buffer = byTensor.get(host.get());
        List<String> names = new ArrayList<>(buffer.names());
        names.add(guest);
        int first = Math.min(buffer.first(), step.number());
        Buffer joined = new Buffer(names, buffer.bytes(), first, buffer.last());
        names.forEach(name -> byTensor.put(name, joined));
      }
    }
  }

  /** The name of a layer's scratch buffer; a tensor cannot have it. */
  public static String scratchName(Step step) {
    return "scratch of layer " + step.number();
  }

  private static Map<String, Integer> lastUses(Schedule schedule) {
    Map<String, Integer> lastUse = new LinkedHashMap<>();
    for (Step step : schedule.steps()) {
      Optional<Chain> chain = schedule.chain(step.number());
      for (String input : step.layer().inputs()) {
        boolean ofTurn = schedule.line(input).filter(line -> !line.stays()).isPresent();
        lastUse.put(input, ofTurn ? step.number() : chain.map(Chain::last).orElse(step.number()));
      }
    }
    // The caller reads them behind the last layer.
    schedule.graph().outputs().forEach(output -> lastUse.put(output, schedule.steps().size() + 1));
    return lastUse;
  }

  /** The input whose memory the step's first output takes over, or nothing. */
  private static String replacedInput(
      Step step, int bytes, Map<String, Buffer> byTensor, Map<String, Integer> lastUse) {
    for (int position : step.kernel().inPlace()) {
      String input = step.layer().inputs().get(position);
      Buffer buffer = byTensor.get(input);
      if (buffer != null
          && buffer.last() == step.number()
          && lastUse.get(input) == step.number()
          && replaces(step.layer(), step.kernel(), input, bytes, buffer.bytes())) {
        return input;
      }
    }
    return "";
  }

  /** How a chain's last output may lie over the largest input that nobody reads later. */
  private static Optional<Lead> lead(
      Chain chain, Step last, Map<String, Buffer> byTensor, Map<String, Integer> lastUse) {
    String output = last.layer().outputs().get(0);
    return chain.leads().entrySet().stream()
        .filter(
            lead ->
                byTensor.containsKey(output)
                    && byTensor.containsKey(lead.getKey())
                    && byTensor.get(lead.getKey()).last() == chain.last()
                    && lastUse.get(lead.getKey()) == chain.last())
        .max(
            Comparator.comparingInt(
                    (Map.Entry<String, Integer> lead) -> byTensor.get(lead.getKey()).bytes())
                .thenComparing(Map.Entry::getKey))
        .map(lead -> new Lead(output, lead.getKey(), lead.getValue()));
  }

  /** Whether a layer's first output may take over an input's memory once nobody else reads it. */
  static boolean replaces(
      Layer layer, KernelCode kernel, String input, long outputBytes, long inputBytes) {
    List<String> inputs = layer.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).equals(input) && !kernel.inPlace().contains(i)) {
        return false;
      }
    }
    return inputBytes >= outputBytes;
  }

  /** Whether a layer's first output may lie partly over an input once nobody else reads it. */
  static boolean leads(Layer layer, KernelCode kernel, String input) {
    List<String> inputs = layer.inputs();
    return kernel.lead().isPresent()
        && inputs.get(0).equals(input)
        && Collections.frequency(inputs, input) == 1;
  }

  /** How the step's first output may lie over its first input, if nobody reads that later. */
  private static Optional<Lead> lead(
      Step step, Map<String, Buffer> byTensor, Map<String, Integer> lastUse) {
    if (step.kernel().lead().isEmpty()) {
      return Optional.empty();
    }
    String input = step.layer().inputs().get(0);
    Buffer buffer = byTensor.get(input);
    return buffer != null
            && buffer.last() == step.number()
            && lastUse.get(input) == step.number()
            && leads(step.layer(), step.kernel(), input)
        ? Optional.of(
            new Lead(step.layer().outputs().get(0), input, step.kernel().lead().getAsInt()))
        : Optional.empty();
  }

  private static Buffer join(Buffer earlier, Buffer later) {
    List<String> names = new ArrayList<>(earlier.names());
    names.addAll(later.names());
    return new Buffer(
        names, Math.max(earlier.bytes(), later.bytes()), earlier.first(), later.last());
  }
}
