#!/usr/bin/env python3
"""Writes what the QONNX reference makes of some numbers, for every rounding mode and grid.

Usage: make_qonnx_vectors.py > ../../frontend/src/test/resources/qonnx/vectors.csv
Needs: numpy, qonnx 1.0.0
"""

import numpy as np
from qonnx.custom_op.general.bipolar_quant import binary_quant
from qonnx.custom_op.general.quant import quant
from qonnx.custom_op.general.trunc import trunc_v1, trunc_v2

X = np.array([-31.0, -9.75, -3.5, -2.5, -1.5, -1.25, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1.5, 2.5, 3.5, 31.75], np.float32)
MODES = ["ROUND", "CEIL", "FLOOR", "UP", "DOWN", "HALF_UP", "HALF_DOWN", "half_even"]


def number(value):
    return np.asarray(value, np.float32)


def write(operator, mode, signed, narrow, parameters, result):
    fields = [operator, mode, str(signed), str(narrow), ";".join(str(p) for p in parameters)]
    print(",".join(fields + [";".join(str(float(y)) for y in np.asarray(result, np.float32))]))


def main():
    print("# x: " + ";".join(str(float(x)) for x in X))
    for mode in MODES:
        for signed, narrow, bits, scale in [(1, 0, 4, 0.5), (1, 1, 4, 1.0), (0, 0, 3, 0.25), (0, 1, 8, 0.3)]:
            result = quant(X, number(scale), number(0), number(bits), signed, narrow, mode)
            write("Quant", mode, signed, narrow, [scale, 0, bits], result)
    write("Quant", "ROUND", 1, 0, [0.5, 2, 8], quant(X, number(0.5), number(2), number(8), 1, 0, "ROUND"))
    write("Quant", "ROUND", 1, 1, [0.5, 0, 1], quant(X, number(0.5), number(0), number(1), 1, 1, "ROUND"))
    write("BipolarQuant", "", 1, 0, [0.75], binary_quant(X, number(0.75)))
    for mode in ["ROUND", "CEIL", "FLOOR"]:
        result = trunc_v1(X, number(0.25), number(0), number(8), number(6), mode)
        write("Trunc", mode, 1, 0, [0.25, 0, 8, 6], result)
        for signed, narrow in [(1, 0), (1, 1), (0, 0)]:
            result = trunc_v2(X, number(0.25), number(0), number(8), narrow, signed, number(1), number(4), mode)
            write("Trunc", mode, signed, narrow, [0.25, 0, 8, 1, 4], result)


if __name__ == "__main__":
    main()
