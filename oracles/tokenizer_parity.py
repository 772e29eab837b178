"""Expected ids of Hugging Face's fast tokenizers for every text of some data files, and for hard strings.

    python oracles/tokenizer_parity.py --model FOLDER --out expected.jsonl DATA...
    npx rolldown bench/tokenizer-parity.ts --platform node --format esm --file parity.mjs
    node parity.mjs FOLDER expected.jsonl

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


def hard_strings(count, seed):
    """Random mixtures of what breaks tokenizers, led by the cases worth naming."""
    rng = random.Random(seed)
    yield from ["", " ", "\n\t", "a", "x" * 100, "x" * 101, "é" * 101, "y" * 10_000, "word " * 100_000, "ΟΔΟΣ ΣΑΣ Σ", "İstanbul",
                "a\u200bb", "zero\u200d width\ufeff join", "a\x0bb a\x85b a\u2028b", "\u00a0non\u00a0break\u3000", "日本語テキスト中文",
                "\U00020000\U0002a6df ext", "👩‍👩‍👧‍👦 family 👍🏽", "e\u0301 é ñ Å ﬁ ﬀ", "한국어 각 텍스트", "𝕳𝖊𝖑𝖑𝖔", "[MASK] x[SEP]y [mask] [UNK]ed [CLS",
                "...!!!???", "$3.50—“quoted”…’s", "don't can't won't I'm they'll", "�bad\x00nul", "\u0378unassigned\U0010ffff",
                "<s> a </s></s> <mask> b<pad>", "  <mask>  x", "ß ẞ ŉ ǰ ΐ", "\u1e9b\u0323", "٣٤٥ ௧ Ⅷ ½", "سلام שלום हिन्दी ไทย"]
    ranges = [(0x20, 0x7e)] * 6 + [(0, 0x1f), (0x7f, 0xff), (0x100, 0x24f), (0x300, 0x36f), (0x370, 0x5ff), (0x900, 0xdff),
              (0x1e00, 0x1fff), (0x2000, 0x206f), (0x20a0, 0x2bff), (0x3000, 0x30ff), (0x3400, 0x9fff), (0xac00, 0xd7a3),
              (0xf900, 0xffff), (0x10000, 0x1ffff), (0x1f300, 0x1faff), (0x20000, 0x2ffff), (0xe0000, 0xe01ff)]
    common = "the of and film movie not good bad isn't unbelievable [MASK] [SEP] <mask> </s>".split()
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 30)):
            if rng.random() < 0.5:
                parts.append(rng.choice(common))
            else:
                low, high = rng.choice(ranges)
                parts.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 8))))
            parts.append(rng.choice(["", " ", " ", " ", "  ", "\n", ", "]))
        yield "".join(parts)


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
