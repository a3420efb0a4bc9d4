#!/usr/bin/env python3
"""Writes two tiny networks in the quantized forms that ONNX Runtime's quantizer knows.

`layers` has one of each layer that people quantize; `moves` is mostly operators that only move
numbers. They are untrained: what matters is how they are written. Tests read the files and compare
with what ONNX Runtime makes of them.

Usage: make_quantized.py     writes <network>-<form>.onnx beside this script
Needs: numpy, onnx, onnxruntime
"""

import pathlib
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)

FOLDER = pathlib.Path(__file__).parent
SHAPE = (1, 3, 12, 12)


class Network:
    """An ONNX graph while it is written; weights are drawn as they are needed."""

    def __init__(self, name, seed):
        self.name = name
        self.random = np.random.default_rng(seed)
        self.nodes = []
        self.constants = []

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def weights(self, name, *shape):
        fan_in = int(np.prod(shape[1:])) or 1
        values = self.random.normal(0, fan_in**-0.5, shape).astype(np.float32)
        return self.constant(name, values)

    def op(self, kind, name, *inputs, outputs=1, **attributes):
        names = [name] if outputs == 1 else [f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, name, value, outputs, inputs, kernel, group=1, bias=True):
        operands = [value, self.weights(name + ".w", outputs, inputs // group, kernel, kernel)]
        if bias:
            operands.append(self.weights(name + ".b", outputs))
        pads = [kernel // 2] * 4
        return self.op("Conv", name, *operands, group=group, pads=pads)

    def model(self, output, opset):
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, SHAPE)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            self.constants,
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10
        )
        model = onnx.shape_inference.infer_shapes(model)
        onnx.checker.check_model(model)
        return model


def layers(opset):
    n = Network("layers", 1)
    x = n.op("Relu", "relu1", n.conv("conv1", "image", 8, 3, 3))
    y = n.op("Relu", "relu2", n.conv("depthwise", x, 8, 8, 3, group=8))
    y = n.conv("pointwise", y, 8, 8, 1, bias=False)
    x = n.op("Relu", "relu3", n.op("Add", "residual", x, y))
    x = n.op("MaxPool", "maxpool", x, kernel_shape=[2, 2], strides=[2, 2])
    gate = n.op("Sigmoid", "gate", n.op("GlobalAveragePool", "squeeze", x))
    x = n.op("Mul", "gated", x, gate)
    x = n.op("LeakyRelu", "leaky", n.conv("conv2", x, 12, 8, 3), alpha=0.1)
    x = n.op("AveragePool", "averagepool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = n.op("Flatten", "flatten", x)
    weights = n.weights("dense.w", 10, 108)
    x = n.op("Gemm", "dense", x, weights, n.weights("dense.b", 10), transB=1)
    return n.model(n.op("Softmax", "probabilities", x, axis=1), opset)


def moves(opset):
    n = Network("moves", 2)
    x = n.conv("conv1", "image", 8, 3, 3)
    parts = n.constant("parts", np.array([5, 3], np.int64))
    left, right = n.op("Split", "split", x, parts, outputs=2, axis=1)
    pads = n.constant("pads", np.array([0, 0, 1, 0, 0, 0, 0, 1], np.int64))
    starts = n.constant("starts", np.array([0, 2], np.int64))
    ends = n.constant("ends", np.array([2, 10], np.int64))
    axes = n.constant("axes", np.array([1, 3], np.int64))
    right = n.op("Slice", "slice", right, starts, ends, axes)
    left = n.op("MaxPool", "pool", left, kernel_shape=[2, 2], strides=[2, 2])
    left = n.op("Pad", "pad", left, pads)
    right = n.op("AveragePool", "mean", right, kernel_shape=[2, 2], strides=[2, 2], auto_pad="VALID")
    left = n.op("Transpose", "turned", left, perm=[0, 2, 3, 1])
    right = n.op("Transpose", "turned2", right, perm=[0, 2, 3, 1])
    shape = n.constant("rows", np.array([1, -1, 2], np.int64))
    right = n.op("Reshape", "reshaped", right, shape)
    shape5 = n.constant("rows5", np.array([1, -1, 5], np.int64))
    left = n.op("Reshape", "reshaped5", left, shape5)
    few = n.constant("few", np.array([4, 12, 20], np.int64))
    left = n.op("Gather", "picked", left, few, axis=1)
    right = n.op("Gather", "picked2", right, few, axis=1)
    x = n.op("Concat", "joined", left, right, axis=2)
    x = n.op("MatMul", "product", x, n.weights("product.w", 7, 6))
    x = n.op("Add", "shifted", x, n.weights("shift", 6))
    return n.model(n.op("Unsqueeze", "lifted", x, n.constant("axis", np.array([0], np.int64))), opset)


class Images(CalibrationDataReader):
    """Noise of growing contrast, as much for each network."""

    def __init__(self):
        random = np.random.default_rng(3)
        self.images = iter(
            [(random.normal(0, 0.2 + 0.1 * i, SHAPE)).astype(np.float32) for i in range(16)]
        )

    def get_next(self):
        image = next(self.images, None)
        return None if image is None else {"image": image}


INT8, UINT8, INT16, UINT16, INT4 = (
    QuantType.QInt8,
    QuantType.QUInt8,
    QuantType.QInt16,
    QuantType.QUInt16,
    QuantType.QInt4,
)
QDQ, QOPERATOR = QuantFormat.QDQ, QuantFormat.QOperator

FORMS = {
    "qdq-int8": dict(quant_format=QDQ, activation_type=INT8, weight_type=INT8),
    "qdq-int8-channels": dict(
        quant_format=QDQ, activation_type=INT8, weight_type=INT8, per_channel=True
    ),
    "qdq-uint8": dict(quant_format=QDQ, activation_type=UINT8, weight_type=INT8),
    "qdq-uint8-uint8": dict(quant_format=QDQ, activation_type=UINT8, weight_type=UINT8),
    "qdq-unfolded": dict(
        quant_format=QDQ,
        activation_type=UINT8,
        weight_type=INT8,
        extra_options={"AddQDQPairToWeight": True, "DedicatedQDQPair": True},
    ),
    "qdq-symmetric": dict(
        quant_format=QDQ,
        activation_type=INT8,
        weight_type=INT8,
        extra_options={"ActivationSymmetric": True, "QuantizeBias": False},
    ),
    "qdq-int16": dict(quant_format=QDQ, activation_type=INT16, weight_type=INT8),
    "qdq-uint16": dict(quant_format=QDQ, activation_type=UINT16, weight_type=INT8),
    "qdq-int4": dict(quant_format=QDQ, activation_type=UINT8, weight_type=INT4),
    "qoperator-uint8": dict(quant_format=QOPERATOR, activation_type=UINT8, weight_type=INT8),
    "qoperator-uint8-uint8": dict(
        quant_format=QOPERATOR, activation_type=UINT8, weight_type=UINT8
    ),
    "qoperator-int8-channels": dict(
        quant_format=QOPERATOR, activation_type=INT8, weight_type=INT8, per_channel=True
    ),
}


def strip(path):
    """Leaves out what the quantizer adds and no meaning needs: value types, file times, versions."""
    model = onnx.load(path)
    model.producer_name, model.producer_version = "", ""
    del model.graph.value_info[:]
    del model.metadata_props[:]
    onnx.save(model, path)


def main():
    for build in (layers, moves):
        name = build.__name__
        with tempfile.TemporaryDirectory() as folder:
            for form, options in FORMS.items():
                opset = 21 if "16" in form or "int4" in form else 13
                source = pathlib.Path(folder) / "float.onnx"
                onnx.save(build(opset), source)
                target = FOLDER / f"{name}-{form}.onnx"
                quantize_static(source, target, Images(), **options)
                strip(target)
            onnx.save(build(13), source)
            target = FOLDER / f"{name}-dynamic.onnx"
            quantize_dynamic(source, target, weight_type=QuantType.QUInt8)
            strip(target)
        onnx.save(build(13), FOLDER / f"{name}-float.onnx")


if __name__ == "__main__":
    main()
