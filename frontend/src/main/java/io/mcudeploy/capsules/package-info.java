/** Finds capsule layers in networks that spell them out in elementary operators. */
package io.mcudeploy.capsules;
