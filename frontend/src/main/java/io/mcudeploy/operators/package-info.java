/** The operators of a network in real numbers: shape rules, meaning and cost, one record each. */
package io.mcudeploy.operators;
