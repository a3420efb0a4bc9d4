package io.mcudeploy.ir;

import java.util.List;

/**
 * What a node computes, in real numbers: attributes, shape rule, meaning and cost in one immutable
 * record. Implementations live in {@code io.mcudeploy.operators}, one file each. Convolutions and
 * pools work on NHWC; the importer brackets them with transposes and a pass removes those that
 * cancel.
 */
public interface Operator {
  /** The operator's name in listings, such as {@code Conv2d}. */
  String kind();

  /**
   * The types of the outputs.
   *
   * @throws IllegalArgumentException if the inputs do not fit; the message tells the user why
   */
  List<TensorType> outputTypes(List<TensorType> inputs);

  /**
   * The float meaning: what calibration observes and what the integer arithmetic approximates.
   * Inputs are as {@link #outputTypes} accepts them.
   */
  List<Tensor> evaluate(List<Tensor> inputs);

  /** Multiply-accumulate operations of one evaluation; 0 for operators without any. */
  default long macs(List<TensorType> inputs) {
    return 0;
  }
}
