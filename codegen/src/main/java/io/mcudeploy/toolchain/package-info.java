/** The compilers and emulators on this machine, and what they produce. */
package io.mcudeploy.toolchain;
