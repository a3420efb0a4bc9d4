/**
 * From a plan to files: C sources, build files, manifest. Everything a template shows is computed
 * here or in a kernel class; templates hold loops and text, never a decision.
 */
package io.mcudeploy.generate;
