#!/usr/bin/env python3
"""Exports one tiny capsule network in each style of writing that public code uses.

The networks compute (nearly) the same thing and say it differently: another squash formula, another
memory order of the capsules, softmax over other axes, predictions by matrix products or by tiling.
They are untrained; their weights are drawn so that routing matters. The recogniser's tests read the
files; README.md says which public implementation each style stands for.

Usage: make_styles.py [STYLE ...]     writes <style>-<exporter><opset>.onnx beside this script
Needs: torch, onnx, onnxscript
"""

import pathlib
import sys
import warnings

import onnx
import torch
import torch.nn.functional as F
from torch import nn

IMAGE = (1, 1, 12, 12)
TYPES, D_IN = 2, 4  # primary capsules: 2 types of 4 elements
SIDE = 3  # of the primary capsules' image
I = TYPES * SIDE * SIDE
J, D_OUT = 3, 5


def capsule_weights(*shape):
    return nn.Parameter(torch.randn(*shape) * 1.5)


class Network(nn.Module):
    """What all styles share: the first convolution and the number of primary channels."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5)
        self.primary = nn.Conv2d(6, TYPES * D_IN, 3, stride=2)
        with torch.no_grad():
            for layer in (self.conv, self.primary):
                layer.weight.mul_(3)

    def features(self, x):
        return F.relu(self.conv(x))


class NormQuotient(Network):
    """n^2 / (1 + n^2) / (n + eps); a capsule is a run of neighbouring pixels."""

    def __init__(self):
        super().__init__()
        self.weight = capsule_weights(J, I, D_OUT, D_IN)

    @staticmethod
    def squash(x, dim=-1):
        norm = torch.norm(x, p=2, dim=dim, keepdim=True)
        return norm**2 / (1 + norm**2) / (norm + 1e-8) * x

    def couple(self, b):
        return F.softmax(b, dim=1)

    def update(self, b, agreement):
        return b + agreement

    def forward(self, x):
        u = self.squash(self.primary(self.features(x)).view(x.size(0), -1, D_IN))
        u_hat = torch.squeeze(torch.matmul(self.weight, u[:, None, :, :, None]), dim=-1)
        fixed = u_hat.detach()
        b = torch.zeros(x.size(0), J, I)
        for iteration in range(3):
            c = self.couple(b)
            if iteration == 2:
                v = self.squash(torch.sum(c[:, :, :, None] * u_hat, dim=-2, keepdim=True))
            else:
                v = self.squash(torch.sum(c[:, :, :, None] * fixed, dim=-2, keepdim=True))
                b = self.update(b, torch.sum(v * fixed, dim=-1))
        return torch.squeeze(v, dim=-2).norm(dim=-1)


class ManyConvolutions(Network):
    """One convolution per capsule element, row vectors, softmax over the input capsules."""

    def __init__(self):
        super().__init__()
        self.primary = nn.ModuleList(nn.Conv2d(6, TYPES, 3, stride=2) for _ in range(D_IN))
        self.weight = capsule_weights(J, I, D_IN, D_OUT)

    @staticmethod
    def squash(x, dim=-1):
        squared = (x**2).sum(dim=dim, keepdim=True)
        return squared / (1 + squared) * x / torch.sqrt(squared)

    def forward(self, x):
        x = self.features(x)
        u = torch.cat([c(x).view(x.size(0), -1, 1) for c in self.primary], dim=-1)
        u = self.squash(u)
        priors = u[None, :, :, None, :] @ self.weight[:, None, :, :, :]
        logits = torch.zeros(*priors.size())
        for iteration in range(3):
            probabilities = F.softmax(logits, dim=2)
            v = self.squash((probabilities * priors).sum(dim=2, keepdim=True))
            if iteration != 2:
                logits = logits + (priors * v).sum(dim=-1, keepdim=True)
        v = v.squeeze(3).squeeze(2).transpose(0, 1)
        return F.softmax((v**2).sum(dim=-1) ** 0.5, dim=-1)


class ElementSquash(Network):
    """Squashes the output capsules along an axis of extent 1; copies instead of broadcasting."""

    def __init__(self):
        super().__init__()
        self.primary = nn.ModuleList(nn.Conv2d(6, TYPES, 3, stride=2) for _ in range(D_IN))
        self.weight = capsule_weights(1, I, J, D_OUT, D_IN)

    @staticmethod
    def squash(x):
        squared = (x**2).sum(-1, keepdim=True)
        return squared * x / ((1.0 + squared) * torch.sqrt(squared))

    def forward(self, x):
        batch = x.size(0)
        x = self.features(x)
        u = torch.stack([c(x) for c in self.primary], dim=1)
        u = self.squash(u.view(batch, I, -1))
        u = torch.stack([u] * J, dim=2).unsqueeze(4)
        u_hat = torch.matmul(torch.cat([self.weight] * batch, dim=0), u)
        b = torch.zeros(1, I, J, 1)
        for iteration in range(3):
            c = torch.cat([F.softmax(b, dim=1)] * batch, dim=0).unsqueeze(4)
            v = self.squash((c * u_hat).sum(dim=1, keepdim=True))
            if iteration < 2:
                agreement = torch.matmul(u_hat.transpose(3, 4), torch.cat([v] * I, dim=1))
                b = b + agreement.squeeze(4).mean(dim=0, keepdim=True)
        v = v.squeeze(1)
        return torch.sqrt((v**2).sum(dim=2))


class LearnedLogits(Network):
    """Learned initial logits, one more pass than iterations, squash with a reshaped factor."""

    def __init__(self):
        super().__init__()
        self.weight = capsule_weights(I, D_IN, J * D_OUT)
        self.logits = nn.Parameter(torch.randn(I, J))

    @staticmethod
    def squash(x):
        squared = torch.sum(x**2, dim=2)
        norm = torch.sqrt(squared)
        factor = squared / (1 + squared) / norm
        return x * factor.view(x.size(0), x.size(1), 1)

    def forward(self, x):
        batch = x.size(0)
        u = self.primary(self.features(x))
        u = u.view(batch, TYPES, D_IN, SIDE, SIDE).permute(0, 1, 3, 4, 2).contiguous()
        u = self.squash(u.view(batch, -1, D_IN)).unsqueeze(2)
        u_hat = u.matmul(self.weight).view(batch, I, J, D_OUT)
        c = F.softmax(self.logits, dim=-1)
        v = self.squash((c.unsqueeze(2) * u_hat).sum(dim=1))
        b = self.logits.expand(batch, I, J)
        for _ in range(3):
            b = b + (u_hat * v.unsqueeze(1)).sum(dim=-1)
            c = F.softmax(b.view(-1, J), dim=-1).view(batch, I, J, 1)
            v = self.squash((c * u_hat).sum(dim=1))
        return torch.sqrt((v**2).sum(dim=-1))


class Squeezed(Network):
    """Squeezes away whatever has extent 1, updates logits that nobody reads."""

    def __init__(self):
        super().__init__()
        self.primary = nn.ModuleList(nn.Conv2d(6, D_IN, 3, stride=2) for _ in range(TYPES))
        self.weight = capsule_weights(1, I, J, D_IN, D_OUT)

    @staticmethod
    def squash(x):
        norm = torch.sqrt((x**2).sum(dim=2))
        factor = norm**2 / (norm * (1 + norm**2))
        return factor.unsqueeze(2) * x

    def forward(self, x):
        batch = x.size(0)
        x = self.features(x)
        u = torch.cat([c(x).view(batch, D_IN, -1, 1) for c in self.primary], dim=3)
        u = u.view(batch, D_IN, -1).transpose(1, 2).contiguous()
        u = self.squash(u)
        u_hat = torch.matmul(u.unsqueeze(2).unsqueeze(3), self.weight).squeeze()
        b = torch.zeros(batch, I, J, 1)
        for _ in range(3):
            c = F.softmax(b, dim=2)
            v = self.squash((c * u_hat).sum(dim=1))
            b = b + (u_hat * v.unsqueeze(1)).sum(dim=3, keepdim=True)
        return torch.sqrt((v**2).sum(2))


class MatrixAgreement(Network):
    """Agreement by matrix product, epsilon beside the root, memory reinterpreted as capsules."""

    def __init__(self):
        super().__init__()
        self.weight = capsule_weights(1, J, I, D_OUT, D_IN)

    @staticmethod
    def squash(x):
        squared = torch.sum(x**2, dim=-1, keepdim=True)
        return squared / (1 + squared) * x / (torch.sqrt(squared) + 1e-8)

    def forward(self, x):
        batch = x.size(0)
        u = self.primary(self.features(x))
        u = self.squash(u.view(batch, TYPES, SIDE, SIDE, D_IN).view(batch, -1, D_IN))
        u_hat = torch.matmul(self.weight, u.unsqueeze(1).unsqueeze(4)).squeeze(-1)
        b = torch.zeros(batch, J, I, 1)
        for _ in range(2):
            c = F.softmax(b, dim=1)
            v = self.squash((c * u_hat).sum(dim=2))
            b = b + torch.matmul(u_hat, v.unsqueeze(-1))
        c = F.softmax(b, dim=1)
        v = self.squash((c * u_hat).sum(dim=2))
        return torch.norm(v, dim=-1)


class TiledProducts(Network):
    """Predictions by tiling, multiplying and summing; bias; ReLU before the first squash."""

    def __init__(self):
        super().__init__()
        self.weight = capsule_weights(1, I, J * D_OUT, D_IN, 1)
        self.bias = nn.Parameter(torch.randn(1, 1, J, D_OUT, 1))

    @staticmethod
    def squash(x):
        squared = torch.sum(torch.square(x), dim=-2, keepdim=True)
        return squared / (1 + squared) / torch.sqrt(squared + 1e-9) * x

    def forward(self, x):
        batch = x.size(0)
        u = F.relu(self.primary(self.features(x)))
        u = self.squash(u.permute(0, 2, 3, 1).reshape(batch, -1, D_IN, 1))
        u = u.reshape(batch, -1, 1, D_IN, 1).repeat(1, 1, J * D_OUT, 1, 1)
        u_hat = torch.sum(self.weight * u, dim=3, keepdim=True).reshape(batch, -1, J, D_OUT, 1)
        fixed = u_hat.detach()
        b = torch.zeros(batch, I, J, 1, 1)
        for iteration in range(3):
            c = F.softmax(b, dim=2)
            if iteration == 2:
                s = torch.sum(c * u_hat, dim=1, keepdim=True) + self.bias
                v = self.squash(s)
            else:
                s = torch.sum(c * fixed, dim=1, keepdim=True) + self.bias
                v = self.squash(s)
                tiled = v.repeat(1, I, 1, 1, 1)
                b = b + torch.sum(fixed * tiled, dim=3, keepdim=True)
        v = v.squeeze(1)
        return torch.sqrt(torch.sum(torch.square(v), dim=2, keepdim=True) + 1e-9)


class PermutedVotes(Network):
    """Votes with the capsule elements outermost; bias; squash by n / (1 + n^2)."""

    def __init__(self):
        super().__init__()
        self.weight = capsule_weights(I, D_IN, J, D_OUT)
        self.bias = nn.Parameter(torch.randn(J, D_OUT))

    @staticmethod
    def squash(x, dim):
        norm = torch.sqrt((x * x).sum(dim=dim, keepdim=True))
        return x * norm / (1 + norm**2)

    def forward(self, x):
        batch = x.size(0)
        u = self.primary(self.features(x)).view(batch, TYPES, D_IN, SIDE, SIDE)
        u = self.squash(u, 2).permute(0, 3, 4, 1, 2).reshape(batch, I, D_IN)
        votes = (u[:, :, :, None, None] * self.weight).sum(dim=2)
        votes = votes.permute(3, 0, 1, 2)
        b = torch.zeros(batch, I, J)
        for _ in range(2):
            c = F.softmax(b, dim=2)
            s = (c * votes).permute(1, 2, 3, 0).sum(dim=1) + self.bias
            v = self.squash(s, 2)
            b = b + (votes * v.permute(2, 0, 1).unsqueeze(2)).sum(dim=0)
        return torch.sqrt((v * v).sum(dim=2))


class OverInputsSquashed(Network):
    """Squashes the primary capsules along the capsules' axis, the output capsules rightly."""

    def __init__(self):
        super().__init__()
        self.primary = nn.ModuleList(nn.Conv2d(6, TYPES, 3, stride=2) for _ in range(D_IN))
        self.weight = capsule_weights(1, I, J, D_OUT, D_IN)

    @staticmethod
    def squash(x, dim):
        squared = torch.sum(x**2, dim=dim, keepdim=True)
        return squared / (1 + squared) * (x / torch.sqrt(squared))

    def forward(self, x):
        batch = x.size(0)
        x = self.features(x)
        u = torch.stack([c(x) for c in self.primary], dim=1).view(batch, D_IN, -1)
        u = self.squash(u, 2).transpose(1, 2)
        u = torch.stack([u] * J, dim=2).unsqueeze(4)
        u_hat = torch.matmul(torch.cat([self.weight] * batch, dim=0), u)
        b = torch.zeros(1, I, J, 1)
        for _ in range(3):
            c = torch.cat([F.softmax(b, dim=2)] * batch, dim=0).unsqueeze(4)
            v = self.squash((c * u_hat).sum(dim=1, keepdim=True), 3)
            agreement = torch.matmul(u_hat.transpose(3, 4), torch.cat([v] * I, dim=1))
            b = b + agreement.squeeze(4).mean(dim=0, keepdim=True)
        return torch.sqrt((v.squeeze(1) ** 2).sum(dim=2, keepdim=True))


