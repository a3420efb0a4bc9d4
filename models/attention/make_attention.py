"""Writes the tiny transformer beside this file: trained for nothing, initialised from a seed.

Sixteen steps of twelve numbers become steps of 24 numbers, which pass one block as encoders of text and sound have
it: normalization, attention of four heads to the steps that are not masked, normalization, two layers with Gelu
between them, each half added to what it was given. Three scores for each step come out. Attention is
written out as its parts. In `causal` a step sees none after it, by a constant mask of zeros and -inf that is added;
`masked` is told as a second input which steps there are, and replaces the others by the least float.

    python make_attention.py        needs torch 2.15
"""
import math
import pathlib

import torch

FOLDER = pathlib.Path(__file__).parent
STEPS, INPUTS, WIDTH, HEADS, CLASSES = 16, 12, 24, 4, 3
HIDDEN = torch.finfo(torch.float32).min


class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.query = torch.nn.Linear(WIDTH, WIDTH)
        self.key = torch.nn.Linear(WIDTH, WIDTH)
        self.value = torch.nn.Linear(WIDTH, WIDTH)
        self.projection = torch.nn.Linear(WIDTH, WIDTH)

    def heads(self, x):
        return x.reshape(1, STEPS, HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self, x, hide):
        query, key, value = (self.heads(layer(x)) for layer in (self.query, self.key, self.value))
        likeness = query @ key.transpose(2, 3) / math.sqrt(WIDTH // HEADS)
        mixed = torch.softmax(hide(likeness), dim=-1) @ value
        return self.projection(mixed.transpose(1, 2).reshape(1, STEPS, WIDTH))


class Transformer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Linear(INPUTS, WIDTH)
        self.before_attention = torch.nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.before_layers = torch.nn.LayerNorm(WIDTH)
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(WIDTH, 2 * WIDTH), torch.nn.GELU(), torch.nn.Linear(2 * WIDTH, WIDTH)
        )
        self.scores = torch.nn.Linear(WIDTH, CLASSES)

    def block(self, frames, hide):
        x = self.embedding(frames)
        x = x + self.attention(self.before_attention(x), hide)
        x = x + self.layers(self.before_layers(x))
        return self.scores(x)


class Causal(Transformer):
    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.full((STEPS, STEPS), -math.inf).triu(1))

    def forward(self, frames):
        return self.block(frames, lambda likeness: likeness + self.mask)


class Masked(Transformer):
    def forward(self, frames, present):
        return self.block(frames, lambda likeness: torch.where(present, likeness, HIDDEN))


def write(name, kind, seed, **inputs):
    torch.manual_seed(seed)
    model = kind()
    for layer in (model.attention.query, model.attention.key):
        layer.weight.data *= 3  # so that a step attends to some steps more than to others
    torch.onnx.export(
        model.eval(),
        tuple(inputs.values()),
        str(FOLDER / f"{name}.onnx"),
        input_names=list(inputs),
        output_names=["scores"],
        opset_version=20,
        dynamo=False,
    )


if __name__ == "__main__":
    frames = torch.zeros(1, STEPS, INPUTS)
    write("causal", Causal, 1, frames=frames)
    write("masked", Masked, 2, frames=frames, present=torch.ones(1, 1, 1, STEPS, dtype=torch.bool))
