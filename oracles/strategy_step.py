"""Writes test/fixtures/strategies/strategies.json and losses.json: losses and gradients of one training step, dropout off, of each
strategy, and of some with options of the classification loss.

Each step is written from its paper's equations (named at each function) and from the definition of the project's random
streams, on BertForSequenceClassification in float64, for the batch and the weights of oracles/vda_step.py, whose
virtual texts it takes where a case has VDA.
Made with Python 3.11, torch 2.15.0, transformers 4.57.6, safetensors 0.8.0.
Usage: python oracles/strategy_step.py test/fixtures/models/tiny-bert test/fixtures/strategies
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from vda_step import EPOCH, EXAMPLE_IDS, LABELS, PLAIN, key_of, kl, load, normals, virtual, words

STEP = 5
VDA = PLAIN | {"noiseStd": 1, "temperature": 2}
OFFICIAL = PLAIN | {"mixture": "official", "noiseStd": 0.05, "mixSpecialTokens": True, "officialCode": True}
FREELB = {"steps": 3, "stepSize": 0.1, "initMagnitude": 0.6, "maxNorm": 0, "norm": "l2", "holdDropout": False}
SMART = {
    "weight": 1.5, "steps": 1, "stepSize": 0.01, "noiseStd": 0.02, "epsilon": 0.02, "norm": "linf",
    "bregmanWeight": 0, "bregmanMomentum": 0.9,
}  # fmt: skip
SMIX = {"alpha": 0.2, "states": "cls", "layers": "upper"}
PGD = {"steps": 3, "stepSize": 0.3, "maxNorm": 0.5, "initMagnitude": 0, "adversarialWeight": 0.4, "tokenAware": False}
CASES = {
    "freelb": ("freelb", FREELB, None, False),
    "freelb within a ball": ("freelb", FREELB | {"maxNorm": 0.15}, None, False),
    "freelb, largest norm": ("freelb", FREELB | {"norm": "linf", "initMagnitude": 0.05, "maxNorm": 0.1}, None, False),
    "freelb from the text itself": ("freelb", FREELB | {"steps": 2, "initMagnitude": 0}, None, False),
    "freelb++": ("freelb", FREELB | {"steps": 10, "stepSize": 0.03, "initMagnitude": 0.05}, None, False),
    "freelb with VDA": ("freelb", FREELB | {"steps": 2}, VDA, False),
    "freelb with VDA, published code": (
        "freelb", FREELB | {"initMagnitude": 0.02, "maxNorm": 0.02}, OFFICIAL, True,
    ),
    "smart": ("smart", SMART, None, False),
    "smart, Euclidean, two steps": ("smart", SMART | {"norm": "l2", "steps": 2, "stepSize": 0.1, "epsilon": 0.2}, None, False),
    "smart with the Bregman term": ("smart", SMART | {"bregmanWeight": 1}, None, False),
    "smart with VDA": ("smart", SMART, VDA, False),
    "smart with VDA, published code": ("smart", SMART | {"noiseStd": 0.2, "epsilon": 0.2, "stepSize": 0.1}, OFFICIAL, True),
    "smix": ("smix", SMIX, None, False),
    "smix of all states": ("smix", SMIX | {"states": "all", "alpha": 1.2}, None, False),
    "smix at the last layer": ("smix", SMIX | {"layers": "last", "alpha": 1}, None, False),
    "smix with VDA": ("smix", SMIX | {"alpha": 0.4}, VDA, False),
    "smix with VDA, published code": ("smix", SMIX, OFFICIAL, True),
    "rdrop": ("rdrop", {"alpha": 1}, None, False),
    "rdrop with VDA": ("rdrop", {"alpha": 1}, VDA, False),
    "pgd": ("pgd", PGD, None, False),
    "pgd, token-aware, random start": ("pgd", PGD | {"tokenAware": True, "initMagnitude": 0.3}, None, False),
    "pgd with VDA": ("pgd", PGD, VDA, False),
}  # fmt: skip
CEVDA = VDA | {"consistency": "ce"}
# Options of the loss, as torch.nn.CrossEntropyLoss has them.
LOSSES = {
    "smoothing": {"labelSmoothingFactor": 0.1},
    "class weights": {"classWeights": [0.5, 2, 1]},
    "temperature": {"trainTemperature": 2.5},
    "flooding": {"floodingLevel": 1.6},
}
LOSS_CASES = {
    f"{name}, {loss}": (name, options, vda, False, given)
    for loss, given in LOSSES.items()
    for name, options, vda in (
        ("standard", {}, None), ("smix", SMIX | {"alpha": 1.2}, None), ("freelb", FREELB, None), ("standard", {}, CEVDA),
    )
} | {
    f"{name}, all": (name, options, None, False, {k: v for given in LOSSES.values() for k, v in given.items()})
    for name, options in (("rdrop", {"alpha": 1}), ("pgd", PGD), ("smart", SMART), ("smix", SMIX))
} | {"pgd, flooding": ("pgd", PGD, None, False, LOSSES["flooding"])}  # fmt: skip


def skl(p, q):
    return (kl(p, q) + kl(q, p)).mean()


def floats(stream):
    for word in stream:
        yield (word >> 8) / 2**24


def below(stream, n):
    accepted = 2**32 - 2**32 % n
    return next(w for w in stream if w < accepted) % n


def standard_normals(stream):
    """Box and Muller 1958: two at a time, the second kept until it is asked for."""
    draws = floats(stream)
    while True:
        radius = math.sqrt(-2 * math.log(next(draws) + 2**-24))
        angle = 2 * math.pi * next(draws)
        yield radius * math.cos(angle)
        yield radius * math.sin(angle)


def gamma(stream, normals, alpha):
    """Marsaglia and Tsang 2000, §3; below 1 by the note in §6."""
    if alpha < 1:
        return gamma(stream, normals, alpha + 1) * (1 - next(floats(stream))) ** (1 / alpha)
    d = alpha - 1 / 3
    while True:
        x = next(normals)
        v = (1 + x / math.sqrt(9 * d)) ** 3
        if v > 0 and math.log(1 - next(floats(stream))) < x * x / 2 + d - d * v + d * math.log(v):
            return d * v


class Step:
    """The tiny model's parts, taken apart where the strategies reach in."""

    def __init__(self, model, mlm, batch, vda, loss=None):
        self.model, self.mlm, self.batch, self.vda, self.loss = model, mlm, batch, vda, loss or {}
        self.word = model.bert.embeddings.word_embeddings.weight
        self.tokens = self.word[batch["ids"]]
        self.labels = torch.tensor(LABELS)
        self.lengths = batch["attentionMask"].sum(1)
        self.width = self.tokens.shape[2]

    def hidden(self, tokens):
        return self.model.bert.embeddings(inputs_embeds=tokens, token_type_ids=self.batch["typeIds"])

    def after(self, hidden, changes=None):
        """Logits from hidden states after the embedding layer; `changes` by the layer they come before."""
        changes = changes or {}
        mask = (1.0 - self.batch["attentionMask"][:, None, None, :].double()) * -1e9
        layers = self.model.bert.encoder.layer
        for n, layer in enumerate(layers):
            hidden = changes.get(n, lambda h: h)(hidden)
            hidden = layer(hidden, attention_mask=mask)[0]
        hidden = changes.get(len(layers), lambda h: h)(hidden)
        return self.model.classifier(self.model.bert.pooler(hidden))

    def predict(self, tokens, changes=None):
        return self.after(self.hidden(tokens), changes)

    def ce(self, logits, labels):
        given = self.loss.get("classWeights")
        weight = None if given is None else torch.tensor(given, dtype=torch.float64)
        t, smoothing = self.loss.get("trainTemperature", 1), self.loss.get("labelSmoothingFactor", 0)
        loss = t * F.cross_entropy(logits / t, labels, weight, label_smoothing=smoothing)
        level = self.loss.get("floodingLevel", 0)
        return (loss - level).abs() + level if level else loss

    def uphill(self, gradient, logits, labels):
        """Of the loss itself, where below the flooding level its gradient points down."""
        level, self.loss = self.loss.get("floodingLevel", 0), {**self.loss, "floodingLevel": 0}
        sign = 1 if self.ce(logits, labels) >= level else -1
        self.loss["floodingLevel"] = level
        return gradient * sign

    def virtuals(self):
        o = self.vda
        rest = {"token_type_ids": self.batch["typeIds"], "attention_mask": self.batch["attentionMask"]}
        with torch.no_grad():
            z = self.mlm(input_ids=self.batch["ids"], **rest).logits
        tables = range(o["numVirtual"])
        return [self.predict(virtual(j, o, self.tokens, self.word, z, self.batch["ids"])) for j in tables]

    def reg(self, held):
        """Eq. 6; half of it, averaged over labels too, in the published code."""
        if self.vda is None:
            return torch.zeros(())
        scale = 0.5 / held.shape[1] if self.vda["officialCode"] else 1
        logits = self.virtuals()
        if self.vda["consistency"] == "ce":
            return sum(self.ce(v, self.labels) for v in logits) / len(logits)
        return scale * sum(skl(held, v) for v in logits) / len(logits)

    @property
    def lam(self):
        return self.vda["lambda"] if self.vda else 0

    def start(self, purpose, magnitude, per_root):
        key, out = key_of(purpose), torch.zeros_like(self.tokens)
        for r, n in enumerate(self.lengths.tolist()):
            size = magnitude / math.sqrt(n * self.width) if per_root else magnitude
            for t in range(n):
                stream = floats(words(key, t, EXAMPLE_IDS[r], STEP))
                out[r, t] = size * torch.tensor([2 * next(stream) - 1 for _ in range(self.width)])
        return out.detach()