class ClassAxisSquash(OverInputsSquashed):
    """Squashes the output capsules along the axis of the classes: not a capsule layer."""

    def forward(self, x):
        batch = x.size(0)
        x = self.features(x)
        u = torch.stack([c(x) for c in self.primary], dim=1).view(batch, D_IN, -1)
        u = self.squash(u, 2).transpose(1, 2)
        u = torch.stack([u] * J, dim=2).unsqueeze(4)
        u_hat = torch.matmul(torch.cat([self.weight] * batch, dim=0), u)
        b = torch.zeros(1, I, J, 1)
        for _ in range(3):
            c = torch.cat([F.softmax(b, dim=1)] * batch, dim=0).unsqueeze(4)
            v = self.squash((c * u_hat).sum(dim=1, keepdim=True), 2)
            agreement = torch.matmul(u_hat.transpose(3, 4), torch.cat([v] * I, dim=1))
            b = b + agreement.squeeze(4).mean(dim=0, keepdim=True)
        return torch.sqrt((v.squeeze(1) ** 2).sum(dim=2, keepdim=True))


class TwoRounds(Network):
    """Weights tiled for the batch, ReLU before the first squash, vectors as the result."""

    def __init__(self):
        super().__init__()
        self.weight = capsule_weights(1, I, J, D_OUT, D_IN)

    @staticmethod
    def squash(x, dim=-1):
        squared = torch.sum(torch.square(x), dim=dim, keepdim=True)
        return squared / (1.0 + squared) * (x / torch.sqrt(squared + 1e-7))

    def forward(self, x):
        batch = x.size(0)
        u = F.relu(self.primary(self.features(x)))
        u = self.squash(u.permute(0, 2, 3, 1).reshape(batch, I, D_IN))
        u = u.unsqueeze(-1).unsqueeze(2).repeat(1, 1, J, 1, 1)
        u_hat = torch.matmul(self.weight.repeat(batch, 1, 1, 1, 1), u)
        b = torch.zeros(batch, I, J, 1, 1)
        v = self.squash((F.softmax(b, dim=2) * u_hat).sum(dim=1, keepdim=True), dim=-2)
        tiled = v.repeat(1, I, 1, 1, 1)
        b = b + torch.matmul(u_hat.transpose(-1, -2), tiled)
        v = self.squash((F.softmax(b, dim=2) * u_hat).sum(dim=1, keepdim=True), dim=-2)
        return v


