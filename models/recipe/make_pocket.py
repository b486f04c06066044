#!/usr/bin/env python3
"""Makes models/pocket: a lower-cased WordPiece vocabulary learnt from the bundled corpora, and a BERT of 2 layers
with random weights (normal 0.02, as BERT begins). Pre-training is a step of its own, not done yet.

    pip install numpy tokenizers safetensors
    python3 models/recipe/make_pocket.py
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import BertWordPieceTokenizer
from tokenizers.processors import BertProcessing

ROOT = Path(__file__).resolve().parents[2]
CORPORA = ROOT / "public" / "corpora"
TARGET = ROOT / "models" / "pocket"
VOCABULARY, HIDDEN, LAYERS, HEADS, INTERMEDIATE, POSITIONS = 8192, 128, 2, 2, 512, 64
SEED = 20240


def sentences():
    for path in sorted(CORPORA.rglob("*")):
        if path.suffix == ".jsonl":
            for line in path.read_text(encoding="utf-8").splitlines():
                group = json.loads(line)
                yield from (group[role] for role in ("anchor", "positive", "intermediate", "negative") if role in group)
        elif path.suffix == ".txt":
            yield from path.read_text(encoding="utf-8").splitlines()


def tokenizer():
    learner = BertWordPieceTokenizer(lowercase=True)
    learner.train_from_iterator(sentences(), vocab_size=VOCABULARY, min_frequency=1, show_progress=False)
    assert learner.get_vocab_size() == VOCABULARY, learner.get_vocab_size()
    special = {token: learner.token_to_id(token) for token in ("[SEP]", "[CLS]")}
    learner.post_processor = BertProcessing(("[SEP]", special["[SEP]"]), ("[CLS]", special["[CLS]"]))
    learner.save(str(TARGET / "tokenizer.json"), pretty=False)
    config = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": POSITIONS}
    for role in ("pad", "unk", "cls", "sep", "mask"):
        config[f"{role}_token"] = f"[{role.upper()}]"
    write_json("tokenizer_config.json", config)


def write_json(name, value):
    (TARGET / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def weights():
    random = np.random.default_rng(SEED)
    tensors = {}

    def normal(name, *shape):
        tensors[name] = random.normal(0, 0.02, shape).astype(np.float16)

    def dense(name, output, size):
        normal(f"{name}.weight", output, size)
        tensors[f"{name}.bias"] = np.zeros(output, np.float16)

    def norm(name):
        tensors[f"{name}.weight"] = np.ones(HIDDEN, np.float16)
        tensors[f"{name}.bias"] = np.zeros(HIDDEN, np.float16)

    normal("embeddings.word_embeddings.weight", VOCABULARY, HIDDEN)
    tensors["embeddings.word_embeddings.weight"][0] = 0
    normal("embeddings.position_embeddings.weight", POSITIONS, HIDDEN)
    normal("embeddings.token_type_embeddings.weight", 2, HIDDEN)
    norm("embeddings.LayerNorm")
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        for role in ("query", "key", "value"):
            dense(f"{at}.attention.self.{role}", HIDDEN, HIDDEN)
        dense(f"{at}.attention.output.dense", HIDDEN, HIDDEN)
        norm(f"{at}.attention.output.LayerNorm")
        dense(f"{at}.intermediate.dense", INTERMEDIATE, HIDDEN)
        dense(f"{at}.output.dense", HIDDEN, INTERMEDIATE)
        norm(f"{at}.output.LayerNorm")
    save_file(tensors, str(TARGET / "model.safetensors"), metadata={"format": "pt"})


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    tokenizer()
    weights()
    write_json(
        "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": VOCABULARY,
            "hidden_size": HIDDEN,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS,
            "intermediate_size": INTERMEDIATE,
            "max_position_embeddings": POSITIONS,
            "type_vocab_size": 2,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "attention_probs_dropout_prob": 0.1,
            "initializer_range": 0.02,
            "layer_norm_eps": 1e-12,
            "pad_token_id": 0,
            "torch_dtype": "float16",
        },
    )


if __name__ == "__main__":
    main()
