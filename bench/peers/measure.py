"""Times a network, checks it against Ambispike's logits, and prints what `ambispike bench latency` writes as JSON."""

import argparse
import json
import math
import os
import platform
import resource
import statistics
import sys
import time

import torch

from network import Network, read_safetensors

TOLERANCE = 1e-3
# Each T and batch is a graph of its own; torch.compile runs those beyond its limit, 8, as if it were not there.
GRAPHS = 64
# The second may compile again: by then neurons hold tensors where they held numbers.
WARM_UP_CALLS = 3


def options(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("model", help="spiking network, a model file of Ambispike")
    parser.add_argument("logits", help="what `ambispike bench latency --logits` wrote: images, labels and logits")
    parser.add_argument("--T", default="4,8", help="numbers of time steps. Default: 4,8")
    parser.add_argument("--batch", default="1,128", help="images of one call. Default: 1,128")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=7, help="rounds. Default: 7")
    parser.add_argument("--seconds", type=float, default=2.0, help="timed calls of each case, over all rounds")
    parser.add_argument("--choice", help="JSON file with what was fastest for each case; written where it is missing")
    parser.add_argument("--check", action="store_true", help="first show, on all images, that the network is the same")
    return parser.parse_args()


def percentile(values, percent):
    """The smallest value that at least so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(1, math.ceil(percent * len(ordered) / 100 - 1e-9)) - 1]


def interval(rounds):
    """Median, and its 95% interval by order statistics; fewer than 6 rounds give the smallest and largest."""
    ordered = sorted(rounds)
    count = len(ordered)
    rank = 1
    below = 0.5**count
    term = below
    for following in range(2, (count + 1) // 2 + 1):
        term *= (count - following + 2) / (following - 1)
        below += term
        if 2 * below > 0.05:
            break
        rank = following
    return {"value": statistics.median(ordered), "low": ordered[rank - 1], "high": ordered[count - rank]}


def checked(tool, network, images, labels, expected, steps):
    """Accuracy, and whether the network is the same: the largest distance from Ambispike's logits over the largest
    logit; spikes that fall on a threshold may differ between convolution libraries, so the 99th percentile over
    images is what must agree."""
    if expected is None:
        raise SystemExit(f"the file of logits has none for T = {steps}; write it with --T {steps}")
    answers = torch.cat([network(part, steps) for part in images.split(128)])
    distance = (answers - expected).abs().amax(1) / expected.abs().amax(1)
    accuracy = (answers.argmax(1) == labels).double().mean().item()
    worst, share = distance.quantile(0.99).item(), (distance <= TOLERANCE).double().mean().item()
    agrees = worst <= TOLERANCE
    print(
        f"{tool}, T = {steps}: accuracy {100 * accuracy:.2f} % of {images.shape[0]} images; logits within {TOLERANCE:g}"
        f" of Ambispike's for {100 * share:.1f} % of them, 99th percentile {worst:.1e}: "
        + ("the same network" if agrees else "NOT the same network"),
        file=sys.stderr,
    )
    return accuracy, agrees


def timed_round(network, images, batch, steps, seconds):
    """Milliseconds of each call."""
    position = 0
    times = []

    def call():
        nonlocal position
        if position + batch > images.shape[0]:
            position = 0
        logits = network(images[position : position + batch], steps)
        position += batch
        return logits

    warm_up = time.perf_counter() + seconds / 4
    calls = 0
    while calls < WARM_UP_CALLS or time.perf_counter() < warm_up:
        call()
        calls += 1
    end = time.perf_counter() + seconds
    while True:
        started = time.perf_counter()
        call()
        now = time.perf_counter()
        times.append(1000 * (now - started))
        if now >= end and len(times) >= 2:
            return times


def variants(network, path, make_neurons):
    """The network in each of the ways that PyTorch has to make it faster, by name; all of them may not run."""
    channels_last = Network(path, make_neurons).eval().channels_last()
    return {
        "plain": network,
        "channels_last": channels_last,
        "compiled": torch.compile(Network(path, make_neurons).eval(), dynamic=False),
        "compiled channels_last": torch.compile(channels_last, dynamic=False),
    }


def fastest(ways, pool, cases, seconds):
    """The name of the fastest way for each case, "T,batch"."""
    choice = {}
    for t, batch in cases:
        times = {}
        for name, network in ways.items():
            try:
                times[name] = statistics.median(timed_round(network, pool, batch, t, seconds))
            except Exception as failure:  # of any kind: the peer has it, or has not
                print(f"{name} does not run: {str(failure).splitlines()[0]}", file=sys.stderr)
        choice[f"{t},{batch}"] = min(times, key=times.get)
        shown = ", ".join(f"{name} {time:.1f} ms" for name, time in times.items())
        print(f"T = {t}, batch {batch}: {shown}", file=sys.stderr)
    return choice


def chosen(ways, pool, cases, arguments):
    if arguments.choice and os.path.exists(arguments.choice):
        with open(arguments.choice) as file:
            return json.load(file)
    choice = fastest(ways, pool, cases, arguments.seconds / 4)
    if arguments.choice:
        with open(arguments.choice, "w") as file:
            json.dump(choice, file)
    return choice


def run(tool, version, description, make_neurons):
    arguments = options(description)
    torch.set_num_threads(arguments.threads)
    torch.set_grad_enabled(False)
    torch._dynamo.config.recompile_limit = GRAPHS
    network = Network(arguments.model, make_neurons).eval()
    tensors, metadata = read_safetensors(arguments.logits)
    images = tensors["images"].permute(0, 3, 1, 2).contiguous()
    labels = tensors["labels"].long()
    labelled = metadata.get("labelled") == "true"
    steps = [int(text) for text in arguments.T.split(",")]
    batches = [int(text) for text in arguments.batch.split(",")]
    accuracies, failed = {}, False
    for t in steps if arguments.check else []:
        accuracy, agrees = checked(tool, network, images, labels, tensors.get(f"logits.T{t}"), t)
        accuracies[t] = accuracy if labelled else None
        failed |= not agrees
    pool = images[: max(1024, max(batches))]
    if pool.shape[0] < max(batches):
        pool = pool.repeat(math.ceil(max(batches) / pool.shape[0]), 1, 1, 1)
    cases = [(t, batch) for batch in batches for t in steps]
    ways = variants(network, arguments.model, make_neurons)
    choice = chosen(ways, pool, cases, arguments)
    rounds = {case: [] for case in cases}
    for turn in range(arguments.repeats):
        first = turn * len(cases) // arguments.repeats
        order = cases[first:] + cases[:first]
        for case in order if turn % 2 == 0 else reversed(order):
            way = ways[choice[f"{case[0]},{case[1]}"]]
            rounds[case].append(timed_round(way, pool, case[1], case[0], arguments.seconds / arguments.repeats))
    report = {
        "tool": tool,
        "network": f"{network.label}, {' and '.join(sorted(set(network.kinds))).lower().replace('_', '-')} neurons",
        "ann": "",
        "dataset": metadata.get("dataset", ""),
        "testImages": images.shape[0],
        "device": f"cpu: {arguments.threads} thread(s), {version}, {torch.backends.cpu.get_cpu_capability()}",
        "precision": "f32",
        "threads": arguments.threads,
        "commit": version,
        "machine": {"system": platform.platform(), "cores": str(len(os.sched_getaffinity(0)))},
        "settings": {
            "rounds": str(arguments.repeats),
            "timed calls": f"{arguments.seconds} s for each case",
            "fastest of plain, channels_last and compiled, by T and batch": json.dumps(choice),
        },
        "points": [point(case, rounds[case], accuracies.get(case[0])) for case in cases],
        "command": " ".join(sys.argv),
    }
    json.dump(report, sys.stdout, indent=2)
    print()
    sys.exit(1 if failed else 0)


def point(case, rounds, accuracy):
    steps, batch = case
    calls = [time for times in rounds for time in times]
    return {
        "network": "snn",
        "precision": "f32",
        "T": steps,
        "exit": "",
        "batch": batch,
        "accuracy": accuracy,
        "meanTimeSteps": steps,
        "milliseconds": {
            "calls": len(calls),
            "p50": interval([percentile(times, 50) for times in rounds]),
            "p95": percentile(calls, 95),
            "p99": percentile(calls, 99),
            "mean": statistics.fmean(calls),
        },
        "imagesPerSecond": interval([1000 * batch * len(times) / sum(times) for times in rounds]),
        "memory": {
            "deviceBytes": 0,
            "residentBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        },
        "image": {"spikes": None, "synapticOperations": None, "multiplyAccumulates": None, "nanojoules": None},
    }
