"""Loads a saved model folder with transformers, strictly, and prints what it computes.

    python oracles/check_saved_model.py FOLDER [TEXT [TEXT_PAIR]]

Fails when a weight is missing, left over or of another shape. Of a classifier with a prompt (vda_prompt in config.json) the
logits are those of its classes at the mask, for a single text. Used with torch 2.15.0, transformers 4.57.6.
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
prompt = getattr(config, "vda_prompt", None)
if prompt:
    template = prompt["template"].replace("[MASK]", tokenizer.mask_token)
    texts = [template.replace("{text}", texts[0])]
inputs = tokenizer(*texts, return_tensors="pt")
with torch.no_grad():
    logits = model.eval()(**inputs).logits[0]
if prompt:
    at_mask = logits[inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)]
    ids = [[tokenizer(" " + word, add_special_tokens=False)["input_ids"][0] for word in words] for words in prompt["label_words"]]
    logits = torch.stack([at_mask[words].max() for words in ids])
print(json.dumps({
    "class": model_class.__name__,
    "labels": config.id2label,
    "problems": problems,
    "input_ids": inputs["input_ids"][0].tolist(),
    "logits": logits.flatten()[:8].tolist(),
}))
sys.exit(1 if problems else 0)
