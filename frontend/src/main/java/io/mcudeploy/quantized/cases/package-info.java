/**
 * The shapes and values worth testing for every integer operator, one list for all oracles: the
 * float meaning, the generated C on the host and every emulated core.
 */
package io.mcudeploy.quantized.cases;
