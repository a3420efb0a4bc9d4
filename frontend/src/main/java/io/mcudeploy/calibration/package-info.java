/** Which real values flow through a network: observed on samples, condensed to ranges. */
package io.mcudeploy.calibration;
