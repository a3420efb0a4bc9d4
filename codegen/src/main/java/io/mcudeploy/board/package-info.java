/** Cores, boards and the emulated machines that stand in for them, read from YAML descriptions. */
package io.mcudeploy.board;
