"""Writes test/fixtures/training/events.tfevents with TensorBoard's own messages and record writer.

Made with Python 3.11, tensorboard 2.21.0. Usage: python oracles/tensorboard_events.py test/fixtures/training
"""

import pathlib
import sys

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


def scalars(step: int, wall_time: float, values: dict[str, float]) -> event_pb2.Event:
    summary = summary_pb2.Summary(
        value=[summary_pb2.Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
    )
    return event_pb2.Event(wall_time=wall_time, step=step, summary=summary)


EVENTS = [
    event_pb2.Event(wall_time=1700000000.5, file_version="brain.Event:2"),
    event_pb2.Event(wall_time=1700000000.5, step=7, session_log=event_pb2.SessionLog(status=1)),
    scalars(7, 1700000000.5, {"train/loss": 0.25, "train/lr": 2e-5}),
    scalars(2**40, 1700000000.5, {"évaluation/accuracy": float("inf")}),
]

if __name__ == "__main__":
    with open(pathlib.Path(sys.argv[1]) / "events.tfevents", "wb") as file:
        writer = RecordWriter(file)
        for event in EVENTS:
            writer.write(event.SerializeToString())
        writer.flush()
