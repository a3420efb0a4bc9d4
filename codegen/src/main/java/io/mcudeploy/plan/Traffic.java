package io.mcudeploy.plan;

import java.util.HashMap;
import java.util.Map;

/**
 * How often the bytes of tensors and scratch buffers are read and written, about: once for each
 * element, and for what a layer multiplies once for each multiplication.
 *
 * @param accesses an inference, by tensor or scratch buffer
 */
public record Traffic(Map<String, Long> accesses) {
  public Traffic {
    accesses = Map.copyOf(accesses);
  }

  /** The accesses of a schedule. */
  public static Traffic of(Schedule schedule) {
    Map<String, Long> accesses = new HashMap<>();
    for (Step step : schedule.steps()) {
      if (step.kernel().isView()) {
        continue;
      }
      long macs = step.layer().operator().macs();
      for (String input : step.layer().inputs()) {
        accesses.merge(input, Math.max(macs, schedule.graph().tensor(input).bytes()), Long::sum);
      }
      for (String output : step.layer().outputs()) {
        accesses.merge(output, (long) schedule.graph().tensor(output).bytes(), Long::sum);
      }
      accesses.put(Lifetimes.scratchName(step), macs + step.scratchBytes());
    }
    return new Traffic(accesses);
  }

  long of(Buffer buffer) {
    return buffer.names().stream().mapToLong(name -> accesses.getOrDefault(name, 0L)).sum();
  }
}
