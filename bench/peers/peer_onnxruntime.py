"""The ANN in ONNX Runtime, from the ONNX file that `ambispike export` writes."""

import json
import platform
import sys

import onnxruntime
import torch

import measure


def main():
    arguments = measure.options(__doc__)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = arguments.threads
    session = onnxruntime.InferenceSession(arguments.model, settings, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    tensors, metadata = measure.read_safetensors(arguments.logits)
    images = tensors["images"].permute(0, 3, 1, 2).contiguous()
    labels = tensors["labels"].long()

    def network(part, _):
        return torch.from_numpy(session.run(None, {name: part.numpy()})[0])

    accuracy = None
    if arguments.check and metadata.get("labelled") == "true":
        answers = torch.cat([network(part, 1) for part in images.split(128)])
        accuracy = (answers.argmax(1) == labels).double().mean().item()
    points = []
    for batch in [int(text) for text in arguments.batch.split(",")]:
        pool = images[: max(1024, batch)]
        rounds = [
            measure.timed_round(network, pool, batch, 1, arguments.seconds / arguments.repeats)
            for _ in range(arguments.repeats)
        ]
        points.append({**measure.point((1, batch), rounds, accuracy), "network": "ann"})
    version = f"ONNX Runtime {onnxruntime.__version__}"
    report = {
        "tool": "onnxruntime",
        "network": "the ANN",
        "ann": arguments.model,
        "dataset": metadata.get("dataset", ""),
        "testImages": images.shape[0],
        "device": f"cpu: {arguments.threads} thread(s), {version}",
        "precision": "f32",
        "threads": arguments.threads,
        "commit": version,
        "machine": {"system": platform.platform()},
        "settings": {},
        "points": points,
        "command": " ".join(sys.argv),
    }
    json.dump(report, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
