"""TextFooler (Jin et al. 2020) with TextAttack 0.3.11's own parts, for bench/attack.mjs to time beside ours.

As textattack.attack_recipes.textfooler_jin_2019, but: candidates are those of a file of neighbours and stop words those of a file,
the same that ours is given; no Universal Sentence Encoder and no part of speech, neither of which is to be had offline.
Made with Python 3.11, TextAttack 0.3.11, transformers 4.57.6; set TA_CACHE_DIR for a machine without network.
"""

import argparse
import json
import time

import torch
from textattack import Attack
from textattack.attack_results import FailedAttackResult, SkippedAttackResult, SuccessfulAttackResult
from textattack.constraints.pre_transformation import RepeatModification, StopwordModification
from textattack.goal_functions import UntargetedClassification
from textattack.models.wrappers import HuggingFaceModelWrapper
from textattack.search_methods import GreedyWordSwapWIR
from textattack.transformations.word_swaps import WordSwap
from transformers import AutoModelForSequenceClassification, AutoTokenizer


class Neighbours(WordSwap):
    """The words that a file has in a word's place, stop words left out."""

    def __init__(self, table, stop_words, most):
        super().__init__()
        self.table, self.stop_words, self.most = table, stop_words, most

    def _get_replacement_words(self, word):
        words = self.table.get(word.lower(), [])[: self.most]
        return [word for word in words if word.lower() not in self.stop_words]


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--model", required=True)
parser.add_argument("--data", required=True, help="TSV with a head: label, text")
parser.add_argument("--neighbours", required=True, help="JSON: word to list of words")
parser.add_argument("--stop-words", required=True, help="one a line")
parser.add_argument("--max-candidates", type=int, default=50)
parser.add_argument("--max-length", type=int, default=0, help="texts are padded to; 0: as the stock wrapper does, to 512")
parser.add_argument("--threads", type=int, default=2)
args = parser.parse_args()

torch.set_num_threads(args.threads)
with open(args.data, encoding="utf-8") as file:
    lines = file.read().splitlines()[1:]
examples = [(text, int(label)) for label, text in (line.split("\t") for line in lines)]
with open(args.neighbours, encoding="utf-8") as file:
    table = json.load(file)
with open(args.stop_words, encoding="utf-8") as file:
    stop_words = set(file.read().split())

tokenizer = AutoTokenizer.from_pretrained(args.model)
if args.max_length:
    tokenizer.model_max_length = args.max_length
model = AutoModelForSequenceClassification.from_pretrained(args.model).eval()
attack = Attack(
    UntargetedClassification(HuggingFaceModelWrapper(model, tokenizer)),
    [RepeatModification(), StopwordModification(stopwords=stop_words)],
    Neighbours(table, stop_words, args.max_candidates),
    GreedyWordSwapWIR(wir_method="delete"),
)
begun, begun_cpu = time.perf_counter(), time.process_time()
results = [attack.attack(text, label) for text, label in examples]
seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - begun_cpu


def count(kind):
    return sum(isinstance(result, kind) for result in results)


print(
    json.dumps(
        {
            "n": len(results),
            "wall_seconds": seconds,
            "cpu_seconds": cpu_seconds,
            "total_queries": sum(result.num_queries for result in results),
            "succeeded": count(SuccessfulAttackResult),
            "failed": count(FailedAttackResult),
            "skipped": count(SkippedAttackResult),
        }
    )
)
