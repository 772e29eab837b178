"""Writes test/fixtures/checkpoints/{dtypes,f32,f16}.safetensors with the Python library.

    python oracles/make_safetensors_fixture.py test/fixtures/checkpoints

Made with torch 2.15.0+cu132, safetensors 0.8.0.
"""
import pathlib
import sys

import torch
from safetensors.torch import save_file

reals = torch.tensor([[1, -2, 0.5], [-0.25, 3, 100]])
signed = torch.tensor([[1, -2, 3], [-4, 5, 100]])
tensors = {
    **{name: reals.to(dtype) for name, dtype in {
        "f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}.items()},
    **{name: signed.to(dtype) for name, dtype in {
        "i64": torch.int64, "i32": torch.int32, "i16": torch.int16, "i8": torch.int8}.items()},
    "u8": torch.tensor([[1, 2, 3], [4, 5, 200]], dtype=torch.uint8),
    "bool": torch.tensor([[True, False, True], [True, False, False]]),
}
out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
save_file(tensors, out / "dtypes.safetensors", metadata={"format": "pt", "made_by": "oracle"})
for name in ("f32", "f16"):
    save_file({name: tensors[name]}, out / f"{name}.safetensors", metadata={"format": "pt"})