def size_of(x, norm, dims):
    return x.pow(2).sum(dims, keepdim=True).sqrt() if norm == "l2" else x.abs().amax(dims, keepdim=True)


def climb(delta, gradient, step_size, norm, dims=(1, 2)):
    return delta + step_size * gradient / size_of(gradient, norm, dims).clamp_min(1e-8)


def project(delta, radius, norm):
    if radius == 0:
        return delta
    if norm == "linf":
        return delta.clamp(-radius, radius)
    return delta * (radius / size_of(delta, "l2", (1, 2))).clamp_max(1)


def freelb(s, o, official):
    """Zhu et al. 2020, Algorithm 1; or as the VDA paper's code has it."""
    delta = s.start("freelb-start", o["initMagnitude"], o["norm"] == "l2" and not official)
    kept, loss, ces, regs = torch.zeros_like(delta), 0, [], []
    for _ in range(o["steps"]):
        delta = delta.detach().requires_grad_()
        logits = s.after(s.hidden(s.tokens) + kept + delta) if official else s.predict(s.tokens + delta)
        ce = s.ce(logits, s.labels)
        reg = s.reg(logits) if official else torch.zeros(())
        here = ce + s.lam * reg if official else ce / o["steps"]
        gradient = s.uphill(torch.autograd.grad(here, delta, retain_graph=True)[0], logits, s.labels)
        loss, ces, regs = loss + here, [*ces, ce], [*regs, reg]
        if official:
            kept = (kept + delta).detach()
            delta = climb(delta, gradient, o["stepSize"], "l2", (0, 1, 2)).clamp(-o["maxNorm"], o["maxNorm"])
        else:
            delta = project(climb(delta, gradient, o["stepSize"], o["norm"]), o["maxNorm"], o["norm"])
    ce, reg = sum(ces) / len(ces), sum(regs) / len(regs)
    if s.vda and not official:
        reg = s.reg(s.predict(s.tokens))
        loss = loss + s.lam * reg
    return loss, ce, reg, None


