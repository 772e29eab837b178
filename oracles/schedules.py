"""Writes test/fixtures/optim/schedules.json: learning rate factors of transformers' get_scheduler.

Made with Python 3.11, torch 2.15.0, transformers 4.57.6. Usage: python oracles/schedules.py test/fixtures/optim
"""

import json
import pathlib
import sys

import torch
import transformers

CASES = [
    {"name": name, "warmupSteps": warmup, "totalSteps": total}
    for name in ["linear", "cosine", "cosine_with_restarts", "constant", "constant_with_warmup"]
    for warmup, total in [(0, 10), (3, 10), (10, 10)]
]


def factors(case: dict) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = transformers.get_scheduler(
        case["name"],
        optimizer,
        num_warmup_steps=case["warmupSteps"],
        num_training_steps=case["totalSteps"],
    )
    return [float(scheduler.lr_lambdas[0](step)) for step in range(13)]


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1]) / "schedules.json"
    rows = [{**case, "factors": factors(case)} for case in CASES]
    target.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
