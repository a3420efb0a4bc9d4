/**
 * What is done to a float network so that it loses less when it is quantized: scales moved between
 * layers, weights rounded with care, biases corrected. Each is a class of its own and can be used
 * alone. Numbers that came quantized in the model file are never touched.
 */
package io.mcudeploy.quantization.repair;
