/** When each layer runs, with which kernel, and where its tensors lie in the arena. */
package io.mcudeploy.plan;
