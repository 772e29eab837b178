"""Writes test/fixtures/text/*.json: two tiny vocabularies and what Hugging Face's fast tokenizers make of hard strings.

    python oracles/tokenizer_fixture.py test/fixtures/text

Each case: [text, pair or null, maximum length or null, ids, token types, word ids]. The word ids are computed from the
offsets of the tokens of a pre-token: the whitespace-separated word its first visible character stands in.
Written with transformers 4.57.6 and tokenizers 0.22.2.
"""

import json
import re
import sys
import tempfile
from pathlib import Path

from hard_strings import hard_strings
from tokenizers import ByteLevelBPETokenizer
from transformers import BertTokenizerFast, RobertaTokenizerFast

STRINGS = [
    "", " ", "\n\t ", "a", "The film isn't bad, but unbelievable!", "unbelievably  good\u00a0films", "x" * 100, "x" * 101, "é" * 101,
    "unfilmable " * 30, "ΟΔΟΣ ΣΑΣ Σ", "İstanbul", "a\u200bb film", "good\u200d film\ufeff bad", "a\x0bb a\x85b a\u2028b", "日本語中文 film",
    "\U00020000\U0002a6df good", "👩‍👩‍👧 film 👍🏽", "e\u0301 é ñ Å ﬁ", "한국어", "𝕳𝖊 film", "[MASK] x[SEP]y [mask] [UNK]ed [CLS",
    "...!!!???", "$3.50—“good”…’s", "�bad\x00film", "\u0378film\U0010ffff", "<s> a </s></s>  <mask> b<pad>", "ß ẞ ŉ", "½ Ⅷ ٣",
    "\u1734\u166dfilm\U0001e947", "Café-au-lait FILM", "a\u061db", "_under+score=film^~`|<>", " leading and trailing ", "don't we'll I'M",
]
TRAINED_ON = [(text, 3) for text in STRINGS] + [("a good film", 20), ("the film isn't bad", 20), ("unbelievable films", 20)]
PAIRS = [
    ("a good film", "bad"), ("a good film", ""), ("", "film"), ("a a a a a", "b b b"), ("a a a", "b b b b b"), ("a a a", "b b b"),
    ("unbelievable film", "isn't  it?"),
]
# Unicode's White_Space; str.isspace counts U+001C to U+001F too
WHITE_SPACE = "".join(c for c in map(chr, range(0x3001)) if c.isspace() and not "\x1c" <= c <= "\x1f")
SEPARATOR = r"[^\t\n\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"


def cases(tokenizer, special, more=()):
    def one(text, pair, length):
        limits = dict(truncation="longest_first", max_length=length) if length else {}
        batch = tokenizer([text], None if pair is None else [pair], return_token_type_ids=True, **limits)
        encoding = batch.encodings[0]
        words = []
        for sequence, (start, end) in zip(encoding.sequence_ids, encoding.offsets):
            source = [text, pair][sequence] if sequence is not None else ""
            visible = start + len(source[start:end]) - len(source[start:end].lstrip(WHITE_SPACE)) if sequence is not None else 0
            found = [i for i, m in enumerate(re.finditer(SEPARATOR, source)) if m.start() <= visible < m.end()]
            words.append(found[0] if found and visible < end else -1)
        units = list(zip(encoding.sequence_ids, encoding.word_ids))
        for i, unit in reversed(list(enumerate(units))):  # a space token in front of its word has an empty span
            if words[i] < 0 and unit[1] is not None and units[i + 1] == unit:
                words[i] = words[i + 1]
        return [text, pair, length, encoding.ids, encoding.type_ids, words]

    out = [one(text, None, None) for text in (*STRINGS, *more) if len(text) < 300] + [one(STRINGS[9], None, 20), one(STRINGS[4], None, special)]
    for first, second in PAIRS:
        out += [one(first, second, length) for length in (None, 2 * special, 2 * special + 1, 2 * special + 3)]
    return out


def wordpiece(out):
    letters = sorted(set("".join(STRINGS) + "".join(STRINGS).lower() + "abcdefghijklmnopqrstuvwxyze\u0301") - set(" \n\t\r\x00\x0b\x85\u2028\u00a0"))
    words = ["film", "##film", "good", "bad", "un", "##believ", "##able", "##ably", "##s", "the", "The", "isn", "cafe", "caf", "##é", "##e", "日", "中"]
    inner = [f"##{c}" for c in "abcdefghijklmnopqrstuvwxyzσΣσς3"]
    vocab = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + words + inner))
    result = {"vocab": vocab, "settings": []}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.txt").write_text("".join(f"{t}\n" for t in vocab), encoding="utf-8")
        for settings in ({"do_lower_case": True}, {"do_lower_case": False}, {"do_lower_case": True, "strip_accents": False, "tokenize_chinese_chars": False}):
            tokenizer = BertTokenizerFast(vocab_file=f"{folder}/vocab.txt", **settings)
            result["settings"].append({"config": settings, "cases": cases(tokenizer, 2)})
    write(out / "wordpiece-cases.json", result)


def byte_level(out):
    trainer = ByteLevelBPETokenizer()
    trainer.train_from_iterator([line for line, count in TRAINED_ON for _ in range(count)], vocab_size=340,
                                special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], show_progress=False)
    with tempfile.TemporaryDirectory() as folder:
        trainer.save_model(folder)
        tokenizer = RobertaTokenizerFast(vocab_file=f"{folder}/vocab.json", merges_file=f"{folder}/merges.txt", model_max_length=64)
        tokenizer.save_pretrained(folder)
        files = {name: (Path(folder) / name).read_text(encoding="utf-8") for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")}
    files["tokenizer.json"] = json.dumps(json.loads(files["tokenizer.json"]), ensure_ascii=False)
    write(out / "byte-level-cases.json", {"trained_on": TRAINED_ON, "files": files, "cases": cases(tokenizer, 2, list(hard_strings(40, 3))[-40:])})


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace('],["', '],\n["') + "\n", encoding="utf-8")


target = Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
wordpiece(target)
byte_level(target)
