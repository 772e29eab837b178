"""Writes test/fixtures/models/tiny-roberta: a RoBERTa with random weights and what transformers works out with it.

The files and versions are those of tiny_model.py. As in roberta-base: one token type, ε = 1e-5, and two positions more
than tokens, for they are counted from the padding token's id + 1.
Usage: python oracles/tiny_roberta.py test/fixtures/models/tiny-roberta
"""

import pathlib
import sys

from tiny_model import write_fixture
from transformers import RobertaConfig, RobertaForMaskedLM, RobertaForSequenceClassification

CONFIG = RobertaConfig(
    vocab_size=40,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=24,
    max_position_embeddings=22,
    type_vocab_size=1,
    layer_norm_eps=1e-5,
    num_labels=3,
    attn_implementation="eager",
)

if __name__ == "__main__":
    classes = (RobertaForSequenceClassification, RobertaForMaskedLM)
    write_fixture(pathlib.Path(sys.argv[1]), CONFIG, classes, token_types=False)
