/**
 * Runs generated code on emulated machines and finds the first layer that differs from the golden
 * model.
 */
package io.mcudeploy.emulator;
