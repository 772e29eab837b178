"""Writes test/fixtures/strategies: losses and gradients of one training step, standard and VDA, dropout off.

    cases.json              the batch, and for each case its options, losses, gradient norms and 20 gradient entries
    gradients.safetensors   every gradient, `<case>/<parameter>`, of the cases named in WHOLE

The step is written from the equations of the paper (Zhou et al. 2021, Eq. 1 to 7) and from the definition of the
project's random streams (Philox4x32-10, Salmon et al. 2011; src/base/random.ts), on BertForSequenceClassification and
BertForMaskedLM, in float64 from the float32 weights of test/fixtures/models/tiny-bert. The classifier's token embeddings
are halved, so that its table and the masked LM's differ.
Made with Python 3.11, torch 2.15.0, transformers 4.57.6, safetensors 0.8.0.
Usage: python oracles/vda_step.py test/fixtures/models/tiny-bert test/fixtures/strategies
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification

SEED, EPOCH, EXAMPLE_IDS, LABELS = 13, 2, [4, 0, 11], [2, 0, 1]
CLS, SEP, PAD, SPECIAL = 2, 3, 0, {0, 1, 2, 3, 4}
LENGTHS = [9, 5, 7]
PLAIN = {
    "mixture": "logit", "noiseStd": 0, "temperature": 1, "topK": 8, "numVirtual": 1, "lambda": 0.7,
    "consistency": "skl", "excludeOriginal": False, "interpolation": 0, "mixSpecialTokens": False,
    "embeddingTable": "target", "cleanGradient": True, "officialCode": False,
}  # fmt: skip
CASES = {
    "standard": None,
    "logit": {},
    "logit, temperature 3": {"temperature": 3},
    "logit with noise": {"noiseStd": 1},
    "logit with noise, temperature 3, three samples": {"noiseStd": 1, "temperature": 3, "numVirtual": 3},
    "logit without the original": {"excludeOriginal": True},
    "logit, interpolated": {"interpolation": 0.3},
    "logit, cross-entropy": {"consistency": "ce"},
    "logit, the masked LM's table": {"embeddingTable": "mlm"},
    "logit, special tokens too": {"mixSpecialTokens": True},
    "logit, no gradient through the clean text": {"cleanGradient": False},
    "logit, scaled as the published code": {"officialCode": True},
    "paper": {"mixture": "paper"},
    "paper with noise, two samples": {"mixture": "paper", "noiseStd": 0.05, "numVirtual": 2},
    "official": {"mixture": "official"},
    "published code": {"mixture": "official", "noiseStd": 0.05, "mixSpecialTokens": True, "officialCode": True},
    "mean": {"mixture": "mean"},
    "mean of the masked LM's table": {"mixture": "mean", "embeddingTable": "mlm"},
    "argmax": {"mixture": "argmax"},
    "argmax without the original": {"mixture": "argmax", "excludeOriginal": True},
    "sample, three samples": {"mixture": "sample", "numVirtual": 3},
}
WHOLE = ["logit with noise, temperature 3, three samples", "published code"]
MASK32 = 0xFFFFFFFF


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & MASK32, (a >> 32) ^ c[3] ^ k[1], a & MASK32]
        k = [(k[0] + 0x9E3779B9) & MASK32, (k[1] + 0xBB67AE85) & MASK32]
    return c


def key_of(purpose):
    h = 0xCBF29CE484222325
    for byte in purpose.encode():
        h = ((h ^ byte) * 0x100000001B3) & (2**64 - 1)
    return philox([h & MASK32, h >> 32, 0, 0], [SEED, 0])[:2]


def words(key, a, b, c):
    block = 0
    while True:
        yield from philox([block, a, b, c], key)
        block += 1


def normals(key, count, a, b, c):
    stream, out = words(key, a, b, c), []
    while len(out) < count:
        radius = math.sqrt(-2 * math.log(((next(stream) >> 8) + 1) / 2**24))
        angle = 2 * math.pi * (next(stream) >> 8) / 2**24
        out += [radius * math.cos(angle), radius * math.sin(angle)]
    return out[:count]


def noise(sample, rows, length, columns, std):
    """Eq. 3, for one sample of the batch: [rows, length, columns]."""
    key = key_of("vda-noise")
    return std * torch.tensor(
        [[normals(key, columns, (sample << 24) + t, EXAMPLE_IDS[r], EPOCH) for t in range(length)] for r in range(rows)],
        dtype=torch.float64,
    )


def top_candidates(log_p, ids, o):
    """The K best tokens, the original left out where asked: ids and log-probabilities [R, T, K]."""
    if o["excludeOriginal"]:
        log_p = log_p.scatter(2, ids.unsqueeze(2), -math.inf)
    best = log_p.topk(o["topK"], dim=2)
    return best.indices, best.values


def picked(cand, log_p, sample, o):
    """Argmax, or the first candidate at which the cumulated probability exceeds u times the candidates' total."""
    out = cand[:, :, 0].clone()
    if o["mixture"] == "argmax":
        return out
    key = key_of("vda-sample")
    for r, t in [(r, t) for r in range(out.shape[0]) for t in range(out.shape[1])]:
        u = (next(words(key, (sample << 24) + t, EXAMPLE_IDS[r], EPOCH)) >> 8) / 2**24
        p = log_p[r, t].exp()
        out[r, t] = cand[r, t, int((p.cumsum(0) <= u * p.sum()).sum())]
    return out


