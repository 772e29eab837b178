"""What tiny_bert.py, tiny_roberta.py and tiny_distilbert.py share: a model with random weights, and what it answers.

    config.json, model.safetensors   the model, with the classifier's and the masked-LM head's tensors
    expected.safetensors             inputs, hidden states, both heads' logits, the loss
    gradients.safetensors            d loss / d parameter of the classifier, by parameter name

Everything is worked out in float64 from the float32 weights (evaluation mode: no dropout) and stored as float32.
Weights are drawn much wider than at initialisation, and LayerNorm's not at 1 and 0, so that a mistake shows.
Made with Python 3.11, torch 2.15.0, transformers 4.57.6, safetensors 0.8.0, numpy 2.4.6.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file

LENGTHS = [9, 4, 6]  # the second and third text are padded
LABELS = [2, 0, 1]


def randomise(model: torch.nn.Module) -> None:
    for name, parameter in model.named_parameters():
        spread = 0.1 if parameter.ndim == 1 else 0.25
        centre = 1.0 if name.lower().replace("_", "").endswith("layernorm.weight") else 0.0
        values = centre + spread * torch.randn(parameter.shape)
        parameter.data = values.float().double()


def write_fixture(folder: pathlib.Path, config, classes, *, token_types: bool) -> None:
    """`classes`: the classifier's and the masked LM's; `token_types`: whether the family reads them."""
    torch.manual_seed(7)
    classifier, masked_lm = (cls(config).eval() for cls in classes)
    randomise(classifier)
    randomise(masked_lm)
    masked_lm.tie_weights()
    missing = masked_lm.base_model.load_state_dict(classifier.base_model.state_dict(), strict=False).missing_keys
    assert not missing, missing
    classifier.double()
    masked_lm.double()

    longest = max(LENGTHS)
    ids = torch.randint(5, config.vocab_size, (len(LENGTHS), longest))
    ids[0, 3] = ids[0, 5] = ids[2, 1]  # a token that occurs more than once: its gradients add up
    mask = torch.tensor([[1] * n + [0] * (longest - n) for n in LENGTHS])
    inputs = {"input_ids": torch.where(mask == 1, ids, config.pad_token_id)}
    if token_types:
        inputs["token_type_ids"] = (torch.arange(longest) > 2).long() * mask
    inputs["attention_mask"] = mask

    hidden = classifier.base_model(**inputs).last_hidden_state
    output = classifier(**inputs, labels=torch.tensor(LABELS))
    output.loss.backward()
    mlm_logits = masked_lm(**inputs).logits

    folder.mkdir(parents=True, exist_ok=True)
    base = f"{masked_lm.base_model_prefix}."
    heads = {n: p for n, p in masked_lm.named_parameters() if not n.startswith(base)}
    weights = dict(classifier.named_parameters()) | heads
    stored = {name: p.detach().float().contiguous() for name, p in weights.items()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    written = config.to_dict() | {"architectures": [classes[0].__name__], "dtype": "float32"}
    (folder / "config.json").write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")
    expected = inputs | {
        "labels": torch.tensor(LABELS),
        "hidden": hidden.detach().float(),
        "logits": output.logits.detach().float(),
        "mlm_logits": mlm_logits.detach().float(),
        "loss": output.loss.detach().float(),
    }
    save_file({name: t.float().contiguous() for name, t in expected.items()}, folder / "expected.safetensors")
    gradients = {name: p.grad.float().contiguous() for name, p in classifier.named_parameters()}
    save_file(gradients, folder / "gradients.safetensors")
