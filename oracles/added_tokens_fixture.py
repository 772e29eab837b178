"""Writes test/fixtures/text/added-tokens-cases.json: tokenizers whose files add tokens in the ways people have them, and what
transformers makes of some texts.

    python oracles/added_tokens_fixture.py test/fixtures/text

Each case: a name, the files by name, the size of the vocabulary and the ids of each text. Needs byte-level-cases.json beside
it. Written with transformers 4.57.6 and tokenizers 0.22.2.
"""

import json
import sys
import tempfile
from pathlib import Path

from transformers import AutoTokenizer, BertTokenizer, BertTokenizerFast

TEXTS = ["a film about covid19 and <user>!", "COVID19 is in <URL> <url><user>film", "plugh xyzzy  [MASK] good <e1> <e2> [X] <E1>",
         "covid19s uncovid19 Film films zzz", "a <user> b"]
VOCAB = ("[PAD] [UNK] [CLS] [SEP] [MASK] . , ! < > [ ] a film about and is in good un " + " ".join("bcdefghijklmnopqrstuvwxyz0123456789 ")
         + " " + " ".join(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz0123456789")).split()
SIZE = len(VOCAB)
target = Path(sys.argv[1])
byte_level = json.loads((target / "byte-level-cases.json").read_text())["files"]


def described(content, **flags):
    return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False, "special": False} | flags


def saved(tokenizer, names):
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        return {n: (Path(folder) / n).read_text() for n in names}


with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "vocab.txt").write_text("".join(f"{t}\n" for t in VOCAB))
    slow, fast, with_token = (cls(f"{folder}/vocab.txt") for cls in (BertTokenizer, BertTokenizerFast, BertTokenizerFast))
slow.add_tokens(["<user>", "covid19", "<url>"])
with_token.add_tokens(["covid19", "<user>"])
SLOW = ["vocab.txt", "added_tokens.json", "tokenizer_config.json", "special_tokens_map.json"]
VOCAB_TXT = {"vocab.txt": saved(slow, ["vocab.txt"])["vocab.txt"]}
FAST = saved(fast, ["tokenizer.json"])
config = json.loads(saved(with_token, ["tokenizer_config.json"])["tokenizer_config.json"])
decoder = config["added_tokens_decoder"]
decoder[str(SIZE)]["normalized"] = False
decoder |= {str(SIZE + 1000): described("xyzzy"), str(SIZE + 500): described("plugh")}
vocabulary = json.loads(byte_level["tokenizer.json"])["model"]
pairs = "".join((m if isinstance(m, str) else " ".join(m)) + "\n" for m in vocabulary["merges"])
first = len(vocabulary["vocab"])
dump = json.dumps
cases = {
    "saved by the slow tokenizer": saved(slow, SLOW),
    "an older slow one: added_tokens.json and the map": VOCAB_TXT | {
        "added_tokens.json": dump({"<user>": SIZE, "covid19": SIZE + 1, "<e1>": SIZE + 2}),
        "special_tokens_map.json": dump({"additional_special_tokens": ["<e1>"], "unk_token": "[UNK]"})},
    "special tokens, one in the vocabulary": VOCAB_TXT | {
        "added_tokens.json": dump({"zzz": SIZE + 1, "<user>": SIZE}),
        "tokenizer_config.json": dump({"additional_special_tokens": ["<e1>", "film"], "do_lower_case": False})},
    "a decoder with more than tokenizer.json": {
        "tokenizer.json": saved(with_token, ["tokenizer.json"])["tokenizer.json"], "tokenizer_config.json": dump(config)},
    "added_tokens.json beside tokenizer.json": FAST | {
        "added_tokens.json": dump({"<user>": SIZE, "covid19": SIZE + 3, "good": 3})},
    "a decoder with gaps": VOCAB_TXT | {"tokenizer_config.json": dump({"tokenizer_class": "BertTokenizer", "added_tokens_decoder": {
        str(SIZE + 10): described("covid19"), str(SIZE + 5): described("<user>", special=True, normalized=False), "7": {"content": "film"}}})},
    "special tokens in both files": FAST | {
        "tokenizer_config.json": dump({"additional_special_tokens": ["<e1>", "[X]"]}),
        "special_tokens_map.json": dump({"additional_special_tokens": ["<e2>"]})},
    "a special token that takes white space along": FAST | {"special_tokens_map.json": dump({"additional_special_tokens": [
        {"content": "<e2>", "lstrip": True, "rstrip": False, "normalized": False, "single_word": False}]})},
    "RoBERTa, tokenizer.json": {"tokenizer.json": byte_level["tokenizer.json"], "added_tokens.json": dump({"<user>": first, "covid19": first + 1})},
    "RoBERTa, vocab.json and merges.txt": {"vocab.json": dump(vocabulary["vocab"]), "merges.txt": "#version: 0.2\n" + pairs,
                                           "added_tokens.json": dump({"<user>": first, "covid19": first + 1})},
}
out = []
for name, files in cases.items():
    family = "roberta" if name.startswith("RoBERTa") else "bert"
    files = files | {"config.json": dump({"model_type": family})}
    with tempfile.TemporaryDirectory() as folder:
        for file, text in files.items():
            (Path(folder) / file).write_text(text)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    out.append({"name": name, "files": files, "size": len(tokenizer), "ids": [tokenizer(text)["input_ids"] for text in TEXTS]})
(target / "added-tokens-cases.json").write_text(dump({"texts": TEXTS, "cases": out}, indent=1) + "\n")
