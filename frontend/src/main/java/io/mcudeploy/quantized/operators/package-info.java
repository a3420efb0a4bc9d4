/**
 * The integer operators: the exact meaning of everything the firmware computes. docs/SPEC.md is the
 * prose.
 */
package io.mcudeploy.quantized.operators;