def smart(s, o, official):
    """Jiang et al. 2020, Eq. 1 to 3 and Algorithm 1."""
    clean = s.predict(s.tokens)
    key = key_of("smart-noise")
    delta = o["noiseStd"] * torch.tensor(
        [[normals(key, s.width, t, e, EPOCH) for t in range(s.tokens.shape[1])] for e in EXAMPLE_IDS],
        dtype=torch.float64,
    )
    if not official:
        delta = delta * s.batch["attentionMask"][:, :, None]  # a text's own norm: no perturbation on padding
    at = (lambda d: s.after(s.hidden(s.tokens) + d)) if official else (lambda d: s.predict(s.tokens + d))
    for _ in range(o["steps"]):
        delta = delta.detach().requires_grad_()
        gradient = torch.autograd.grad(skl(clean.detach(), at(delta)), delta)[0]
        if official:
            delta = climb(delta, gradient, o["stepSize"], "l2", (0, 1, 2))
        else:
            delta = climb(delta, gradient, o["stepSize"], o["norm"])
        delta = project(delta, o["epsilon"], o["norm"])
    smooth = skl(clean, at(delta.detach()))
    ce, reg = s.ce(clean, s.labels), s.reg(clean)
    loss = ce + o["weight"] * smooth + s.lam * reg
    if o["bregmanWeight"] > 0:
        loss = loss + o["bregmanWeight"] * skl(clean, s.teacher)
    return loss, ce, reg, smooth


