/** What readers of every file format share: the graph while it is built, the options. */
package io.mcudeploy.importing;
