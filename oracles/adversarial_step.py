"""Writes test/fixtures/strategies/adversarial.json: losses and gradients of one training step with virtual texts of substitutes, dropout
off: mixture adversarial, at vertices and inside the hull, its controls, and on top of FreeLB.

Each step is written from the equations (src/strategies/vda/climb-hulls.ts and hull-weights.ts state them; the published ideas are those
of HotFlip, ASCC and DNE) and from the definition of the project's random streams, on BertForSequenceClassification in
float64, for the batch and the weights of oracles/vda_step.py. Substitutes and frequencies are drawn here and stand in the fixture.
Made with Python 3.11, torch 2.15.0, transformers 4.57.6, safetensors 0.8.0.
Usage: python oracles/adversarial_step.py test/fixtures/models/tiny-bert test/fixtures/strategies
"""

import json
import math
import pathlib
import random
import sys

import torch
import torch.nn.functional as F
from strategy_step import FREELB, STEP, STRATEGIES, Step, below, floats, gamma, standard_normals
from vda_step import EPOCH, EXAMPLE_IDS, LABELS, PLAIN, SPECIAL, key_of, load, words

ADVERSARIAL = PLAIN | {
    "mixture": "adversarial", "secondOrder": False, "virtualBudget": 0.9, "mixAllPositions": False, "ascentSteps": 1,
    "startRate": 0.3, "hullTemperature": 0, "sparsity": 0.1, "dirichletAlpha": 0,
}  # fmt: skip
INSIDE = {"hullTemperature": 0.25}
CASES = {
    "adversarial": ("standard", {}, {}),
    "adversarial, three steps, two samples": ("standard", {}, {"ascentSteps": 3, "numVirtual": 2}),
    "adversarial from the text itself": ("standard", {}, {"startRate": 0}),
    "adversarial at all positions": ("standard", {}, {"mixAllPositions": True}),
    "adversarial, cross-entropy": ("standard", {}, {"consistency": "ce"}),
    "adversarial inside the hull": ("standard", {}, INSIDE),
    "adversarial inside the hull, three steps, all positions": (
        "standard", {}, INSIDE | {"ascentSteps": 3, "mixAllPositions": True, "sparsity": 0.5, "hullTemperature": 0.5},
    ),
    "adversarial on FreeLB": ("freelb", FREELB | {"steps": 2}, {}),
    "random": ("standard", {}, {"mixture": "random", "numVirtual": 2}),
    "random, Dirichlet": ("standard", {}, {"mixture": "random", "dirichletAlpha": 0.5}),
    "rarest": ("standard", {}, {"mixture": "rarest"}),
    "centre": ("standard", {}, {"mixture": "centre"}),
}  # fmt: skip


class Hulls:
    """The candidates of each position, the token itself first, by [row][position]."""

    def __init__(self, ids, table):
        self.tokens = [[[t] + (table.get(t, [])) for t in row] for row in ids.tolist()]
        self.sizes = [sum(t not in SPECIAL for t in row) for row in ids.tolist()]

    def places(self, row):
        return [t for t, tokens in enumerate(self.tokens[row]) if len(tokens) > 1]

    def point(self, weights, word):
        rows = [torch.stack([w @ word[c] for w, c in zip(ws, cs)]) for ws, cs in zip(weights, self.tokens)]
        return torch.stack(rows)


def one_of(size, j):
    return F.one_hot(torch.tensor(j), size).double()


def position_stream(purpose, sample, row, t):
    return words(key_of(purpose), (sample << 24) | t, EXAMPLE_IDS[row], EPOCH)


def within_budget(hulls, weights, gains, o, sample):
    """The proposal at the positions of largest gain; the token itself elsewhere."""
    kept = [[one_of(len(c), 0) for c in row] for row in hulls.tokens]
    for r in range(len(kept)):
        rho = o["virtualBudget"] * next(floats(words(key_of("vda-budget"), sample, EXAMPLE_IDS[r], EPOCH)))
        gaining = sorted((t for t in gains[r] if gains[r][t] > 0), key=lambda t: (-gains[r][t], t))
        count = len(gaining) if o["mixAllPositions"] else math.floor(rho * hulls.sizes[r] + 0.5)
        for t in gaining[:count]:
            kept[r][t] = weights[r][t]
    return kept


