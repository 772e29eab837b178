"""Writes test/fixtures/strategies/prompt.json: losses and gradients of one training step of a model that classifies by a prompt
(MVP, Raman et al., EMNLP 2023), dropout off.

The logit of a class is the largest that BertForMaskedLM gives one of the class's words at the mask, in float64, for the texts of
oracles/vda_step.py with a prompt around each; steps of strategies are those of oracles/strategy_step.py.
Made with Python 3.11, torch 2.15.0, transformers 4.57.6, safetensors 0.8.0.
Usage: python oracles/prompt_step.py test/fixtures/models/tiny-bert test/fixtures/strategies
"""

import json
import pathlib
import sys

import torch
from strategy_step import FREELB, PGD, SMIX, STRATEGIES, Step
from vda_step import load

MASK = 4
STEP = 5
BEHIND = {"before": [], "after": [10, MASK, 11], "labelWords": [[20], [21], [22]]}
IN_FRONT = {"before": [9, MASK, 12], "after": [8], "labelWords": [[20, 30], [21], [22, 31, 32]]}
CASES = {
    "standard, mask behind the text": ("standard", {}, BEHIND),
    "standard, mask in front, several words": ("standard", {}, IN_FRONT),
    "freelb": ("freelb", FREELB, BEHIND),
    "pgd": ("pgd", PGD, IN_FRONT),
    "smix of all states": ("smix", SMIX | {"states": "all", "alpha": 1.2}, BEHIND),
}


class PromptStep(Step):
    """A step whose head is the masked language model's, at the mask."""

    def __init__(self, model, mlm, batch, prompt):
        super().__init__(model, mlm, batch, None)
        self.prompt = prompt

    def after(self, hidden, changes=None):
        changes = changes or {}
        mask = (1.0 - self.batch["attentionMask"][:, None, None, :].double()) * -1e9
        layers = self.model.bert.encoder.layer
        at = (self.batch["ids"] == MASK).long().argmax(1)
        for n, layer in enumerate(layers):
            hidden = changes.get(n, lambda h: h)(hidden)
            hidden = layer(hidden, attention_mask=mask)[0]
        state = hidden[torch.arange(len(hidden)), at].unsqueeze(1)
        state = changes.get(len(layers), lambda h: h)(state)
        logits = self.model.cls(state)[:, 0]
        return torch.stack([logits[:, words].amax(1) for words in self.prompt["labelWords"]], 1)


def prompted(given, prompt):
    rows = []
    for ids, types, seen in zip(given["ids"], given["typeIds"], given["attentionMask"]):
        n = sum(seen)
        rows.append(
            (
                ids[:1] + prompt["before"] + ids[1 : n - 1] + prompt["after"] + ids[n - 1 : n],
                types[:1] + types[:1] * len(prompt["before"]) + types[1 : n - 1]
                + types[n - 1 : n] * len(prompt["after"]) + types[n - 1 : n],
            )
        )  # fmt: skip
    longest = max(len(ids) for ids, _ in rows)
    pad = lambda row: row + [0] * (longest - len(row))  # noqa: E731
    return {
        "ids": [pad(ids) for ids, _ in rows],
        "typeIds": [pad(types) for _, types in rows],
        "attentionMask": [pad([1] * len(ids)) for ids, _ in rows],
    }


def main() -> None:
    torch.set_num_threads(1)
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    given = json.loads((target / "cases.json").read_text())
    cases = {}
    for case, (name, options, prompt) in CASES.items():
        _, mlm = load(source)
        mlm.requires_grad_(True)
        batch = prompted(given, prompt)
        step = PromptStep(mlm, None, {k: torch.tensor(v) for k, v in batch.items()}, prompt)
        loss, ce, reg, aux = STRATEGIES[name](step, options, False)
        loss.backward()
        grads = {n: p.grad if p.grad is not None else torch.zeros_like(p) for n, p in mlm.named_parameters()}
        entries = [(n, i) for n, i in given["entries"] if n in grads]
        cases[case] = {
            **{"strategy": name, "settings": options, "prompt": prompt, "batch": batch},
            **{"loss": loss.item(), "ce": ce.item(), "reg": reg.item()},
            **({} if aux is None else {"ownTerm": aux.item()}),
            "norms": {n: float(f"{g.norm().item():.7g}") for n, g in grads.items()},
            "entries": [[n, i, float(f"{grads[n].flatten()[i].item():.7g}")] for n, i in entries],
        }
    (target / "prompt.json").write_text(json.dumps({"step": STEP, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
