"""Expected ids of Hugging Face's fast tokenizers for every text of some data files, and for 2,000 hard strings.

    python oracles/tokenizer_parity.py --model FOLDER --out expected.jsonl DATA...
    node scripts/ts.mjs bench/tokenizer-parity.ts FOLDER expected.jsonl

DATA are .tsv, .csv, .jsonl or .jsonl.gz files; every field that is not the label is a text, two make pairs too.
Written with transformers 4.57.6 and tokenizers 0.22.2.
"""

import argparse
import csv
import gzip
import io
import json
import random
import sys

from hard_strings import hard_strings
from transformers import AutoTokenizer

csv.field_size_limit(sys.maxsize)


def rows(path):
    opened = gzip.open(path, "rt", encoding="utf-8", newline="") if path.endswith(".gz") else open(
        path, encoding="utf-8", newline="")
    with opened as file:
        if ".jsonl" in path:
            for line in file:
                yield [v for k, v in json.loads(line).items() if k != "label"]
        else:
            tab = ".tsv" in path
            reader = csv.reader(file, delimiter="\t" if tab else ",", quoting=csv.QUOTE_NONE if tab else csv.QUOTE_MINIMAL)
            header = next(reader)
            for row in reader:
                yield [v for k, v in zip(header, row) if k != "label"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--hard", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--code-points", action="store_true", help="every code point between two letters as well")
    parser.add_argument("data", nargs="*")
    args = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(args.model, use_fast=True)
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.model_max_length = 10**9

    def expected(text, pair, length):
        limits = dict(truncation="longest_first", max_length=length) if length else {}
        # A batch of one, since a single call drops an empty second text.
        batch = tokenizer([text], None if pair is None else [pair], return_token_type_ids=True, **limits)
        case = {"text": text, "ids": batch["input_ids"][0], "types": batch["token_type_ids"][0]}
        if pair is not None:
            case["pair"] = pair
        if length:
            case["length"] = length
        return json.dumps(case, ensure_ascii=True) + "\n"

    rng = random.Random(args.seed)
    with io.open(args.out, "w", encoding="utf-8") as out:
        for path in args.data:
            for fields in rows(path):
                for field in fields:
                    out.write(expected(field, None, None))
                    out.write(expected(field, None, 128))
                if len(fields) == 2:
                    out.write(expected(fields[0], fields[1], None))
                    out.write(expected(fields[0], fields[1], rng.randint(4, 64)))
        before = ""
        for text in hard_strings(args.hard, args.seed):
            out.write(expected(text, None, None))
            out.write(expected(text, None, rng.randint(4, 40)))
            if len(text) < 1000:
                out.write(expected(before, text, rng.randint(4, 40)))
                before = text
        if args.code_points:
            for code in range(0x110000):
                if not 0xD800 <= code < 0xE000:
                    out.write(expected(f"a{chr(code)}b {chr(code)} A{chr(code)}", None, None))


main()
