/** Reads .tflite files: from FlatBuffers to the float graph. */
package io.mcudeploy.tflite;
