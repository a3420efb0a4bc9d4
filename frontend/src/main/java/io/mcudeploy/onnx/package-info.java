/** Reads ONNX files: from protobuf to the float graph. */
package io.mcudeploy.onnx;
