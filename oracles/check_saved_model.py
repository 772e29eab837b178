"""Loads a saved model folder with transformers, strictly, and prints what it computes.

    python oracles/check_saved_model.py FOLDER [TEXT [TEXT_PAIR]]

Fails when a weight is missing, left over or of another shape. Used with torch 2.15.0, transformers 4.57.6.
"""
import json
import sys

import torch
import transformers

folder, *texts = sys.argv[1:]
texts = texts or ["a gripping, well-acted film ."]
config = transformers.AutoConfig.from_pretrained(folder)
model_class = getattr(transformers, config.architectures[0])
model, info = model_class.from_pretrained(folder, output_loading_info=True, dtype=torch.float32)
problems = {kind: sorted(map(str, names)) for kind, names in info.items() if names}
tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
inputs = tokenizer(*texts, return_tensors="pt")
with torch.no_grad():
    logits = model.eval()(**inputs).logits[0]
print(json.dumps({
    "class": model_class.__name__,
    "labels": config.id2label,
    "problems": problems,
    "input_ids": inputs["input_ids"][0].tolist(),
    "logits": logits.flatten()[:8].tolist(),
}))
sys.exit(1 if problems else 0)
