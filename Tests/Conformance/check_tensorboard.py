#!/usr/bin/env python3
"""Reads what the trainer wrote for TensorBoard with TensorBoard's own EventAccumulator.

python check_tensorboard.py LOGDIR     exit status 1 unless each run has exactly the points, each once,
                                       that LOGDIR/expected.json tells; see Scripts/tensorboard-test
"""
import collections
import json
import os
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util.tensor_util import make_ndarray


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def check_run(directory, expected, is_training):
    accumulator = EventAccumulator(directory, size_guidance={"tensors": 0}).Reload()
    scalars, histograms, models = {}, {}, {}
    for tag in accumulator.Tags()["tensors"]:
        plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
        values = [[event.step, make_ndarray(event.tensor_proto)] for event in accumulator.Tensors(tag)]
        {"scalars": scalars, "histograms": histograms, "graph_keras_model": models}[plugin][tag] = values
    found = {tag: [[step, float(value)] for step, value in values] for tag, values in scalars.items()}
    check(found == expected, f"{directory}: the scalars are {found}, not {expected}")
    check(is_training == bool(histograms) == bool(models), f"{directory}: {list(histograms)}, {list(models)}")
    for tag, values in histograms.items():
        check([step for step, _ in values] == [0, 1, 2, 3], f"{directory}: the steps of {tag}")
        for _, buckets in values:
            check(buckets.shape == (30, 3), f"{directory}: {tag} is of shape {buckets.shape}")
            check((buckets[:, 0] <= buckets[:, 1]).all(), f"{directory}: the edges of {tag}")
            check((buckets[1:, 0] == buckets[:-1, 1]).all(), f"{directory}: gaps in {tag}")
    for values in models.values():
        model = json.loads(values[0][1].item())
        check(model["class_name"] == "Sequential", f"{directory}: the model is {model}")
    # The accumulator leaves out what it takes to be overwritten: look at the records themselves.
    counts = collections.Counter()
    files = sorted(name for name in os.listdir(directory) if "tfevents" in name)
    for name in files:
        for event in EventFileLoader(os.path.join(directory, name)).Load():
            counts.update((value.tag, event.step) for value in event.summary.value)
    twice = [point for point, count in counts.items() if count > 1]
    check(not twice, f"{directory}: these points come more than once: {twice}")
    print(f"ok: {directory}: {sum(counts.values())} points in {len(files)} files")


if __name__ == "__main__":
    with open(os.path.join(sys.argv[1], "expected.json")) as file:
        expected = json.load(file)
    for run in ("plain", "crashed"):
        for part in ("train", "validation"):
            check_run(os.path.join(sys.argv[1], run, part), expected[part], part == "train")
