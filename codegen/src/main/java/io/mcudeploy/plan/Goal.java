package io.mcudeploy.plan;

/** What the planner makes small where it has a choice. */
public enum Goal {
  /** The fewest instructions that fit the board's memory. */
  TIME,
  /** The smallest arena; among equal arenas the fewest instructions. */
  RAM
}