class SelfAttention(Network):
    """Exponential squash; one pass of self-attention instead of routing: not a routing layer."""

    def __init__(self):
        super().__init__()
        self.primary = nn.Conv2d(6, 6 * D_IN, 8, groups=6)
        self.weight = capsule_weights(J, 6, D_IN, D_OUT)
        self.prior = nn.Parameter(torch.randn(J, 6, 1))

    @staticmethod
    def squash(x, eps=1e-20):
        norm = torch.linalg.norm(x, ord=2, dim=-1, keepdim=True)
        return (1 - 1 / (torch.exp(norm) + eps)) * (x / (norm + eps))

    def forward(self, x):
        u = self.squash(self.primary(self.features(x)).view(-1, 6, D_IN))
        u = torch.einsum("...ji,kjiz->...kjz", u, self.weight)
        c = torch.einsum("...ij,...kj->...i", u, u)[..., None]
        c = torch.softmax(c / D_OUT**0.5, dim=1) + self.prior
        return torch.linalg.norm(self.squash(torch.sum(u * c, dim=-2)), dim=-1)


class Stacked(NormQuotient):
    """Two capsule layers, one on top of the other."""

    MIDDLE = 6

    def __init__(self):
        super().__init__()
        self.weight = capsule_weights(self.MIDDLE, I, D_OUT, D_IN)
        self.second = capsule_weights(J, self.MIDDLE, D_OUT, D_OUT)

    def route(self, weight, u):
        u_hat = torch.matmul(weight, u[:, None, :, :, None]).squeeze(-1)
        b = torch.zeros(u.size(0), weight.size(0), weight.size(1))
        for iteration in range(3):
            v = self.squash((F.softmax(b, dim=1).unsqueeze(-1) * u_hat).sum(dim=2))
            b = b + (v.unsqueeze(2) * u_hat).sum(dim=-1)
        return v

    def forward(self, x):
        u = self.primary(self.features(x)).permute(0, 2, 3, 1).reshape(x.size(0), I, D_IN)
        middle = self.route(self.weight, self.squash(u))
        return self.route(self.second, middle).norm(dim=-1)


