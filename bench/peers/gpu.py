"""
Times a spiking network on a GPU in PyTorch and with SpikingJelly's neurons, inference and training steps through time, and prints
it as a Markdown table beside what Ambispike measured there and the roofline.

The network is a model file; `ambispike.bench.GpuInference --network FILE` writes the one that it measures. Inference is in the
precision asked for, channels last; training has f32 weights and autocast. Membranes are f32 in both.
"""

import argparse
import csv
import os
import statistics
import sys
import time

import torch

from network import Network

WARM_UPS = 3
PRECISIONS = {"f32": torch.float32, "bf16": torch.bfloat16}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="spiking network, a model file of Ambispike")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu is for trying this out. Default: cuda")
    parser.add_argument("--precision", choices=PRECISIONS, default="bf16", help="Default: bf16")
    parser.add_argument("--T", type=int, default=4, help="time steps. Default: 4")
    parser.add_argument("--batch", type=int, default=256, help="images of an inference. Default: 256")
    parser.add_argument("--training-batch", type=int, default=128, help="images of a training step; 0 for none. Default: 128")
    parser.add_argument("--times", type=int, default=30, help="measurements of each. Default: 30")
    parser.add_argument("--seconds", type=float, default=90, help="after which no other way is begun. Default: 90")
    parser.add_argument("--ours", help="CSV of Ambispike's GpuInference, for the table")
    parser.add_argument("--ours-training", help="CSV of Ambispike's ThroughTime, for the table")
    parser.add_argument("--csv", help="also write all rows here")
    parser.add_argument("--markdown", help="also write the table here, for docs/gpu.md")
    return parser.parse_args()


class Surrogate(torch.autograd.Function):
    """A spike where x is above 0; backward the slope of a sigmoid."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        s = torch.sigmoid(x)
        return gradient * s * (1 - s)


class Membranes(torch.nn.Module):
    """The pair neuron of Ambispike, or a plain integrate-and-fire neuron, as a loop over time: drive [T, N, ...] to spikes."""

    def __init__(self, layer):
        super().__init__()
        self.pair = layer.kind == "PAIR"
        for name in ("theta_positive", "start_positive") + (("theta_negative", "negative", "start_negative") if self.pair else ()):
            self.register_parameter(name, torch.nn.Parameter(getattr(layer, name).clone()))

    def forward(self, drive):
        positive = self.start_positive.expand(drive.shape[1:])
        negative = -self.start_negative.expand(drive.shape[1:]) if self.pair else None
        emitted = []
        for x in drive.unbind(0):
            positive = positive + x
            fired = Surrogate.apply(positive - self.theta_positive)
            positive = positive - self.theta_positive * fired
            spike = self.theta_positive * fired
            if self.pair:
                negative = negative + x
                fired = Surrogate.apply(-negative - self.negative)
                negative = negative + self.negative * fired
                spike = spike - self.theta_negative * fired
            emitted.append(spike.to(drive.dtype))
        # unlike stack, cat keeps the channels last
        return torch.cat(emitted).unflatten(0, drive.shape[:2])


def jelly_neurons(device):
    """SpikingJelly's multi-step IFNode with the first of its backends, fastest first, that runs on the device."""
    from spikingjelly.activation_based import functional, neuron, surrogate

    def node(threshold, backend):
        return neuron.IFNode(v_threshold=threshold, v_reset=None, surrogate_function=surrogate.Sigmoid(), step_mode="m",
                             backend=backend)

    def runs(backend):
        try:
            node(1.0, backend).to(device)(torch.zeros(2, 1, device=device))
            return True
        except Exception as failure:  # of any kind: this version has it, or has not
            print(f"SpikingJelly's {backend} does not run: {failure}", file=sys.stderr)
            return False

    backend = next(each for each in ("triton", "cupy", "torch") if runs(each))
    print(f"SpikingJelly computes with {backend}", file=sys.stderr)

    class Jelly(torch.nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.pair = layer.kind == "PAIR"
            self.positive = self.of(layer.positive)
            self.theta_positive = layer.theta_positive.item()
            if self.pair:
                self.negative = self.of(layer.negative)
                self.theta_negative = layer.theta_negative.item()

        @staticmethod
        def of(threshold):
            if threshold.numel() != 1:
                raise ValueError("IFNode has one threshold a layer, not one a channel")
            return node(threshold.item(), backend)

        def forward(self, drive):
            functional.reset_net(self)
            # its kernels want contiguous arrays: with the channels last in their place that costs no copy
            last = drive.dim() == 5
            drive = (drive.permute(0, 1, 3, 4, 2) if last else drive).contiguous()
            emitted = self.positive(drive) * self.theta_positive
            if self.pair:
                emitted = emitted - self.negative(-drive) * self.theta_negative
            emitted = emitted.to(drive.dtype)
            return emitted.permute(0, 1, 4, 2, 3) if last else emitted

    return Jelly


def placed(arguments, make_neurons, trains):
    """The network on the device; for training with f32 weights that have gradients."""
    network = Network(arguments.model, make_neurons).channels_last().to(arguments.device)
    dtype = torch.float32 if trains else PRECISIONS[arguments.precision]
    for name, values in network.parameters_of.items():
        moved = [torch.nn.Parameter(value.to(arguments.device, dtype), requires_grad=trains) for value in values]
        for kind, value in zip(("weight", "bias"), moved):
            network.register_parameter(f"{name}_{kind}".replace(".", "_"), value)
        network.parameters_of[name] = tuple(moved)
    return network.train(trains)


def images_of(arguments, network, batch, dtype):
    height, width, channels = next(node["op"]["Input"]["shape"] for node in network.nodes if "Input" in node["op"])
    torch.manual_seed(1)
    images = torch.randn(batch, channels, height, width, device=arguments.device, dtype=dtype)
    return images.contiguous(memory_format=torch.channels_last)


def as_graph(work):
    """The work as a CUDA graph."""
    if not torch.cuda.is_available():
        raise RuntimeError("CUDA graphs need a GPU, and PyTorch finds none")
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UPS):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