def virtual(sample, o, tokens, table, mlm_logits, ids):
    """Eq. 4 and 5 for one sample: [R, T, H]."""
    rows, length, vocab = mlm_logits.shape
    mixture, std = o["mixture"], o["noiseStd"]
    log_p = mlm_logits.log_softmax(2)
    if mixture == "mean":
        mixed = table.mean(0).expand_as(tokens)
    elif mixture in ("paper", "official"):
        p = log_p.exp() if mixture == "paper" else mlm_logits / mlm_logits.sum(2, keepdim=True)
        if std > 0:
            p = p + noise(sample, rows, length, vocab, std)
        mixed = p.softmax(2) @ table
    else:
        cand, cand_log_p = top_candidates(log_p, ids, o)
        if mixture == "logit":
            scores = cand_log_p + (noise(sample, rows, length, o["topK"], std) if std > 0 else 0)
            weights = (scores / o["temperature"]).softmax(2)
            mixed = torch.einsum("rtk,rtkh->rth", weights, table[cand])
        else:
            mixed = table[picked(cand, cand_log_p, sample, o)]
    mixed = o["interpolation"] * tokens + (1 - o["interpolation"]) * mixed
    special = torch.tensor([[i in SPECIAL for i in row] for row in ids.tolist()])
    return mixed if o["mixSpecialTokens"] else torch.where(special.unsqueeze(2), tokens, mixed)


def kl(p, q):
    return (p.softmax(1) * (p.log_softmax(1) - q.log_softmax(1))).sum(1)


def step(model, mlm, batch, o):
    word = model.bert.embeddings.word_embeddings.weight
    ids, labels = batch["ids"], torch.tensor(LABELS)
    rest = {"token_type_ids": batch["typeIds"], "attention_mask": batch["attentionMask"]}
    tokens = word[ids]
    clean = model(inputs_embeds=tokens, **rest).logits
    ce = F.cross_entropy(clean, labels)
    if o is None:
        return ce, ce, torch.zeros(())
    with torch.no_grad():
        mlm_logits = mlm(input_ids=ids, **rest).logits
    table = word if o["embeddingTable"] == "target" else mlm.bert.embeddings.word_embeddings.weight.detach()
    held = clean if o["cleanGradient"] else clean.detach()
    total = 0
    for sample in range(o["numVirtual"]):
        logits = model(inputs_embeds=virtual(sample, o, tokens, table, mlm_logits, ids), **rest).logits
        if o["consistency"] == "ce":
            total = total + F.cross_entropy(logits, labels)
        elif o["officialCode"]:  # half of each direction, mean over texts and labels
            both = 0.5 * kl(held, logits) + 0.5 * kl(logits, held)
            total = total + both.mean() / logits.shape[1]
        else:
            total = total + kl(held, logits).mean() + kl(logits, held).mean()
    reg = total / o["numVirtual"]
    return ce + o["lambda"] * reg, ce, reg


