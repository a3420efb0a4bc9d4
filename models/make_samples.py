"""Writes the sample images that go with the models, from MNIST, as gzipped IDX files.

    python3 make_samples.py package/data

mnist_test_*: the first 400 test images, for `mcu-deploy eval`. mnist_calibration_images: every
300th training image, 200 in all, for `--calibrate`.
"""

import pathlib
import sys

import mnist

source, target = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent
mnist.write_idx(target / "mnist_test_images.idx3.gz", mnist.read_idx(source / "t10k-images-idx3-ubyte")[:400])
mnist.write_idx(target / "mnist_test_labels.idx1.gz", mnist.read_idx(source / "t10k-labels-idx1-ubyte")[:400])
mnist.write_idx(
    target / "mnist_calibration_images.idx3.gz", mnist.read_idx(source / "train-images-idx3-ubyte")[::300]
)
