"""The network with SpikingJelly's multi-step IFNode on its torch backend; a pair neuron is two of them."""

import importlib.metadata

import torch
from spikingjelly.activation_based import functional, neuron

import measure


class JellyNeurons(torch.nn.Module):
    """
    IFNode with soft reset: it emits 1 where the potential reaches its threshold. The negative membrane of a pair neuron
    is one that is fed the drive with its sign turned.
    """

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.positive = self.node(layer.positive)
        if layer.kind == "PAIR":
            self.negative = self.node(layer.negative)

    def node(self, threshold):
        if threshold.numel() != 1:
            raise SystemExit(f"{self.layer.name}: IFNode has one threshold a layer, not one a channel")
        return neuron.IFNode(v_threshold=threshold.item(), v_reset=None, step_mode="m", backend="torch")

    def forward(self, drive):
        layer = self.layer
        functional.reset_net(self)
        # a tensor of the drive's shape is taken as it is, and keeps the start of each channel
        self.positive.v = layer.start_positive.expand(drive.shape[1:]).clone()
        emitted = self.positive(drive) * layer.theta_positive
        if layer.kind == "PAIR":
            self.negative.v = layer.start_negative.expand(drive.shape[1:]).clone()
            emitted -= self.negative(-drive) * layer.theta_negative
        return emitted


def jelly_version():
    try:
        return importlib.metadata.version("spikingjelly")
    except importlib.metadata.PackageNotFoundError:
        return "of its source"


if __name__ == "__main__":
    measure.run("spikingjelly", f"SpikingJelly {jelly_version()}, PyTorch {torch.__version__}", __doc__, JellyNeurons)
