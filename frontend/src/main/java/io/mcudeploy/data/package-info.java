/** Samples and labels from the user's files: NumPy, IDX, CIFAR-10 binary and raw numbers. */
package io.mcudeploy.data;
