/**
 * Makes the float graph simpler without changing what it computes: every rule is a class of its
 * own, {@link io.mcudeploy.passes.Passes} runs them until none fires.
 */
package io.mcudeploy.passes;
