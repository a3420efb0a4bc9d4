package io.mcudeploy.network;

import io.mcudeploy.ir.Graph;
import io.mcudeploy.quantized.QuantizedGraph;
import java.util.List;

/**
 * A network in integers, and how it came about.
 *
 * @param reference the float network whose values the integers stand for: scales may have moved
 *     between its layers, and it computes what the model file says
 * @param trials what was tried, if there was a choice
 */
public record QuantizedNetwork(Graph reference, QuantizedGraph integers, List<Trial> trials) {
  public QuantizedNetwork {
    trials = List.copyOf(trials);
  }
}