class FixedMask(TwoRounds):
    """Has a decoder whose mask the exporter cannot see through."""

    def __init__(self):
        super().__init__()
        self.decoder = nn.Linear(J * D_OUT, 9)

    def forward(self, x):
        v = super().forward(x).view(x.size(0), J, D_OUT)
        lengths = torch.norm(v, dim=-1)
        longest = lengths.detach().numpy().argmax(axis=1)
        mask = torch.eye(J)[torch.from_numpy(longest)]
        return lengths, torch.sigmoid(self.decoder((v * mask[:, :, None]).view(x.size(0), -1)))


class FlippedAgreement(NormQuotient):
    """Near miss: disagreement is rewarded."""

    def update(self, b, agreement):
        return b - agreement


class BaseTwoSoftmax(NormQuotient):
    """Near miss: the softmax is to the base 2."""

    def couple(self, b):
        return F.softmax(b * 0.6931472, dim=1)


class ForgottenLogits(NormQuotient):
    """Near miss: each agreement replaces the logits."""

    def update(self, b, agreement):
        return agreement + 0 * b


class UnevenAgreement(NormQuotient):
    """Near miss: the first agreement counts half."""

    def __init__(self):
        super().__init__()
        self.updates = 0

    def update(self, b, agreement):
        self.updates += 1
        return b + agreement * (0.5 if self.updates % 2 == 1 else 1.0)


