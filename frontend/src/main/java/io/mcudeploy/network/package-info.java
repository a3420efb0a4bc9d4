/** The way from a model file to an integer network, stage by stage. */
package io.mcudeploy.network;
