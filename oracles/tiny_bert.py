"""Writes test/fixtures/models/tiny-bert: a BERT with random weights and what transformers works out with it.

The files and versions are those of tiny_model.py.
Usage: python oracles/tiny_bert.py test/fixtures/models/tiny-bert
"""

import pathlib
import sys

from tiny_model import write_fixture
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification

CONFIG = BertConfig(
    vocab_size=50,
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=48,
    max_position_embeddings=20,
    num_labels=3,
    attn_implementation="eager",
)

if __name__ == "__main__":
    classes = (BertForSequenceClassification, BertForMaskedLM)
    write_fixture(pathlib.Path(sys.argv[1]), CONFIG, classes, token_types=True)