def make_one_token_its_own_best(mlm, batch):
    """Changes one token so that the masked LM likes it best where it stands: leaving it out then matters to argmax."""
    for token in range(5, mlm.config.vocab_size):
        for r, n in enumerate(LENGTHS):
            for t in [t for t in range(1, n - 1) if int(batch["ids"][r, t]) not in SPECIAL]:
                ids = batch["ids"].clone()
                ids[r, t] = token
                rest = {"token_type_ids": batch["typeIds"][r : r + 1], "attention_mask": batch["attentionMask"][r : r + 1]}
                with torch.no_grad():
                    if int(mlm(input_ids=ids[r : r + 1], **rest).logits[0, t].argmax()) == token:
                        batch["ids"] = ids
                        return
    raise SystemExit("no token is its own best guess: choose another seed")


def load(source):
    """The classifier and the masked LM in float64, the classifier's token embeddings halved."""
    config = BertConfig.from_pretrained(source, attn_implementation="eager")
    stored = load_file(source / "model.safetensors")
    model, mlm = BertForSequenceClassification(config).eval(), BertForMaskedLM(config).eval()
    for net in (model, mlm):
        net.load_state_dict(stored, strict=False)
    mlm.tie_weights()
    for net in (model, mlm):
        net.double()
    model.bert.embeddings.word_embeddings.weight.data.mul_(0.5)
    return model, mlm


def main() -> None:
    torch.manual_seed(3)
    torch.set_num_threads(1)
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    model, mlm = load(source)
    config = model.config

    longest = max(LENGTHS)
    ids = torch.full((len(LENGTHS), longest), PAD)
    for r, n in enumerate(LENGTHS):
        ids[r, :n] = torch.randint(5, config.vocab_size, (n,))
        ids[r, 0], ids[r, n - 1] = CLS, SEP
    ids[0, 4], ids[0, 2] = SEP, ids[1, 1]  # a pair of texts; a token that occurs twice
    mask = torch.tensor([[1] * n + [0] * (longest - n) for n in LENGTHS])
    types = (torch.arange(longest) > 4).long() * mask * torch.tensor([[1], [0], [0]])
    batch = {"ids": ids, "typeIds": types, "attentionMask": mask}
    make_one_token_its_own_best(mlm, batch)

    parameters = dict(model.named_parameters())
    entries = [
        (name, int(torch.randint(p.numel(), ())))
        for name, p in [list(parameters.items())[i] for i in torch.randint(len(parameters), (20,)).tolist()]
    ]
    cases, whole = {}, {}
    for case, changes in CASES.items():
        o = None if changes is None else PLAIN | changes
        model.zero_grad()
        loss, ce, reg = step(model, mlm, batch, o)
        loss.backward()
        grads = {n: p.grad if p.grad is not None else torch.zeros_like(p) for n, p in parameters.items()}
        cases[case] = {
            "options": o,
            "loss": loss.item(),
            "ce": ce.item(),
            "reg": reg.item(),
            "norms": {n: float(f"{g.norm().item():.7g}") for n, g in grads.items()},
            "entries": [float(f"{grads[n].flatten()[i].item():.7g}") for n, i in entries],
        }
        if case in WHOLE:
            whole |= {f"{case}/{n}": g.float().contiguous() for n, g in grads.items()}
    target.mkdir(parents=True, exist_ok=True)
    meta = {"seed": SEED, "epoch": EPOCH, "exampleIds": EXAMPLE_IDS, "labels": LABELS}
    fixture = meta | {k: v.tolist() for k, v in batch.items()} | {"entries": entries, "cases": cases}
    (target / "cases.json").write_text(json.dumps(fixture) + "\n")
    save_file(whole, target / "gradients.safetensors")


if __name__ == "__main__":
    main()
