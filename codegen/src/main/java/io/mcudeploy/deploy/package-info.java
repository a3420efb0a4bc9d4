/** From a network to a verified project: the driver, the project folder, the report. */
package io.mcudeploy.deploy;