def smix(s, o, official):
    """Si et al. 2021 §3.2: mixed states, mixed labels."""
    stream = words(key_of("smix"), STEP, EXAMPLE_IDS[0], 0)
    normals = standard_normals(stream)
    x, y = (gamma(stream, normals, o["alpha"]) for _ in range(2))
    lam = x / (x + y)
    depth = len(s.model.bert.encoder.layer)
    places = [depth] if o["layers"] == "last" else sorted({math.floor(n * depth / 12 + 0.5) for n in (7, 9, 12)})
    layer = places[below(stream, len(places))]
    other = list(range(len(LABELS)))
    for last in range(len(other) - 1, 0, -1):
        chosen = below(stream, last + 1)
        other[last], other[chosen] = other[chosen], other[last]

    def mix(h):
        mixed = lam * h + (1 - lam) * h[other]
        return mixed if o["states"] == "all" else torch.cat([mixed[:, :1], h[:, 1:]], 1)

    clean, mixed = s.predict(s.tokens), s.predict(s.tokens, {layer: mix})
    ce = s.ce(clean, s.labels)
    aux = lam * s.ce(mixed, s.labels) + (1 - lam) * s.ce(mixed, s.labels[other])
    reg = s.reg(mixed if official else clean)
    return ce + aux + s.lam * reg, ce, reg, aux


def rdrop(s, o, official):
    """Liang et al. 2021, Eq. 4; without dropout both passes are one."""
    first, second = s.predict(s.tokens), s.predict(s.tokens)
    ce = (s.ce(first, s.labels) + s.ce(second, s.labels)) / 2
    aux, reg = skl(first, second) / 2, s.reg(first)
    return ce + o["alpha"] * aux + s.lam * reg, ce, reg, aux


def pgd(s, o, official):
    """Madry et al. 2018, on embeddings."""
    delta = s.start("pgd-start", o["initMagnitude"], True)
    for _ in range(o["steps"]):
        delta = delta.detach().requires_grad_()
        logits = s.predict(s.tokens.detach() + delta)
        gradient = s.uphill(torch.autograd.grad(s.ce(logits, s.labels), delta)[0], logits, s.labels)
        dims = (2,) if o["tokenAware"] else (1, 2)
        delta = project(climb(delta, gradient, o["stepSize"], "l2", dims), o["maxNorm"], "l2")
    clean = s.predict(s.tokens)
    ce = s.ce(clean, s.labels)
    aux = s.ce(s.predict(s.tokens + delta.detach()), s.labels)
    w, reg = o["adversarialWeight"], s.reg(clean)
    return (1 - w) * ce + w * aux + s.lam * reg, ce, reg, aux


def standard(s, o, official):
    """VDA, Eq. 7."""
    clean = s.predict(s.tokens)
    ce, reg = s.ce(clean, s.labels), s.reg(clean)
    return ce + s.lam * reg, ce, reg, None


STRATEGIES = {"standard": standard, "freelb": freelb, "smart": smart, "smix": smix, "rdrop": rdrop, "pgd": pgd}


def main() -> None:
    torch.set_num_threads(1)
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    given = json.loads((target / "cases.json").read_text())
    batch = {k: torch.tensor(given[k]) for k in ("ids", "typeIds", "attentionMask")}
    fixtures = {"strategies": {}, "losses": {}}
    every = [("strategies", case, (*rest, None)) for case, rest in CASES.items()]
    every += [("losses", case, rest) for case, rest in LOSS_CASES.items()]
    for fixture, case, (name, options, vda, official, loss_options) in every:
        model, mlm = load(source)
        teacher = None
        if options.get("bregmanWeight"):
            # The weights moved by a tenth since the step before; their average followed by 1 - momentum of that.
            beta = options["bregmanMomentum"]
            moved = {n: p.detach() * 1.1 for n, p in model.named_parameters()}
            for n, p in model.named_parameters():
                p.data.copy_(beta * p.detach() + (1 - beta) * moved[n])
            with torch.no_grad():
                teacher = Step(model, mlm, batch, None).predict(model.bert.embeddings.word_embeddings.weight[batch["ids"]])
            for n, p in model.named_parameters():
                p.data.copy_(moved[n])
        step = Step(model, mlm, batch, vda, loss_options)
        step.teacher = teacher
        loss, ce, reg, aux = STRATEGIES[name](step, options, official)
        loss.backward()
        grads = {n: p.grad if p.grad is not None else torch.zeros_like(p) for n, p in model.named_parameters()}
        fixtures[fixture][case] = {
            **({} if loss_options is None else {"lossOptions": loss_options}),
            **{"strategy": name, "settings": options, "vda": vda, "officialCode": official},
            **{"loss": loss.item(), "ce": ce.item(), "reg": reg.item()},
            **({} if aux is None else {"ownTerm": aux.item()}),
            "norms": {n: float(f"{g.norm().item():.7g}") for n, g in grads.items()},
            "entries": [float(f"{grads[n].flatten()[i].item():.7g}") for n, i in given["entries"]],
        }
    for fixture, cases in fixtures.items():
        (target / f"{fixture}.json").write_text(json.dumps({"step": STEP, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
