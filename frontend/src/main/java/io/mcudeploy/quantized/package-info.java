/**
 * The network in integers: tensors, layers, graphs and the golden model that defines their meaning.
 */
package io.mcudeploy.quantized;