def inference(arguments, make_neurons, compiled):
    network = placed(arguments, make_neurons, False)
    images = images_of(arguments, network, arguments.batch, PRECISIONS[arguments.precision])
    run = torch.compile(network, dynamic=False) if compiled else network

    def work():
        with torch.no_grad():
            return run(images, arguments.T)

    return work


def training(arguments, make_neurons, compiled):
    network = placed(arguments, make_neurons, True)
    images = images_of(arguments, network, arguments.training_batch, torch.float32)
    labels = torch.randint(10, (arguments.training_batch,), device=arguments.device)
    on_gpu = arguments.device == "cuda"
    # whose state a graph may hold
    optimiser = torch.optim.AdamW(network.parameters(), 1e-6, fused=on_gpu, capturable=on_gpu)
    run = torch.compile(network, dynamic=False) if compiled else network

    def work():
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast(arguments.device, PRECISIONS[arguments.precision], enabled=arguments.precision != "f32"):
            logits = run(images, arguments.T)
        torch.nn.functional.cross_entropy(logits.float(), labels).backward()
        optimiser.step()

    return work


def milliseconds(arguments, work):
    """The median over calls, by the device's own clock where it has one."""
    for _ in range(WARM_UPS):
        work()
    times = []
    for _ in range(arguments.times):
        if arguments.device == "cuda":
            begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            begin.record()
            work()
            end.record()
            end.synchronize()
            times.append(begin.elapsed_time(end))
        else:
            began = time.perf_counter()
            work()
            times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def ways(arguments):
    """(kind, name, function that makes the work), the most telling first."""
    gpu = arguments.device == "cuda"
    kinds = [("inference", inference)] + ([("training step", training)] if arguments.training_batch else [])
    yield from ((kind, "PyTorch", lambda make=make: make(arguments, Membranes, False)) for kind, make in kinds)
    for kind, make in kinds if gpu else ():
        yield kind, "PyTorch, CUDA graph", lambda make=make: as_graph(make(arguments, Membranes, False))
    for kind, make in kinds:
        yield kind, "PyTorch, compiled", lambda make=make: make(arguments, Membranes, True)
        if gpu:
            yield kind, "PyTorch, compiled, CUDA graph", lambda make=make: as_graph(make(arguments, Membranes, True))
    for kind, make in kinds:
        yield kind, "SpikingJelly", lambda make=make: make(arguments, jelly_neurons(arguments.device), False)


