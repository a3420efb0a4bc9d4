package io.mcudeploy.plan;

import io.mcudeploy.kernels.KernelCode;
import io.mcudeploy.quantized.Layer;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.ArrayList;
import java.util.Collection;
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
 * last that reads it, in each turn. Tensors that are parts of another one's memory ({@link Views})
 * share its buffer, which is in use from the first layer that writes to one of them to the last
 * that reads one.
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
    Views views = Views.of(schedule);
    Map<String, Integer> lastUse = lastUses(schedule);
    Map<String, Buffer> byTensor = new LinkedHashMap<>();
    List<Buffer> scratch = new ArrayList<>();
    List<Lead> leads = new ArrayList<>();
    if (schedule.ports() == Ports.ARENA) {
      for (String input : graph.inputs()) {
        int last = Math.max(1, lastUse.getOrDefault(input, 1));
        add(
            new Buffer(List.of(input), graph.tensor(input).bytes(), 1, last),
            graph,
            views,
            byTensor);
      }
    }
    for (Step step : schedule.steps()) {
      addScratch(step, scratch);
      Optional<Chain> chain = schedule.chain(step.number());
      if (chain.isPresent()) {
        addRows(schedule, views, chain.get(), step, byTensor, lastUse);
        if (step.number() == chain.get().last()) {
          addGuests(chain.get(), schedule, byTensor);
          lead(chain.get(), step, views, byTensor, lastUse).ifPresent(leads::add);
        }
        continue;
      }
      List<String> outputs = step.layer().outputs();
      for (int i = 0; i < outputs.size(); i++) {
        String output = outputs.get(i);
        boolean port = graph.outputs().contains(output);
        if (isCallers(output, schedule, views) || graph.states().containsValue(output)) {
          continue;
        }
        int bytes = graph.tensor(output).bytes();
        int last =
            port
                ? schedule.steps().size()
                : Math.max(step.number(), lastUse.getOrDefault(output, 0));
        Buffer own = new Buffer(List.of(output), bytes, step.number(), last);
        String replaced = i == 0 ? replacedInput(step, bytes, views, byTensor, lastUse) : "";
        add(own, graph, views, byTensor);
        if (!replaced.isEmpty()) {
          Buffer joined = join(byTensor.get(replaced), byTensor.get(output));
          joined.names().forEach(name -> byTensor.put(name, joined));
        } else if (i == 0) {
          lead(step, views, byTensor, lastUse).ifPresent(leads::add);
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

  /** Adds a tensor's buffer, or the tensor to the buffer of those it shares memory with. */
  private static void add(
      Buffer own, QuantizedGraph graph, Views views, Map<String, Buffer> byTensor) {
    String tensor = own.names().get(0);
    if (!views.shares(tensor)) {
      byTensor.put(tensor, own);
      return;
    }
    Views.Part place = views.root(tensor);
    Buffer part =
        new Buffer(
            own.names(),
            place.offset() == 0 ? Map.of() : Map.of(tensor, place.offset()),
            graph.tensor(place.whole()).bytes(),
            own.first(),
            own.last());
    Buffer joined =
        byTensor.keySet().stream()
            .filter(other -> views.root(other).whole().equals(place.whole()))
            .findFirst()
            .map(other -> join(byTensor.get(other), part))
            .orElse(part);
    joined.names().forEach(name -> byTensor.put(name, joined));
  }

  /** Whether a tensor lies in the memory of an input or output that the caller passes. */
  private static boolean isCallers(String tensor, Schedule schedule, Views views) {
    String whole = views.root(tensor).whole();
    return schedule.ports() == Ports.CALLER
        && (schedule.graph().inputs().contains(whole)
            || schedule.graph().outputs().contains(whole));
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
      Views views,
      Chain chain,
      Step step,
      Map<String, Buffer> byTensor,
      Map<String, Integer> lastUse) {
    String output = step.layer().outputs().get(0);
    Optional<Chain.Line> line = chain.line(output);
    if (isCallers(output, schedule, views) || line.flatMap(Chain.Line::host).isPresent()) {
      return;
    }
    boolean stays = line.isEmpty() || line.get().stays();
    int first = stays ? chain.first() : step.number();
    int last = Math.max(stays ? chain.last() : step.number(), lastUse.getOrDefault(output, 0));
    last = Math.min(last, schedule.steps().size());
    add(
        new Buffer(List.of(output), schedule.bytes(output), first, last),
        schedule.graph(),
        views,
        byTensor);
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
        Map<String, Integer> starts = new LinkedHashMap<>(buffer.starts());
        starts.put(guest, buffer.start(host.get()));
        Buffer joined = new Buffer(names, starts, buffer.bytes(), first, buffer.last());
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
      Step step,
      int bytes,
      Views views,
      Map<String, Buffer> byTensor,
      Map<String, Integer> lastUse) {
    if (!isWhole(step.layer().outputs().get(0), views)) {
      return "";
    }
    for (int position : step.kernel().inPlace()) {
      String input = step.layer().inputs().get(position);
      Buffer buffer = byTensor.get(input);
      if (buffer != null
          && buffer.last() == step.number()
          && lastUse.get(input) == step.number()
          && isWhole(input, views)
          && isAlone(input, step.layer().inputs(), byTensor)
          && replaces(step.layer(), step.kernel(), input, bytes, buffer.bytes())) {
        return input;
      }
    }
    return "";
  }

  /** How a chain's last output may lie over the largest input that nobody reads later. */
  private static Optional<Lead> lead(
      Chain chain,
      Step last,
      Views views,
      Map<String, Buffer> byTensor,
      Map<String, Integer> lastUse) {
    String output = last.layer().outputs().get(0);
    return chain.leads().entrySet().stream()
        .filter(
            lead ->
                isFirst(output, views, byTensor)
                    && byTensor.containsKey(lead.getKey())
                    && isAlone(lead.getKey(), chain.leads().keySet(), byTensor)
                    && byTensor.get(lead.getKey()).last() == chain.last()
                    && lastUse.get(lead.getKey()) == chain.last())
        .max(
            Comparator.comparingInt(
                    (Map.Entry<String, Integer> lead) -> byTensor.get(lead.getKey()).bytes())
                .thenComparing(Map.Entry::getKey))
        .map(lead -> lead(output, lead.getKey(), lead.getValue(), byTensor));
  }

  /**
   * A lead from a tensor over another one as a lead of their buffers.
   *
   * @param bytes by which the output has to begin before the input
   */
  private static Lead lead(String output, String input, int bytes, Map<String, Buffer> byTensor) {
    int inside = byTensor.get(output).start(output) - byTensor.get(input).start(input);
    return new Lead(output, input, Math.max(0, bytes + inside));
  }

  /** Whether a tensor is no part of another one's memory. */
  static boolean isWhole(String tensor, Views views) {
    return views.root(tensor).whole().equals(tensor);
  }

  /** Whether a tensor is in the arena, and no other tensor has been written to its buffer yet. */
  private static boolean isFirst(String tensor, Views views, Map<String, Buffer> byTensor) {
    return byTensor.containsKey(tensor)
        && byTensor.get(tensor).names().stream().filter(views::shares).allMatch(tensor::equals);
  }

  /** Whether none of some other tensors lies in a tensor's buffer. */
  private static boolean isAlone(
      String tensor, Collection<String> others, Map<String, Buffer> byTensor) {
    Buffer buffer = byTensor.get(tensor);
    return others.stream()
        .allMatch(other -> other.equals(tensor) || !buffer.equals(byTensor.get(other)));
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
      Step step, Views views, Map<String, Buffer> byTensor, Map<String, Integer> lastUse) {
    String output = step.layer().outputs().get(0);
    boolean several = step.layer().outputs().size() > 1 && views.shares(output);
    if (step.kernel().lead().isEmpty() || several || !isFirst(output, views, byTensor)) {
      return Optional.empty();
    }
    String input = step.layer().inputs().get(0);
    Buffer buffer = byTensor.get(input);
    return buffer != null
            && buffer.last() == step.number()
            && lastUse.get(input) == step.number()
            && isAlone(input, step.layer().inputs(), byTensor)
            && leads(step.layer(), step.kernel(), input)
        ? Optional.of(lead(output, input, step.kernel().lead().getAsInt(), byTensor))
        : Optional.empty();
  }

  private static Buffer join(Buffer earlier, Buffer later) {
    List<String> names = new ArrayList<>(earlier.names());
    names.addAll(later.names());
    Map<String, Integer> starts = new LinkedHashMap<>(earlier.starts());
    starts.putAll(later.starts());
    return new Buffer(
        names,
        starts,
        Math.max(earlier.bytes(), later.bytes()),
        Math.min(earlier.first(), later.first()),
        Math.max(earlier.last(), later.last()));
  }
}
