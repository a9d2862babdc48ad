"""The network in plain PyTorch: all time steps in one pass through each layer, neurons as loops over time."""

import torch

import measure


class PlainNeurons(torch.nn.Module):
    """The pair neuron of Ambispike, or a plain integrate-and-fire neuron: drive [T, N, ...] to what was emitted."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, drive):
        layer = self.layer
        emitted = torch.empty(drive.shape)
        positive = layer.start_positive.expand(drive.shape[1:]).clone()
        pair = layer.kind == "PAIR"
        if pair:
            negative = (-layer.start_negative).expand(drive.shape[1:]).clone()
        for t in range(drive.shape[0]):
            positive += drive[t]
            fired = (positive > layer.positive).float()
            positive -= layer.positive * fired
            torch.mul(fired, layer.theta_positive, out=emitted[t])
            if pair:
                negative += drive[t]
                fired = (negative < -layer.negative).float()
                negative += layer.negative * fired
                emitted[t] -= layer.theta_negative * fired
        return emitted


if __name__ == "__main__":
    measure.run("pytorch", f"PyTorch {torch.__version__}", __doc__, PlainNeurons)