class UnsquashedInBetween(NormQuotient):
    """Near miss: the agreement is with the sum, not with the squashed sum."""

    def forward(self, x):
        u = self.squash(self.primary(self.features(x)).view(x.size(0), -1, D_IN))
        u_hat = torch.squeeze(torch.matmul(self.weight, u[:, None, :, :, None]), dim=-1)
        b = torch.zeros(x.size(0), J, I)
        for iteration in range(3):
            s = torch.sum(F.softmax(b, dim=1)[:, :, :, None] * u_hat, dim=-2, keepdim=True)
            b = b + torch.sum(s * u_hat, dim=-1)
        return torch.squeeze(self.squash(s), dim=-2).norm(dim=-1)


STYLES = {
    "norm-quotient": NormQuotient,
    "many-convolutions": ManyConvolutions,
    "element-squash": ElementSquash,
    "learned-logits": LearnedLogits,
    "squeezed": Squeezed,
    "matrix-agreement": MatrixAgreement,
    "tiled-products": TiledProducts,
    "permuted-votes": PermutedVotes,
    "over-inputs-squashed": OverInputsSquashed,
    "two-rounds": TwoRounds,
    "class-axis-squash": ClassAxisSquash,
    "self-attention": SelfAttention,
}
SPECIAL = {
    "stacked": Stacked,
    "fixed-mask": FixedMask,
}
NEAR_MISSES = {
    "miss-flipped-agreement": FlippedAgreement,
    "miss-base-two-softmax": BaseTwoSoftmax,
    "miss-forgotten-logits": ForgottenLogits,
    "miss-uneven-agreement": UnevenAgreement,
    "miss-unsquashed-in-between": UnsquashedInBetween,
}