def ours(arguments):
    """Rows of Ambispike, and the roofline in milliseconds where it is known."""
    rows, roofline = [], None
    if arguments.ours and os.path.exists(arguments.ours):
        with open(arguments.ours) as file:
            for row in csv.DictReader(file):
                if row["kind"] == "whole" and row["floor_ms"]:
                    rows.append(("inference", f"Ambispike, {row['name']}", arguments.batch, float(row["ms"])))
                    roofline = float(row["floor_ms"])
    if arguments.ours_training and os.path.exists(arguments.ours_training):
        with open(arguments.ours_training) as file:
            for line in csv.reader(file):
                if len(line) == 4 and line[0] == "ambispike":
                    batch = int(line[2])
                    rows.append(("training step", "Ambispike", batch, 1000 * batch / float(line[3])))
    return rows, roofline


def measured(arguments):
    """Rows of the peers; what does not run is said on stderr. Ends early when the time is up."""
    began = time.monotonic()
    rows = []
    for kind, name, make in ways(arguments):
        if time.monotonic() - began > arguments.seconds:
            print(f"{kind}, {name}: NOT RUN, the time is up", file=sys.stderr)
            continue
        try:
            batch = arguments.batch if kind == "inference" else arguments.training_batch
            rows.append((kind, name, batch, milliseconds(arguments, make())))
            print(f"{kind}, {name}: {rows[-1][3]:.3f} ms", file=sys.stderr, flush=True)
        except Exception as failure:  # of any kind: the peer has it, or has not
            reason = (str(failure).strip() or type(failure).__name__).splitlines()[0]
            print(f"{kind}, {name}: does not run: {reason}", file=sys.stderr, flush=True)
        finally:
            if arguments.device == "cuda":
                torch.cuda.empty_cache()
    return rows


def table(arguments, rows, roofline):
    where = torch.cuda.get_device_name() if arguments.device == "cuda" else "cpu"
    lines = [f"### Beside PyTorch {torch.__version__} on {where}, T = {arguments.T}, {arguments.precision}", ""]
    lines += ["| what | with | batch | ms | images/s | part of the roofline |", "|---|---|---|---|---|---|"]
    for kind, name, batch, ms in sorted(rows, key=lambda row: (row[0], row[3] / row[2])):
        part = f"{100 * roofline / ms:.0f}%" if roofline and kind == "inference" else ""
        lines.append(f"| {kind} | {name} | {batch} | {ms:.3f} | {1000 * batch / ms:.0f} | {part} |")
    return "\n".join(lines) + "\n\n"


def main():
    arguments = options()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("gpu.py: PyTorch finds no GPU here; try --device cpu")
    torch.backends.cudnn.benchmark = True
    rows, roofline = ours(arguments)
    theirs = measured(arguments)
    text = table(arguments, rows + theirs, roofline)
    print(text, end="")
    if arguments.markdown:
        with open(arguments.markdown, "w") as file:
            file.write(text)
    if arguments.csv:
        with open(arguments.csv, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["what", "with", "T", "precision", "batch", "ms", "images_per_second"])
            for kind, name, batch, ms in rows + theirs:
                writer.writerow([kind, name, arguments.T, arguments.precision, batch, f"{ms:.5f}", f"{1000 * batch / ms:.1f}"])
    if not theirs:
        raise SystemExit("gpu.py: nothing of the peers ran")


if __name__ == "__main__":
    main()
