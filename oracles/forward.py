#!/usr/bin/env python3
"""What transformers works out for a checkpoint on the first texts of a file: the reference of bench/forward-parity.ts.

    python oracles/forward.py --mlm DIR --classifier DIR --data test.tsv --lines 200 --out expected.safetensors

Made with torch 2.15, transformers 4.57.6, float32, one text at a time (no padding). For each text i:
  hidden.i [T, H] of the masked LM's encoder, mlm.i [T, ceil(V/97)] (every 97th column of its logits), logits.i [C].
"""
import argparse
import torch
from safetensors.torch import save_file
from transformers import AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer

ap = argparse.ArgumentParser()
for name in ("mlm", "classifier", "data", "out"):
    ap.add_argument(f"--{name}", required=True)
ap.add_argument("--lines", type=int, default=200)
a = ap.parse_args()

texts = [line.rstrip("\n").split("\t", 1)[1] for line in open(a.data, encoding="utf-8")][1 : a.lines + 1]
tokenizer = AutoTokenizer.from_pretrained(a.mlm)
mlm = AutoModelForMaskedLM.from_pretrained(a.mlm, dtype=torch.float32).eval()
classifier = AutoModelForSequenceClassification.from_pretrained(a.classifier, dtype=torch.float32).eval()
out = {}
with torch.no_grad():
    for i, text in enumerate(texts):
        x = tokenizer(text, return_tensors="pt")
        y = mlm(**x, output_hidden_states=True)
        out[f"hidden.{i}"] = y.hidden_states[-1][0].contiguous()
        out[f"mlm.{i}"] = y.logits[0, :, ::97].contiguous()
        out[f"logits.{i}"] = classifier(**x).logits[0].contiguous()
save_file(out, a.out)
