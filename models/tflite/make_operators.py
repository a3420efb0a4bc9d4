#!/usr/bin/env python3
"""Writes one tiny .tflite model for each operator and element type, with what TFLite's reference
kernels make of random inputs. Those that keep a state are run by TFLite Micro, one inference after
the other without a reset: TFLite's own LSTM rounds differently, its SVDF knows no int8 state.

The frontend's tests read the models and compare: int8 byte for byte, float within rounding. Shapes
are small and odd, scales random, so that paddings, remainders and ties occur.

Usage: make_operators.py FOLDER     writes NAME.tflite and vectors.txt, whose lines are
                                    NAME, the input's bytes and the output's in hexadecimal
Needs: ai-edge-litert, flatbuffers, numpy, tflite-micro
"""

import pathlib
import sys

import ai_edge_litert.schema_py_generated as schema
import flatbuffers
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tflite_micro.python.tflite_micro import runtime

VECTORS = 2
INFERENCES = 12
TYPES = {
    "float32": schema.TensorType.FLOAT32,
    "int8": schema.TensorType.INT8,
    "int16": schema.TensorType.INT16,
    "int32": schema.TensorType.INT32,
}
SAME, VALID = schema.Padding.SAME, schema.Padding.VALID
NONE, RELU, RELU6, TANH = 0, 1, 3, 4


class Network:
    """A subgraph while it is put together; quantized tensors where `quantized`."""

    def __init__(self, seed, quantized):
        self.random = np.random.default_rng(seed)
        self.quantized = quantized
        self.tensors, self.operators, self.codes, self.buffers = [], [], [], [schema.BufferT()]
        self.inputs = []

    def scale(self):
        return float(np.float32(self.random.uniform(0.01, 0.1)))

    def grid(self):
        return self.scale(), int(self.random.integers(-40, 40))

    def tensor(self, shape, dtype, grid=None, data=None, axis=0):
        tensor = schema.TensorT()
        tensor.name = f"t{len(self.tensors)}"
        tensor.shape = list(shape)
        tensor.type = TYPES[dtype]
        if grid is not None:
            scales, zero_points = np.atleast_1d(grid[0]), np.atleast_1d(grid[1])
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [float(scale) for scale in scales]
            tensor.quantization.zeroPoint = [int(point) for point in zero_points]
            tensor.quantization.quantizedDimension = axis
        tensor.buffer = 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            tensor.buffer = len(self.buffers)
            self.buffers.append(buffer)
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def value(self, shape, grid=None):
        if not self.quantized:
            return self.tensor(shape, "float32")
        return self.tensor(shape, "int8", grid or self.grid())

    def input(self, shape, grid=None):
        value = self.value(shape, grid)
        self.inputs.append(value)
        return value

    def state(self, shape, dtype, grid):
        """A variable tensor, which lives on between inferences."""
        state = self.tensor(shape, dtype, grid)
        self.tensors[state].isVariable = True
        return state

    def numbers(self, values):
        """Constant integers, such as axes."""
        values = np.array(values, np.int32)
        return self.tensor(values.shape, "int32", data=values)

    def constant(self, shape):
        """A constant operand of the network's own type."""
        if not self.quantized:
            return self.tensor(shape, "float32", data=self.random.normal(size=shape).astype("f4"))
        data = self.random.integers(-128, 128, shape).astype("i1")
        return self.tensor(shape, "int8", self.grid(), data)

    def weights(self, shape, axis, per_channel=True):
        if not self.quantized:
            data = self.random.normal(size=shape).astype("f4") / 4
            return self.tensor(shape, "float32", data=data)
        count = shape[axis] if per_channel else 1
        scales = self.random.uniform(0.002, 0.02, count).astype("f4")
        data = self.random.integers(-127, 128, shape).astype("i1")
        return self.tensor(shape, "int8", (scales, [0] * count), data, axis)

    def bias(self, count, input_value, weights):
        if not self.quantized:
            return self.tensor([count], "float32", data=self.random.normal(size=count).astype("f4"))
        scales = np.float32(self.grid_of(weights)[0]) * np.float32(self.grid_of(input_value)[0])
        data = self.random.integers(-2000, 2000, count).astype("i4")
        return self.tensor([count], "int32", (scales, [0] * len(scales)), data)

    def grid_of(self, value):
        if not self.quantized:
            return None
        quantization = self.tensors[value].quantization
        return np.array(quantization.scale), quantization.zeroPoint[0]

    def add(self, name, inputs, outputs, options=None, **fields):
        code = schema.OperatorCodeT()
        number = getattr(schema.BuiltinOperator, name)
        code.builtinCode, code.deprecatedBuiltinCode = number, min(number, 127)
        code.version = fields.pop("version", 4)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.codes)
        self.codes.append(code)
        operator.inputs, operator.outputs = inputs, outputs
        operator.intermediates = fields.pop("intermediates", None)
        if options:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            operator.builtinOptions = getattr(schema, options + "T")()
            for field, value in fields.items():
                assert hasattr(operator.builtinOptions, field), field
                setattr(operator.builtinOptions, field, value)
        self.operators.append(operator)

    def file(self, outputs):
        graph = schema.SubGraphT()
        graph.tensors, graph.operators = self.tensors, self.operators
        graph.inputs, graph.outputs, graph.name = self.inputs, outputs, "main"
        model = schema.ModelT()
        model.version, model.subgraphs = 3, [graph]
        model.operatorCodes, model.buffers = self.codes, self.buffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


