"""Writes test/fixtures/models/tiny-distilbert: a DistilBERT with random weights and what transformers works out with it.

The files and versions are those of tiny_model.py.
Usage: python oracles/tiny_distilbert.py test/fixtures/models/tiny-distilbert
"""

import pathlib
import sys

from tiny_model import write_fixture
from transformers import DistilBertConfig, DistilBertForMaskedLM, DistilBertForSequenceClassification

CONFIG = DistilBertConfig(
    vocab_size=40,
    dim=16,
    n_layers=2,
    n_heads=4,
    hidden_dim=24,
    max_position_embeddings=20,
    num_labels=3,
    attn_implementation="eager",
)

if __name__ == "__main__":
    classes = (DistilBertForSequenceClassification, DistilBertForMaskedLM)
    write_fixture(pathlib.Path(sys.argv[1]), CONFIG, classes, token_types=False)
