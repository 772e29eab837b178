"""Repeats attacks in TextAttack 0.3.11 with the candidates that bench/recipe-parity.ts wrote down, and compares the texts.

The searches, rankings and goal are TextAttack's own (GreedyWordSwapWIR as its recipes set it); candidates come from the file, so
constraints are already applied. Words are what white space separates, as in vda, where TextAttack's own would split and drop
punctuation. PWWS is compared on margins as shares of the clean text's, on which vda weighs, and on probabilities.
Made with Python 3.11, TextAttack 0.3.11, torch 2.15.0, transformers 4.57.6.
Usage: python oracles/attack_recipes.py CLASSIFIER PARITY.json [RECIPE...]
"""

import json
import math
import sys

import textattack.shared.attacked_text
import torch
from textattack import Attack
from textattack.goal_functions import UntargetedClassification
from textattack.models.wrappers import ModelWrapper
from textattack.search_methods import GreedyWordSwapWIR
from textattack.transformations.word_swaps import WordSwap
from transformers import AutoModelForSequenceClassification, AutoTokenizer

textattack.shared.attacked_text.words_from_text = lambda text, words_to_ignore=(): text.split()

RANKINGS = {
    "bert-attack": "unk",
    "textfooler": "delete",
    "pwws": "weighted-saliency",
    "deepwordbug": "unk",
    "textbugger": "delete",
    "bae": "delete",
}


class Classifier(ModelWrapper):
    """Batches padded to their longest text; the stock wrapper pads to 512."""

    def __init__(self, folder):
        self.model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    @torch.no_grad()
    def __call__(self, texts):
        batch = self.tokenizer(list(texts), padding=True, truncation=True, max_length=128, return_tensors="pt")
        return torch.softmax(self.model(**batch).logits.double(), dim=1)


class Margins(UntargetedClassification):
    """The score is the fall of the margin, as a share of the clean text's."""

    def init_attack_example(self, attacked_text, ground_truth_output):
        self.clean = None
        return super().init_attack_example(attacked_text, ground_truth_output)

    def _get_score(self, output, _):
        p = float(output[self.ground_truth_output])
        margin = math.log(max(p, 1e-300)) - math.log(max(1 - p, 1e-300))
        if self.clean is None:
            self.clean = margin if margin > 0 else 1
        return (self.clean - margin) / self.clean


class Dumped(WordSwap):
    """The candidates of a word in a text, from the file."""

    def __init__(self, candidates):
        super().__init__()
        self.candidates = candidates

    def _get_transformations(self, current_text, indices_to_modify):
        found = []
        here = self.candidates.get(" ".join(current_text.text.split()), {})
        places = current_text.attack_attrs["original_index_map"]
        for index in sorted(indices_to_modify):
            for word in here.get(str(index), []):
                found.append(current_text.replace_word_at_index(int(places[index]), word))
        return found

    @property
    def deterministic(self):
        return True


def compare(name, ours, texts, classifier, goal):
    search = GreedyWordSwapWIR(wir_method=RANKINGS[name], unk_token=classifier.tokenizer.unk_token)
    attack = Attack(goal(classifier), [], Dumped(ours["candidates"]), search)
    expected = ours["TextAttack's choice"]
    attacked = same = status = 0
    differing = []
    for example in texts:
        own = expected[str(example["id"])]
        result = attack.attack(example["text"], example["label"])
        kind = type(result).__name__.replace("AttackResult", "").lower()
        if kind == "skipped" and own["status"] == "skipped":
            continue
        attacked += 1
        theirs = " ".join(result.perturbed_result.attacked_text.text.split())
        mine = " ".join(own["text"].split())
        won = own["status"] == "success"
        status += (kind == "successful") == won
        # TextAttack gives back the clean text of an attack that failed
        if theirs == mine or (kind == "failed" and not won):
            same += 1
        else:
            differing.append((example["id"], kind, own["status"], mine, theirs))
    print(f"{name} ({goal.__name__}): same text {same}/{attacked}, same ending {status}/{attacked}")
    for one in differing:
        print("  ", *one, sep="\n      ")


def main():
    folder, path, *chosen = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        dumped = json.load(file)
    classifier = Classifier(folder)
    for name, ours in dumped["recipes"].items():
        if chosen and name not in chosen:
            continue
        compare(name, ours, dumped["texts"], classifier, Margins)
        if name == "pwws":
            compare(name, ours, dumped["texts"], classifier, UntargetedClassification)
        choice, own = ours["TextAttack's choice"], ours["own"]
        equal = sum(choice[id]["text"] == own[id]["text"] for id in own)
        robust = sum(one["status"] == "failed" for one in own.values())
        queries = [one["queries"] for one in own.values() if one["status"] != "skipped"]
        print(f"  as vda runs it: same text {equal}/{len(own)}, {robust} robust, {sum(queries) / len(queries):.1f} queries")


main()
