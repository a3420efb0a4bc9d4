/** The network in real numbers: tensors, nodes, graphs and their interpreter. */
package io.mcudeploy.ir;
