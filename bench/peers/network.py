"""Reads a spiking network as Ambispike stores it, and runs it in PyTorch with neurons of the caller's choice."""

import json
import struct

import torch
import torch.nn.functional as F

DTYPES = {"F32": torch.float32, "F64": torch.float64, "BF16": torch.bfloat16}


def read_safetensors(path):
    """The tensors of a safetensors file by name, as 32-bit floats, and its metadata."""
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = bytearray(data[8 + size + begin : 8 + size + end])
        tensors[name] = torch.frombuffer(values, dtype=DTYPES[entry["dtype"]]).float().reshape(entry["shape"])
    return tensors, metadata


class Neurons:
    """The parameters of one layer of spiking neurons, each [1, C, 1, 1], or [1, C] where the layer has no maps."""

    def __init__(self, name, op, tensors, maps):
        self.name = name
        self.kind = op["model"]
        if self.kind not in ("PAIR", "INTEGRATE_AND_FIRE"):
            raise SystemExit(f"{name}: no peer has neurons of the model {self.kind}; convert with --neuron pair or if")
        shape = (1, -1, 1, 1) if maps else (1, -1)
        self.theta_positive = tensors[name + ".thetaPositive"].reshape(shape)
        self.theta_negative = tensors[name + ".thetaNegative"].reshape(shape)
        # P = thetaP and N = thetaN / alpha; potentials start at fractions of them
        self.positive = self.theta_positive
        self.start_positive = tensors[name + ".startPositive"].reshape(shape) * self.positive
        if self.kind == "PAIR":
            self.negative = self.theta_negative / op["alpha"]
            self.start_negative = tensors[name + ".startNegative"].reshape(shape) * self.negative


class Network(torch.nn.Module):
    """
    A graph of convolutions, linear layers, pooling, sums and neurons. Values are [N, ...] as long as only the constant
    image reached them, computed once, and [T * N, ...], time outermost, after the first neurons.
    """

    def __init__(self, path, make_neurons):
        super().__init__()
        tensors, metadata = read_safetensors(path)
        info = json.loads(metadata["info"])
        self.label = info["network"]
        self.nodes = json.loads(metadata["graph"])
        self.parameters_of = {}
        self.neurons = torch.nn.ModuleDict()
        self.kinds = []
        self.memory_format = torch.contiguous_format
        shapes = {}
        for node in self.nodes:
            name = node["name"]
            kind, op = next(iter(node["op"].items()))
            before = shapes.get(node["inputs"][0]) if node["inputs"] else None
            if kind == "Input":
                height, width, channels = op["shape"]
                shapes[name] = (channels, height, width)
            elif kind == "Conv2d":
                geometry = op["geometry"]
                weight = tensors[name + ".weight"].permute(0, 3, 1, 2).contiguous()
                self.parameters_of[name] = (weight, tensors[name + ".bias"])
                extents = [
                    (size + 2 * geometry["padding"] - geometry["kernel"]) // geometry["stride"] + 1
                    for size in before[1:]
                ]
                shapes[name] = (geometry["outChannels"], *extents)
            elif kind == "Linear":
                weight = tensors[name + ".weight"]
                if len(before) == 3:  # its columns are in the order H, W, C
                    channels, height, width = before
                    weight = weight.reshape(-1, height, width, channels).permute(0, 3, 1, 2).reshape(weight.shape)
                self.parameters_of[name] = (weight.contiguous(), tensors[name + ".bias"])
                shapes[name] = (op["outputs"],)
            elif kind == "AveragePool":
                geometry = op["geometry"]
                extents = [(size - geometry["kernel"]) // geometry["stride"] + 1 for size in before[1:]]
                shapes[name] = (before[0], *extents)
            elif kind == "Spike":
                layer = Neurons(name, op, tensors, len(before) == 3)
                self.kinds.append(layer.kind)
                self.neurons[name] = make_neurons(layer)
                shapes[name] = before
            elif kind == "Add":
                shapes[name] = before
            else:
                raise SystemExit(f"{name}: the peers know no {kind}; name a spiking network of Ambispike")
        if not self.kinds:
            raise SystemExit(f"{path} holds an ANN; name a spiking network")

    def channels_last(self):
        """The same with maps and kernels in the order N, H, W, C."""
        for name, (weight, bias) in self.parameters_of.items():
            if weight.dim() == 4:
                self.parameters_of[name] = (weight.contiguous(memory_format=torch.channels_last), bias)
        self.memory_format = torch.channels_last
        return self

    def forward(self, images, steps):
        """Logits, the mean over the steps. images: [N, C, H, W], normalised."""
        count = images.shape[0]
        values = {}
        varies = set()
        for node in self.nodes:
            name = node["name"]
            kind, op = next(iter(node["op"].items()))
            inputs = [values[reader] for reader in node["inputs"]]
            if any(reader in varies for reader in node["inputs"]):
                varies.add(name)
            if kind == "Input":
                values[name] = images.contiguous(memory_format=self.memory_format)
            elif kind == "Conv2d":
                geometry = op["geometry"]
                weight, bias = self.parameters_of[name]
                values[name] = F.conv2d(inputs[0], weight, bias, geometry["stride"], geometry["padding"])
            elif kind == "Linear":
                weight, bias = self.parameters_of[name]
                values[name] = F.linear(inputs[0].flatten(1), weight, bias)
            elif kind == "AveragePool":
                geometry = op["geometry"]
                values[name] = F.avg_pool2d(inputs[0], geometry["kernel"], geometry["stride"])
            elif kind == "Add":
                one, other = inputs
                if one.shape[0] != other.shape[0]:  # one of them is constant in time
                    one, other = (self.repeated(value, count, steps) for value in (one, other))
                values[name] = one + other
            else:
                drive = inputs[0]
                if drive.shape[0] == count and node["inputs"][0] not in varies:
                    drive = drive.unsqueeze(0).expand(steps, *drive.shape)
                else:
                    drive = drive.reshape(steps, count, *drive.shape[1:])
                values[name] = self.neurons[name](drive).flatten(0, 1)
                varies.add(name)
        return values[self.nodes[-1]["name"]].reshape(steps, count, -1).mean(0)

    @staticmethod
    def repeated(value, count, steps):
        return value if value.shape[0] == steps * count else value.repeat(steps, *[1] * (value.dim() - 1))
