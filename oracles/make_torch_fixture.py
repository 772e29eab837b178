"""Writes test/fixtures/checkpoints/torch-*.bin: state dicts as torch.save writes them, and two files that are none.

    python oracles/make_torch_fixture.py test/fixtures/checkpoints

The tensors are those of make_safetensors_fixture.py, a transposed one, and two that share a storage. Made with torch 2.15.0+cu132.
"""
import collections
import os
import pathlib
import sys

import torch

reals = torch.tensor([[1, -2, 0.5], [-0.25, 3, 100]])
signed = torch.tensor([[1, -2, 3], [-4, 5, 100]])
shared = torch.arange(8, dtype=torch.float32)
tensors = collections.OrderedDict({
    **{name: reals.to(dtype) for name, dtype in {
        "f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}.items()},
    **{name: signed.to(dtype) for name, dtype in {
        "i64": torch.int64, "i32": torch.int32, "i16": torch.int16, "i8": torch.int8}.items()},
    "u8": torch.tensor([[1, 2, 3], [4, 5, 200]], dtype=torch.uint8),
    "bool": torch.tensor([[True, False, True], [True, False, False]]),
    "transposed": torch.tensor([[1.0, 4], [2, 5], [3, 6]]).t(),
    "whole": shared,
    "part": shared[2:6].reshape(2, 2),
    "parameter": torch.nn.Parameter(torch.tensor([7.0])),
    "scalar": torch.tensor(9.0),
    "empty": torch.zeros(0, 3),
})
tensors._metadata = collections.OrderedDict({"": {"version": 1}})


class Runs:
    def __reduce__(self):
        return os.system, ("echo this must never run",)


out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
torch.save(tensors, out / "torch-zip.bin")
torch.save(tensors, out / "torch-legacy.bin", _use_new_zipfile_serialization=False)
torch.save({"f32": reals, "other": Runs()}, out / "torch-code.bin")
torch.save({"model": {"f32": reals}, "epoch": 3}, out / "torch-training.bin")
