/** The command line: one class a command, results on standard output, talk on standard error. */
package io.mcudeploy.cli;