CASES = {}
RECURRENT = {}


def case(*kinds):
    """Registers a function that adds operators and gives the outputs."""

    def register(function):
        CASES[function.__name__] = (function, kinds or ("int8", "float"))
        return function

    return register


def convolution(padding, stride, dilation, activation, kernel, channels):
    def build(net):
        x = net.input([1, 7, 6, channels])
        w = net.weights([5, kernel, kernel, channels], 0)
        b = net.bias(5, x, w)
        shape = image(7, 6, kernel, padding, stride, dilation, 5)
        y = net.value(shape)
        net.add("CONV_2D", [x, w, b], [y], "Conv2DOptions", padding=padding, strideW=stride,
                strideH=stride, fusedActivationFunction=activation, dilationWFactor=dilation,
                dilationHFactor=dilation)
        return [y]

    return build


def image(height, width, kernel, padding, stride, dilation, channels):
    def extent(size):
        reach = (kernel - 1) * dilation + 1
        return -(-size // stride) if padding == SAME else (size - reach) // stride + 1

    return [1, extent(height), extent(width), channels]


for name, arguments in {
    "conv_same": (SAME, 1, 1, NONE, 3, 4),
    "conv_same_stride_2_relu": (SAME, 2, 1, RELU, 3, 3),
    "conv_valid_dilated_relu6": (VALID, 1, 2, RELU6, 3, 2),
    "conv_pointwise": (VALID, 1, 1, NONE, 1, 8),
}.items():
    CASES[name] = (convolution(*arguments), ("int8", "float"))


def depthwise(multiplier, stride, padding):
    def build(net):
        x = net.input([1, 6, 5, 3])
        w = net.weights([1, 3, 3, 3 * multiplier], 3)
        b = net.bias(3 * multiplier, x, w)
        y = net.value(image(6, 5, 3, padding, stride, 1, 3 * multiplier))
        net.add("DEPTHWISE_CONV_2D", [x, w, b], [y], "DepthwiseConv2DOptions", padding=padding,
                strideW=stride, strideH=stride, depthMultiplier=multiplier, dilationWFactor=1,
                dilationHFactor=1, fusedActivationFunction=RELU)
        return [y]

    return build


CASES["depthwise"] = (depthwise(1, 1, SAME), ("int8", "float"))
CASES["depthwise_multiplier_2_stride_2"] = (depthwise(2, 2, VALID), ("int8", "float"))


@case()
def transpose_conv(net):
    x = net.input([1, 4, 3, 3])
    w = net.weights([2, 3, 3, 3], 0)
    y = net.value([1, 8, 6, 2])
    net.add("TRANSPOSE_CONV", [net.numbers([1, 8, 6, 2]), w, x], [y], "TransposeConvOptions",
            padding=SAME, strideW=2, strideH=2, version=2)
    return [y]


def fully_connected(bias, per_channel, keep):
    def build(net):
        x = net.input([1, 3, 20])
        w = net.weights([7, 20], 0, per_channel)
        y = net.value([1, 3, 7] if keep else [3, 7])
        net.add("FULLY_CONNECTED", [x, w, net.bias(7, x, w) if bias else -1], [y],
                "FullyConnectedOptions", keepNumDims=keep, fusedActivationFunction=NONE)
        return [y]

    return build


CASES["fully_connected"] = (fully_connected(True, False, False), ("int8", "float"))
CASES["fully_connected_no_bias_keep"] = (fully_connected(False, False, True), ("int8", "float"))
CASES["fully_connected_per_channel"] = (fully_connected(True, True, False), ("int8",))


@case()
def batch_matmul(net):
    a, b = net.input([2, 3, 9]), net.constant([2, 9, 4])
    y = net.value([2, 3, 4])
    net.add("BATCH_MATMUL", [a, b], [y], "BatchMatMulOptions")
    return [y]


def pool(operator, kernel, stride, padding, activation):
    def build(net):
        x = net.input([1, 7, 6, 3])
        y = net.value(image(7, 6, kernel, padding, stride, 1, 3), net.grid_of(x))
        net.add(operator, [x], [y], "Pool2DOptions", padding=padding, strideW=stride,
                strideH=stride, filterWidth=kernel, filterHeight=kernel,
                fusedActivationFunction=activation, version=2)
        return [y]

    return build


for name, arguments in {
    "average_pool_same": ("AVERAGE_POOL_2D", 3, 1, SAME, NONE),
    "average_pool_global": ("AVERAGE_POOL_2D", 6, 1, VALID, NONE),
    "average_pool_relu6": ("AVERAGE_POOL_2D", 2, 2, VALID, RELU6),
    "max_pool_same": ("MAX_POOL_2D", 3, 2, SAME, NONE),
    "max_pool_relu": ("MAX_POOL_2D", 2, 2, VALID, RELU),
}.items():
    CASES[name] = (pool(*arguments), ("int8", "float"))


def binary(operator, options, right, activation=None, constant=False):
    def build(net):
        a = net.input([1, 3, 4, 5])
        b = net.constant(right) if constant else net.input(right)
        y = net.value([1, 3, 4, 5])
        fields = {} if activation is None else {"fusedActivationFunction": activation}
        net.add(operator, [a, b], [y], options, version=2, **fields)
        return [y]

    return build


for name, arguments in {
    "add": ("ADD", "AddOptions", [1, 3, 4, 5], NONE),
    "add_broadcast_relu": ("ADD", "AddOptions", [1, 1, 1, 5], RELU),
    "add_constant": ("ADD", "AddOptions", [5], NONE, True),
    "sub": ("SUB", "SubOptions", [1, 3, 4, 5], NONE),
    "mul": ("MUL", "MulOptions", [1, 3, 4, 5], NONE),
    "mul_broadcast_relu6": ("MUL", "MulOptions", [1, 3, 1, 1], RELU6),
    "mul_constant": ("MUL", "MulOptions", [5], NONE, True),
    "squared_difference": ("SQUARED_DIFFERENCE", None, [1, 3, 4, 5]),
}.items():
    CASES[name] = (binary(*arguments), ("int8", "float"))


def same_grid(operator):
    def build(net):
        a = net.input([1, 3, 4, 5])
        b = net.input([1, 3, 4, 5], net.grid_of(a))
        y = net.value([1, 3, 4, 5], net.grid_of(a))
        net.add(operator, [a, b], [y], "MaximumMinimumOptions", version=2)
        return [y]

    return build


CASES["maximum"] = (same_grid("MAXIMUM"), ("int8", "float"))
CASES["minimum"] = (same_grid("MINIMUM"), ("int8", "float"))


def unary(operator, options=None, output=None, shape=(1, 3, 4, 5), grid=None, version=2, **fields):
    def build(net):
        x = net.input(list(shape), grid)
        y = net.value(list(shape), output or (net.grid_of(x) if output == () else None))
        net.add(operator, [x], [y], options, version=version, **fields)
        return [y]

    return build


UNIT = (1 / 256, -128)
SYMMETRIC = (1 / 128, 0)
for name, build in {
    "softmax": unary("SOFTMAX", "SoftmaxOptions", UNIT, (6, 10), beta=1.0),
    "softmax_sharp": unary("SOFTMAX", "SoftmaxOptions", UNIT, (4, 12), (1.7, 10), beta=1.0),
    "softmax_deep": unary("SOFTMAX", "SoftmaxOptions", UNIT, (1, 700), (0.003, 0), beta=1.0),
    "log_softmax": unary("LOG_SOFTMAX", "LogSoftmaxOptions", (16 / 256, 127), (5, 9)),
    "logistic": unary("LOGISTIC", None, UNIT, (256,)),
    "tanh": unary("TANH", None, SYMMETRIC, (256,)),
    "relu": unary("RELU"),
    "relu6": unary("RELU6"),
    "relu_n1_to_1": unary("RELU_N1_TO_1", version=1),
    "leaky_relu": unary("LEAKY_RELU", "LeakyReluOptions", alpha=0.13),
    "hard_swish": unary("HARD_SWISH", "HardSwishOptions", shape=(256,), version=1),
    "gelu": unary("GELU", "GeluOptions"),
    "exp": unary("EXP", "ExpOptions", (0.3, -128)),
    "abs": unary("ABS", "AbsOptions"),
    "l2_normalization": unary("L2_NORMALIZATION", "L2NormOptions", SYMMETRIC, (4, 7)),
}.items():
    CASES[name] = (build, ("int8", "float"))
CASES["neg"] = (unary("NEG", "NegOptions", version=1), ("float",))
CASES["square"] = (unary("SQUARE", "SquareOptions", version=1), ("float",))
CASES["exp_rsqrt"] = (lambda net: [chained(net, ["EXP", "RSQRT"], [2, 5])], ("float",))
CASES["exp_sqrt_log"] = (lambda net: [chained(net, ["EXP", "SQRT", "LOG"], [2, 5])], ("float",))


def chained(net, operators, shape):
    value = net.input(shape)
    for operator in operators:
        result = net.value(shape)
        net.add(operator, [value], [result], version=1)
        value = result
    return value


@case()
def prelu(net):
    x, alpha, y = net.input([1, 3, 4, 5]), net.constant([1, 1, 5]), net.value([1, 3, 4, 5])
    net.add("PRELU", [x, alpha], [y], version=1)
    return [y]


@case()
def concatenation(net):
    a = net.input([1, 3, 2])
    b = net.input([1, 3, 3], net.grid_of(a))
    y = net.value([1, 3, 5], net.grid_of(a))
    net.add("CONCATENATION", [a, b], [y], "ConcatenationOptions", axis=-1, version=2)
    return [y]


@case()
def pack_unpack(net):
    x = net.input([3, 4])
    parts = [net.value([3], net.grid_of(x)) for _ in range(4)]
    net.add("UNPACK", [x], parts, "UnpackOptions", num=4, axis=1, version=2)
    y = net.value([4, 3], net.grid_of(x))
    net.add("PACK", parts[::-1], [y], "PackOptions", valuesCount=4, axis=0, version=2)
    return [y]


@case()
def split(net):
    x = net.input([2, 6])
    parts = [net.value([2, 3], net.grid_of(x)) for _ in range(2)]
    net.add("SPLIT", [net.numbers([1]), x], parts, "SplitOptions", numSplits=2, version=2)
    y = net.value([4, 3], net.grid_of(x))
    net.add("CONCATENATION", parts[::-1], [y], "ConcatenationOptions", axis=0, version=2)
    return [y]


@case()
def split_v(net):
    x = net.input([2, 6])
    parts = [net.value([2, n], net.grid_of(x)) for n in (1, 3, 2)]
    net.add("SPLIT_V", [x, net.numbers([1, 3, -1]), net.numbers([1])], parts, "SplitVOptions",
            numSplits=3, version=2)
    y = net.value([2, 6], net.grid_of(x))
    net.add("CONCATENATION", parts[::-1], [y], "ConcatenationOptions", axis=1, version=2)
    return [y]


def moved(operator, shape, output, arguments, options=None, version=2, **fields):
    def build(net):
        x = net.input(shape)
        y = net.value(output, net.grid_of(x))
        net.add(operator, [x] + [net.numbers(argument) for argument in arguments], [y], options,
                version=version, **fields)
        return [y]

    return build


for name, build in {
    "pad": moved("PAD", [1, 3, 4, 2], [1, 6, 5, 2], [[[0, 0], [1, 2], [0, 1], [0, 0]]]),
    "mirror_pad": moved("MIRROR_PAD", [1, 3, 4, 2], [1, 6, 5, 2],
                        [[[0, 0], [1, 2], [1, 0], [0, 0]]], "MirrorPadOptions", mode=0),
    "mirror_pad_symmetric": moved("MIRROR_PAD", [1, 3, 4, 2], [1, 6, 7, 2],
                                  [[[0, 0], [1, 2], [3, 0], [0, 0]]], "MirrorPadOptions", mode=1),
    "reshape": moved("RESHAPE", [2, 6], [3, 4], [[3, -1]], "ReshapeOptions", 1, newShape=[3, -1]),
    "squeeze": moved("SQUEEZE", [1, 3, 1, 4], [3, 4], [], "SqueezeOptions", 1, squeezeDims=[0, -2]),
    "expand_dims": moved("EXPAND_DIMS", [2, 3], [2, 1, 3], [1], "ExpandDimsOptions", 1),
    "transpose": moved("TRANSPOSE", [2, 3, 4], [4, 2, 3], [[2, 0, 1]], "TransposeOptions"),
    "slice": moved("SLICE", [4, 5], [2, 3], [[1, 2], [2, -1]], "SliceOptions"),
    "strided_slice": moved("STRIDED_SLICE", [4, 7], [2, 3], [[1, 6], [4, 0], [2, -2]],
                           "StridedSliceOptions"),
    "strided_slice_masks": moved("STRIDED_SLICE", [4, 5, 3], [5, 2], [[2, 0, 1], [3, 9, 9], [1, 1, 1]],
                                 "StridedSliceOptions", beginMask=2, endMask=6, shrinkAxisMask=1),
    "gather": moved("GATHER", [4, 5], [3, 5], [[3, 2, 1]], "GatherOptions", axis=0),
    "tile": moved("TILE", [2, 3], [4, 3], [[2, 1]], "TileOptions"),
    "reverse": moved("REVERSE_V2", [2, 3], [2, 3], [[1]], "ReverseV2Options", 3),
    "depth_to_space": moved("DEPTH_TO_SPACE", [1, 2, 3, 8], [1, 4, 6, 2], [],
                            "DepthToSpaceOptions", 1, blockSize=2),
    "space_to_depth": moved("SPACE_TO_DEPTH", [1, 4, 6, 2], [1, 2, 3, 8], [],
                            "SpaceToDepthOptions", blockSize=2),
    "resize_nearest": moved("RESIZE_NEAREST_NEIGHBOR", [1, 3, 4, 2], [1, 5, 8, 2], [[5, 8]],
                            "ResizeNearestNeighborOptions"),
    "resize_nearest_half_pixel": moved("RESIZE_NEAREST_NEIGHBOR", [1, 3, 4, 2], [1, 5, 8, 2],
                                       [[5, 8]], "ResizeNearestNeighborOptions", 3,
                                       halfPixelCenters=True),
    "resize_bilinear": moved("RESIZE_BILINEAR", [1, 3, 4, 2], [1, 5, 8, 2], [[5, 8]],
                             "ResizeBilinearOptions"),
    "resize_bilinear_align": moved("RESIZE_BILINEAR", [1, 3, 4, 2], [1, 5, 8, 2], [[5, 8]],
                                   "ResizeBilinearOptions", alignCorners=True),
    "resize_bilinear_half_pixel": moved("RESIZE_BILINEAR", [1, 3, 4, 2], [1, 5, 8, 2], [[5, 8]],
                                        "ResizeBilinearOptions", 3, halfPixelCenters=True),
}.items():
    CASES[name] = (build, ("int8", "float"))


@case()
def padv2(net):
    x = net.input([1, 3, 4, 2])
    if net.quantized:
        value = net.tensor([1], "int8", net.grid_of(x), np.array([-77], "i1"))
    else:
        value = net.tensor([1], "float32", data=np.array([1.5], "f4"))
    y = net.value([1, 4, 5, 2], net.grid_of(x))
    net.add("PADV2", [x, net.numbers([[0, 0], [1, 0], [0, 1], [0, 0]]), value], [y],
            "PadV2Options", version=2)
    return [y]


def reduction(operator, axes, keep, output, same=False):
    def build(net):
        x = net.input([2, 7, 5, 3])
        y = net.value(output, net.grid_of(x) if same else None)
        net.add(operator, [x, net.numbers(axes)], [y], "ReducerOptions", keepDims=keep, version=2)
        return [y]

    return build


for name, arguments in {
    "mean_image": ("MEAN", [1, 2], True, [2, 1, 1, 3], True),
    "mean_image_rescaled": ("MEAN", [1, 2], False, [2, 3]),
    "mean_last": ("MEAN", [-1], False, [2, 7, 5]),
    "reduce_max": ("REDUCE_MAX", [1], True, [2, 1, 5, 3], True),
    "reduce_min": ("REDUCE_MIN", [1, 2], False, [2, 3], True),
}.items():
    CASES[name] = (reduction(*arguments), ("int8", "float"))


# Imported in parts whose intermediate results have no scale in the file, or without integer
# arithmetic here; TFLite's int8 kernel for SUM gives zero points only.
CASES["reduce_sum"] = (reduction("SUM", [2], False, [2, 7, 3]), ("float",))
for name in ("squared_difference", "l2_normalization", "log_softmax", "reduce_min"):
    CASES[name] = (CASES[name][0], ("float",))


@case("int8")
def quantize_again(net):
    x, y = net.input([256]), net.value([256])
    net.add("QUANTIZE", [x], [y], "QuantizeOptions", version=2)
    return [y]


@case("float")
def quantize_dequantize(net):
    x = net.input([1, 40])
    q = net.tensor([1, 40], "int8", (0.02, 3))
    y = net.value([1, 40])
    net.add("QUANTIZE", [x], [q], "QuantizeOptions", version=1)
    net.add("DEQUANTIZE", [q], [y], "DequantizeOptions", version=2)
    return [y]


def lstm(batches, time_major, clip, hidden):
    """`hidden` is the grid of the hidden state, which is the output's."""

    def build(net):
        steps, inputs, units = 4, 6, 5
        lead = [steps, batches] if time_major else [batches, steps]
        # Fine enough that most sums stay where the gates are steep.
        x = net.input([*lead, inputs], (0.012, -9))
        weights = [net.weights([units, inputs], 0, False) for _ in range(4)]
        recurrent = [net.weights([units, units], 0, False) for _ in range(4)]
        biases = [net.bias(units, x, w) for w in weights]
        h = net.state([batches, units], "int8", hidden)
        c = net.state([batches, units], "int16", (2**-11, 0))
        # Sums before the gates have a grid only with layer normalization.
        sums = [net.tensor([0], "float32") for _ in range(4)]
        y = net.value([*lead, units], hidden)
        net.add("UNIDIRECTIONAL_SEQUENCE_LSTM",
                [x, *weights, *recurrent, -1, -1, -1, *biases, -1, -1, h, c, -1, -1, -1, -1], [y],
                "UnidirectionalSequenceLSTMOptions", fusedActivationFunction=TANH, cellClip=clip,
                timeMajor=time_major, version=1,
                intermediates=[*sums, net.tensor([0], "int8", hidden)])
        return [y]

    return build


def svdf(dtype, rank, zero_point, activation, output_zero_point):
    """`dtype` is that of the state, `zero_point` its zero point."""

    def build(net):
        batches, inputs, units, memory = 2, 9, 6, 5
        filters = units * rank
        x = net.input([batches, inputs])
        features = net.weights([filters, inputs], 0, False)
        # Sums that stay in 32 bits, at scales that let a few states and outputs saturate.
        largest = {"int8": 127, "int16": 4000}[dtype]
        data = net.random.integers(-largest, largest + 1, (filters, memory)).astype(dtype)
        times = net.tensor(data.shape, dtype, (1 / largest, 0), data)
        reach = net.grid_of(x)[0] * net.grid_of(features)[0] * 75**2 * inputs**0.5 * 2.5
        state = net.state([batches, filters * memory], dtype,
                          (reach / np.iinfo(dtype).max, zero_point))
        y = net.value([batches, units],
                      (reach * 0.25 * (rank * memory)**0.5 / 128, output_zero_point))
        net.add("SVDF", [x, features, times, net.bias(units, state, times), state], [y],
                "SVDFOptions", rank=rank, fusedActivationFunction=activation, version=3)
        return [y]

    return build


for name, build in {
    "lstm": lstm(1, False, 0.0, (1 / 128, 0)),
    "lstm_batches": lstm(3, False, 0.0, (0.0078, -7)),
    "lstm_time_major_clipped": lstm(2, True, 0.4, (0.004, 12)),
    "svdf_state_int16": svdf("int16", 1, 0, NONE, -9),
    "svdf_state_int16_rank_2": svdf("int16", 2, 0, RELU, -128),
    "svdf_state_int8": svdf("int8", 1, -13, NONE, 5),
    "svdf_state_int8_rank_2": svdf("int8", 2, 21, RELU, -128),
}.items():
    RECURRENT[name] = (build, ("int8",))


def remember(model, random):
    """Random inputs of one inference after the other, and TFLite Micro's outputs."""
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 16)
    shape = interpreter.get_input_details(0)["shape"]
    fed, given = b"", b""
    for _ in range(INFERENCES):
        x = random.integers(-128, 128, shape).astype("i1")
        interpreter.set_input(x, 0)
        interpreter.invoke()
        fed += x.tobytes()
        given += interpreter.get_output(0).tobytes()
    return fed.hex(), given.hex()


