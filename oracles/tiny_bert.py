"""Writes test/fixtures/models/tiny-bert: a BERT with random weights and what transformers works out with it.

    config.json, model.safetensors   the model, with the classifier's and the masked-LM head's tensors
    expected.safetensors             inputs, hidden states, both heads' logits, the loss
    gradients.safetensors            d loss / d parameter of the classifier, by parameter name

Everything is worked out in float64 from the float32 weights (evaluation mode: no dropout) and stored as float32.
Weights are drawn much wider than at initialisation, and LayerNorm's not at 1 and 0, so that a mistake shows.
Made with Python 3.11, torch 2.15.0, transformers 4.57.6, safetensors 0.8.0, numpy 2.4.6.
Usage: python oracles/tiny_bert.py test/fixtures/models/tiny-bert
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification

CONFIG = BertConfig(
    vocab_size=50,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=48,
    max_position_embeddings=20,
    num_labels=3,
    attn_implementation="eager",
)
LENGTHS = [9, 4, 6]  # the second and third text are padded
LABELS = [2, 0, 1]


def randomise(model: torch.nn.Module) -> None:
    for name, parameter in model.named_parameters():
        spread = 0.1 if parameter.ndim == 1 else 0.25
        centre = 1.0 if name.endswith("LayerNorm.weight") else 0.0
        values = centre + spread * torch.randn(parameter.shape)
        parameter.data = values.float().double()


def main() -> None:
    torch.manual_seed(7)
    classifier = BertForSequenceClassification(CONFIG).eval()
    masked_lm = BertForMaskedLM(CONFIG).eval()
    randomise(classifier)
    randomise(masked_lm)
    masked_lm.tie_weights()
    missing = masked_lm.bert.load_state_dict(classifier.bert.state_dict(), strict=False).missing_keys
    assert not missing, missing
    classifier.double()
    masked_lm.double()

    longest = max(LENGTHS)
    ids = torch.randint(5, CONFIG.vocab_size, (len(LENGTHS), longest))
    ids[0, 3] = ids[0, 5] = ids[2, 1]  # a token that occurs more than once: its gradients add up
    types = (torch.arange(longest) > 2).long().repeat(len(LENGTHS), 1)
    mask = torch.tensor([[1] * n + [0] * (longest - n) for n in LENGTHS])
    ids, types = ids * mask, types * mask
    inputs = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}

    hidden = classifier.bert(**inputs).last_hidden_state
    output = classifier(**inputs, labels=torch.tensor(LABELS))
    output.loss.backward()
    mlm_logits = masked_lm(**inputs).logits

    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    heads = {n: p for n, p in masked_lm.named_parameters() if n.startswith("cls.")}
    weights = dict(classifier.named_parameters()) | heads
    stored = {name: p.detach().float().contiguous() for name, p in weights.items()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    config = CONFIG.to_dict() | {"architectures": ["BertForSequenceClassification"], "dtype": "float32"}
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
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


if __name__ == "__main__":
    main()
