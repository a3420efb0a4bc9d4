"""Writes the tiny recurrent networks beside this file: trained for nothing, initialised from a seed.

Each looks at ten steps of eight numbers, as a keyword spotter looks at frames of a spectrum, and gives four scores
for each step; `step` networks see one frame at a call, for streams.

    python make_recurrent.py        needs torch 2.15
"""
import pathlib

import torch

FOLDER = pathlib.Path(__file__).parent
STEPS, INPUTS, UNITS, CLASSES = 10, 8, 12, 4


class Spotter(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        width = UNITS * (2 if layer.bidirectional else 1)
        self.scores = torch.nn.Linear(width, CLASSES)

    def forward(self, frames):
        hidden, _ = self.layer(frames)
        return self.scores(hidden)


def write(name, layer, steps, seed):
    torch.manual_seed(seed)
    layer.reset_parameters()
    for parameter in layer.parameters():
        parameter.data *= 3
    model = Spotter(layer).eval()
    torch.onnx.export(
        model,
        (torch.zeros(steps, 1, INPUTS),),
        str(FOLDER / f"{name}.onnx"),
        input_names=["frames"],
        output_names=["scores"],
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    write("lstm", torch.nn.LSTM(INPUTS, UNITS), STEPS, 1)
    write("lstm_step", torch.nn.LSTM(INPUTS, UNITS), 1, 1)
    write("lstm_both", torch.nn.LSTM(INPUTS, UNITS, bidirectional=True), STEPS, 2)
    write("gru", torch.nn.GRU(INPUTS, UNITS), STEPS, 3)
    write("gru_step", torch.nn.GRU(INPUTS, UNITS), 1, 3)
    write("rnn", torch.nn.RNN(INPUTS, UNITS, num_layers=2), STEPS, 4)
