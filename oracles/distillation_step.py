"""Writes test/fixtures/pretraining/distillation.json: losses and gradients of steps of masked-LM pre-training with a teacher, dropout off.

The student is the masked LM of tiny-distilbert, the teacher that of tiny-bert. The student's 40 tokens are `rows` of the
teacher's, in another order: the teacher reads the same masked text as its own ids, and its logits are restricted to
these rows. The losses are those of Hinton et al. 2015 (arXiv:1503.02531) §2 as `Distiller` in transformers' DistilBERT code computes
them (KLDivLoss of softened logits, times T²), worked out in float64 from the float32 weights.
Made with Python 3.11, torch 2.15.0, transformers 4.57.6, safetensors 0.8.0.
Usage: python oracles/distillation_step.py test/fixtures/models test/fixtures/pretraining
"""

import json
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from transformers import BertConfig, BertForMaskedLM, DistilBertConfig, DistilBertForMaskedLM

CASES = {
    "a teacher at temperature 2": (2.0, 0.7),
    "soft targets alone": (1.0, 1.0),
    "mostly the texts": (4.0, 0.1),
    "a teacher without weight": (2.0, 0.0),
}
MASK, SPECIAL = 4, 5
NAMED = 48  # tokens of the teacher that the tests have names for


def load(cls, config, folder):
    model = cls(config).eval().double()
    found = {n: t.double() for n, t in load_file(folder / "model.safetensors").items()}
    missing = [n for n, _ in model.named_parameters() if n not in found]
    assert not missing, missing
    model.load_state_dict({**model.state_dict(), **{n: t for n, t in found.items() if n in model.state_dict()}})
    model.tie_weights()
    return model


def main(models: pathlib.Path, out: pathlib.Path) -> None:
    torch.manual_seed(3)
    student_config = DistilBertConfig.from_pretrained(models / "tiny-distilbert", attn_implementation="eager")
    teacher_config = BertConfig.from_pretrained(models / "tiny-bert", attn_implementation="eager")
    teacher = load(BertForMaskedLM, teacher_config, models / "tiny-bert")
    vocab = student_config.vocab_size
    others = torch.randperm(NAMED - SPECIAL)[: vocab - SPECIAL] + SPECIAL
    rows = torch.cat([torch.arange(SPECIAL), others])
    text = torch.randint(SPECIAL, vocab, (3, 9))
    positions = torch.tensor([2, 5, 12, 13, 20])
    targets = text.flatten()[positions]
    ids = text.flatten().clone()
    ids[positions[:4]] = MASK  # the last chosen token stays as it is
    ids = ids.reshape(text.shape)
    with torch.no_grad():
        soft = teacher(input_ids=rows[ids]).logits.reshape(-1, teacher_config.vocab_size)[positions][:, rows]
    cases = {}
    for name, (temperature, weight) in CASES.items():
        student = load(DistilBertForMaskedLM, student_config, models / "tiny-distilbert")
        logits = student(input_ids=ids).logits.reshape(-1, vocab)[positions]
        ce = F.cross_entropy(logits, targets)
        kl = F.kl_div(
            F.log_softmax(logits / temperature, -1), F.softmax(soft / temperature, -1), reduction="batchmean"
        ) * temperature**2
        loss = (1 - weight) * ce + weight * kl
        loss.backward()
        gradients = {n: p.grad.flatten().tolist() for n, p in student.named_parameters()}
        norms = {n: torch.tensor(g).norm().item() for n, g in gradients.items()}
        some = {n: [[i, g[i]] for i in range(0, len(g), max(1, len(g) // 3))][:3] for n, g in gradients.items()}
        cases[name] = {
            "teacherTemperature": temperature, "teacherWeight": weight, "loss": loss.item(), "ce": ce.item(),
            "reg": kl.item() if weight else 0, "norms": norms, "entries": some,
        }  # fmt: skip
    fixture = {
        "rows": rows.tolist(), "ids": ids.tolist(), "positions": positions.tolist(), "targets": targets.tolist(),
        "teacherLogits": soft[0].tolist(), "cases": cases,
    }  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    (out / "distillation.json").write_text(json.dumps(fixture, indent=1) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
