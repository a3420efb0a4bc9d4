/**
 * Exact simplification of networks in integers: channels that cannot depend on the input are taken
 * out, and what they add to later layers goes into those layers' biases. The outputs keep their
 * bits.
 */
package io.mcudeploy.simplification;
