"""Writes test/fixtures/optim/adamw.json: 20 AdamW steps of PyTorch with clipping, on closed-form gradients.

Made with Python 3.11, torch 2.15.0. Usage: python oracles/adamw.py test/fixtures/optim
"""

import json
import math
import pathlib
import sys

import torch

SHAPES = {"matrix": [5, 7], "bias": [3], "wide": [2, 17]}  # bias without decay
SETTINGS = {"lr": 0.01, "betas": [0.9, 0.98], "eps": 1e-6, "weightDecay": 0.1, "maxGradNorm": 2.5, "gradScale": 0.5}


def values(name_index: int, count: int, step: int) -> list[float]:
    """The test recomputes these; step 0 gives the first weights."""
    size = 1 if step % 3 else 0.25  # every third gradient is short enough not to be clipped
    return [size * math.sin(1 + 0.7 * i + 1.3 * step + 2.1 * name_index) for i in range(count)]


def main() -> None:
    parameters = {}
    for index, (name, shape) in enumerate(SHAPES.items()):
        first = torch.tensor(values(index, math.prod(shape), 0), dtype=torch.float32)
        parameters[name] = torch.nn.Parameter(first.reshape(shape))
    optimizer = torch.optim.AdamW(
        [
            {"params": [parameters["matrix"], parameters["wide"]], "weight_decay": SETTINGS["weightDecay"]},
            {"params": [parameters["bias"]], "weight_decay": 0.0},
        ],
        lr=SETTINGS["lr"],
        betas=tuple(SETTINGS["betas"]),
        eps=SETTINGS["eps"],
        foreach=False,
    )
    steps = []
    for step in range(1, 21):
        for index, (name, shape) in enumerate(SHAPES.items()):
            gradient = torch.tensor(values(index, math.prod(shape), step), dtype=torch.float32)
            parameters[name].grad = SETTINGS["gradScale"] * gradient.reshape(shape)
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), SETTINGS["maxGradNorm"])
        optimizer.step()
        entry = {"gradNorm": norm.item()}
        if step in (1, 2, 20):
            entry["weights"] = {name: p.detach().flatten().tolist() for name, p in parameters.items()}
        steps.append(entry)
    target = pathlib.Path(sys.argv[1]) / "adamw.json"
    target.write_text(json.dumps({"shapes": SHAPES, "settings": SETTINGS, "steps": steps}) + "\n")


if __name__ == "__main__":
    main()
