"""Prints how many times as fast Ambispike is as each peer, from the JSON files that run.sh leaves."""

import json
import pathlib
import statistics
import sys


def speeds(files):
    """Images a second by T and batch, a figure for each round; accuracy by T of the first, on all images."""
    found, accuracy = {}, {}
    for file in files:
        for point in json.loads(file.read_text())["points"]:
            if not point["exit"]:
                case = ("ANN" if point["network"] == "ann" else point["T"], point["batch"])
                found.setdefault(case, []).append(point["imagesPerSecond"]["value"])
                accuracy.setdefault(case[0], point["accuracy"])
    return found, accuracy


def percent(fraction):
    return "-" if fraction is None else f"{100 * fraction:.2f}"


def main(folder):
    tools = {}
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        tools.setdefault(file.stem.rsplit("-", 1)[0], []).append(file)
    measured = {tool: speeds(files) for tool, files in tools.items()}
    ours = [tool for tool in measured if tool.startswith("ambispike")]
    theirs = [tool for tool in measured if tool not in ours]
    print("| T | batch | ours | accuracy, % | images/s | peer | accuracy, % | images/s | ratio | over the rounds |")
    print("| ---: | ---: | --- | ---: | ---: | --- | ---: | ---: | ---: | --- |")
    for our in ours:
        speed, accuracy = measured[our]
        for peer in theirs:
            other, other_accuracy = measured[peer]
            for case in speed:
                if case not in other:
                    continue
                ratios = sorted(mine / yours for mine, yours in zip(speed[case], other[case]))
                print(
                    f"| {case[0]} | {case[1]} | {our} | {percent(accuracy[case[0]])}"
                    f" | {statistics.median(speed[case]):,.0f} | {peer} | {percent(other_accuracy[case[0]])}"
                    f" | {statistics.median(other[case]):,.0f} | {statistics.median(ratios):.2f}"
                    f" | {ratios[0]:.2f} to {ratios[-1]:.2f} |"
                )


if __name__ == "__main__":
    main(sys.argv[1])
