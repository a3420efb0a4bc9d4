/** How well the integer network does what the float network does, over a data set. */
package io.mcudeploy.evaluation;