def export(name, network, exporter, opset):
    torch.manual_seed(1)
    model = network().eval()
    path = pathlib.Path(__file__).parent / f"{name}-{exporter}{opset}.onnx"
    image = torch.rand(IMAGE)
    outputs = ["result", "reconstruction"] if network is FixedMask else ["result"]
    common = dict(opset_version=opset, input_names=["image"], output_names=outputs)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        if exporter == "dynamo":
            torch.onnx.export(model, (image,), path, dynamo=True, external_data=False, **common)
        else:
            torch.onnx.export(model, (image,), path, dynamo=False, **common)
    forget_origin(path)
    print(f"{path.name}: {path.stat().st_size} bytes")


def forget_origin(path):
    """Drops what the exporter wrote down about the source code: it differs from machine to machine."""
    model = onnx.load(path)
    for holder in (model, model.graph, *model.graph.node, *model.graph.initializer):
        holder.ClearField("doc_string")
        if hasattr(holder, "metadata_props"):
            del holder.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output):
        value.ClearField("doc_string")
        del value.metadata_props[:]
    del model.graph.value_info[:]
    onnx.save(model, path)


def main(names):
    for name, network in {**STYLES, **SPECIAL, **NEAR_MISSES}.items():
        if names and name not in names:
            continue
        exports = [("script", 13)]
        if name in STYLES:
            oldest = 13 if network is SelfAttention else 9  # Einsum came with opset 12.
            exports = [("script", 9), ("script", 13), ("script", 17), ("dynamo", 18)]
            exports = [(exporter, opset) for exporter, opset in exports if opset >= oldest]
        for exporter, opset in exports:
            try:
                export(name, network, exporter, opset)
            except Exception as error:  # An exporter that cannot is a finding, not a failure.
                print(f"{name}-{exporter}{opset}: {type(error).__name__}: {error}"[:300])


if __name__ == "__main__":
    main(sys.argv[1:])
