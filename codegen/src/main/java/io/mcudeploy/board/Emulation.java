package io.mcudeploy.board;

/**
 * What stands in for a board on the host.
 *
 * @param twin the name of the board whose machine runs the program
 * @param proves what a run there proves about the board
 * @param limits what it does not
 */
public record Emulation(String twin, Machine machine, String proves, String limits) {}