def run(model, random):
    """Random inputs and the reference kernels' outputs, as hexadecimal bytes."""
    interpreter = Interpreter(
        model_content=model, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()
    fed, given = b"", b""
    for _ in range(VECTORS):
        for detail in details:
            shape = detail["shape"]
            if detail["dtype"] == np.int8:
                x = random.integers(-128, 128, shape).astype("i1")
            else:
                x = random.normal(size=shape).astype("f4") * 2
            interpreter.set_tensor(detail["index"], x)
            fed += x.tobytes()
        interpreter.invoke()
        for detail in interpreter.get_output_details():
            given += interpreter.get_tensor(detail["index"]).tobytes()
    return fed.hex(), given.hex()


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    cases = [*sorted(CASES.items()), *sorted(RECURRENT.items())]
    for seed, (name, (build, kinds)) in enumerate(cases):
        for kind in kinds:
            net = Network(seed, kind == "int8")
            model = net.file(build(net))
            title = f"{name}_{kind}"
            oracle = remember if name in RECURRENT else run
            try:
                lines.append(" ".join((title, *oracle(model, np.random.default_rng(seed + 1000)))))
            except (RuntimeError, ValueError) as refusal:
                print(title, "is refused:", str(refusal).splitlines()[0], file=sys.stderr)
                continue
            (folder / f"{title}.tflite").write_bytes(model)
    (folder / "vectors.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