def ascend(s, hulls, o, sample):
    word, tau = s.word.detach(), o["hullTemperature"]
    starts, u, w = [], [], []
    for r, row in enumerate(hulls.tokens):
        starts.append([])
        for t, c in enumerate(row):
            j = 0
            if len(c) > 1:
                stream = position_stream("vda-start", sample, r, t)
                if next(floats(stream)) < o["startRate"]:
                    j = 1 + below(stream, len(c) - 1)
            starts[-1].append(j)
        lead = [math.log(9 * max(len(c) - 1, 1)) for c in row]
        u.append([one_of(len(c), j) * a for c, j, a in zip(row, starts[-1], lead)])
        w.append([one_of(len(c), j) for c, j in zip(row, starts[-1])])
    soft = lambda: [[x.softmax(0) for x in row] for row in u]
    w = soft() if tau else w
    point = w
    for _ in range(o["ascentSteps"]):
        e = hulls.point(point, word).requires_grad_()
        loss = F.cross_entropy(s.predict(e), s.labels, reduction="sum")
        g = torch.autograd.grad(loss, e)[0]
        gains = []
        for r, row in enumerate(hulls.tokens):
            p = {t: word[row[t]] @ g[r, t] for t in hulls.places(r)}
            gains.append({t: float((x[1:] - x[0]).max()) for t, x in p.items()})
            if not tau:
                w[r] = [one_of(len(c), 1 + int((p[t][1:] - p[t][0]).argmax()) if t in p else 0) for t, c in enumerate(row)]
                continue
            up = {t: x - w[r][t] @ x for t, x in p.items()}
            norm = math.sqrt(sum(float(x.pow(2).sum()) for x in up.values()))
            for t in p:
                entropy = -(w[r][t] * w[r][t].log()).sum()
                u[r][t] = u[r][t] + up[t] / (norm * tau) + o["sparsity"] * (w[r][t].log() + entropy)
        w = soft() if tau else w
        point = within_budget(hulls, w, gains, o, sample)
    return point


def without_gradient(hulls, o, sample, counts):
    weights = [[one_of(len(c), 0) for c in row] for row in hulls.tokens]
    gains = [{} for _ in hulls.tokens]
    for r, row in enumerate(hulls.tokens):
        for t in hulls.places(r):
            c, stream = row[t], position_stream("vda-hull", sample, r, t)
            if o["mixture"] == "rarest":
                logs = [math.log(1 + counts.get(x, 0)) for x in c]
                j = logs.index(min(logs))
                weights[r][t], gains[r][t] = one_of(len(c), j), logs[0] - logs[j]
                continue
            gains[r][t] = 1 - next(floats(stream))
            if o["mixture"] == "centre":
                weights[r][t] = torch.full((len(c),), 1 / len(c), dtype=torch.float64)
            elif o["dirichletAlpha"] == 0:
                weights[r][t] = one_of(len(c), 1 + below(stream, len(c) - 1))
            else:
                normals = standard_normals(stream)
                draws = torch.tensor([0] + [gamma(stream, normals, o["dirichletAlpha"]) for _ in c[1:]], dtype=torch.float64)
                weights[r][t] = draws / draws.sum()
    return within_budget(hulls, weights, gains, o, sample)


class SubstituteStep(Step):
    """A step whose virtual texts are points of hulls."""

    def __init__(self, *given, table, counts):
        super().__init__(*given)
        self.hulls, self.counts = Hulls(self.batch["ids"], table), counts

    def virtuals(self):
        out = []
        for sample in range(self.vda["numVirtual"]):
            if self.vda["mixture"] == "adversarial":
                weights = ascend(self, self.hulls, self.vda, sample)
            else:
                weights = without_gradient(self.hulls, self.vda, sample, self.counts)
            assert any(float(w[0]) < 1 for row in weights for w in row), "nothing is mixed"
            out.append(self.predict(self.hulls.point(weights, self.word)))
        return out


def main() -> None:
    torch.set_num_threads(1)
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    given = json.loads((target / "cases.json").read_text())
    batch = {k: torch.tensor(given[k]) for k in ("ids", "typeIds", "attentionMask")}
    draw = random.Random(7)
    tokens = [t for t in range(50) if t not in SPECIAL]
    table = {t: draw.sample([x for x in tokens if x != t], draw.randrange(1, 5)) for t in tokens if draw.random() < 0.8}
    counts = {t: draw.randrange(1, 60) for t in tokens if draw.random() < 0.9}
    cases = {}
    for case, (name, options, changes) in CASES.items():
        model, mlm = load(source)
        o = ADVERSARIAL | changes
        step = SubstituteStep(model, mlm, batch, o, table=table, counts=counts)
        loss, ce, reg, aux = STRATEGIES[name](step, options, False)
        loss.backward()
        grads = {n: p.grad if p.grad is not None else torch.zeros_like(p) for n, p in model.named_parameters()}
        cases[case] = {
            **{"strategy": name, "settings": options, "vda": o},
            **{"loss": loss.item(), "ce": ce.item(), "reg": reg.item()},
            "norms": {n: float(f"{g.norm().item():.7g}") for n, g in grads.items()},
            "entries": [float(f"{grads[n].flatten()[i].item():.7g}") for n, i in given["entries"]],
        }
    fixture = {"step": STEP, "substitutes": table, "frequencies": counts, "cases": cases}
    (target / "adversarial.json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
