/**
 * Which C computes which integer operator on which core: one class per operator and family of
 * cores, each beside a template of the same name.
 */
package io.mcudeploy.kernels;
