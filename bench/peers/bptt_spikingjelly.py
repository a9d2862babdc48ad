"""Times a training step through time of Net4 in SpikingJelly: integrate-and-fire neurons, AdamW, labels."""

import argparse
import statistics
import time

import torch
from spikingjelly.activation_based import functional, neuron, surrogate


class Net4(torch.nn.Module):
    """32c5-p2-64c5-p2-1024-10, the image constant in time, so that its convolution is computed once."""

    def __init__(self, threshold):
        super().__init__()
        layers = torch.nn
        self.linear = layers.ModuleList([
            layers.Conv2d(1, 32, 5, padding=2),
            layers.Conv2d(32, 64, 5, padding=2),
            layers.Linear(7 * 7 * 64, 1024),
            layers.Linear(1024, 10),
        ])
        self.neurons = layers.ModuleList([
            neuron.IFNode(
                v_threshold=threshold, v_reset=None, surrogate_function=surrogate.Sigmoid(), step_mode="m", backend="torch"
            )
            for _ in range(3)
        ])

    def forward(self, images, steps):
        functional.reset_net(self)
        drive = self.linear[0](images)
        drive = drive.unsqueeze(0).expand(steps, *drive.shape)
        for index in range(3):
            spikes = self.neurons[index](drive).flatten(0, 1)
            value = torch.nn.functional.avg_pool2d(spikes, 2) if index < 2 else spikes
            drive = self.linear[index + 1](value.flatten(1) if index == 1 else value)
            drive = drive.reshape(steps, -1, *drive.shape[1:])
        return drive.mean(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--T", default="4,8")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=10, help="timed steps. Default: 10")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(arguments.threads)
    images = torch.rand(arguments.batch, 1, 28, 28)
    labels = torch.randint(10, (arguments.batch,))
    for steps in (int(text) for text in arguments.T.split(",")):
        best = None
        for layout in (torch.contiguous_format, torch.channels_last):
            network = Net4(0.5).to(memory_format=layout)
            optimiser = torch.optim.AdamW(network.parameters(), 1e-6)
            times = []
            for turn in range(arguments.steps + 2):
                started = time.perf_counter()
                optimiser.zero_grad()
                torch.nn.functional.cross_entropy(network(images.contiguous(memory_format=layout), steps), labels).backward()
                optimiser.step()
                if turn >= 2:
                    times.append(time.perf_counter() - started)
            rate = arguments.batch / statistics.median(times)
            best = max(best or 0, rate)
        print(f"spikingjelly,{steps},{arguments.batch},{best:.0f}", flush=True)


if __name__ == "__main__":
    main()
