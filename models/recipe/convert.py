#!/usr/bin/env python3
"""Turns a checkpoint into a folder in Hugging Face's layout, weights as F16, without the prediction head.

    python3 convert.py --data DIR --size pocket --to models/pocket

The folder's files are written whole under another name and then renamed, so that readers never see half of one.
"""

import argparse
import json
import struct
from pathlib import Path

import torch

import bert
from vocabulary import SPECIAL


def safetensors(tensors):
    """The bytes of a safetensors file: the length of the header, the header (JSON), then the tensors one by one."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, value in tensors.items():
        size = value.numel() * 2
        header[name] = {"dtype": "F16", "shape": list(value.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(value.half().numpy().tobytes() for value in tensors.values())


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="folder of tokenizer.json and the run")
    options.add_argument("--size", choices=bert.SIZES, required=True)
    options.add_argument("--run", help="folder of the run in it (the size's name)")
    options.add_argument("--checkpoint", default="checkpoint.pt", help="file in the folder of the run")
    options.add_argument("--to", type=Path, required=True, help="folder of the model")
    chosen = options.parse_args()
    size = bert.SIZES[chosen.size]
    kept = torch.load(chosen.data / (chosen.run or chosen.size) / chosen.checkpoint, map_location="cpu")
    tensors = {name: value.contiguous() for name, value in kept["parameters"].items() if not name.startswith("cls.")}
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": bert.VOCABULARY,
        "hidden_size": size.hidden,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "intermediate_size": size.feedForward,
        "max_position_embeddings": bert.POSITIONS,
        "type_vocab_size": 2,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": bert.SPREAD,
        "layer_norm_eps": bert.EPSILON,
        "pad_token_id": 0,
        "torch_dtype": "float16",
    }
    tokenizer = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": bert.POSITIONS}
    tokenizer.update({f"{token[1:-1].lower()}_token": token for token in SPECIAL})
    files = {
        "config.json": (json.dumps(config, indent=2) + "\n").encode(),
        "tokenizer.json": (chosen.data / "tokenizer.json").read_bytes(),
        "tokenizer_config.json": (json.dumps(tokenizer, indent=2) + "\n").encode(),
        "model.safetensors": safetensors(tensors),
    }
    chosen.to.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (chosen.to / f".{name}.part").write_bytes(content)
    for name in files:
        (chosen.to / f".{name}.part").replace(chosen.to / name)
    size, step = sum(map(len, files.values())), kept["step"]
    print(f"step {step:,}, {kept['seen']:,} tokens: {size / 1e6:.2f} MB in {chosen.to}")


if __name__ == "__main__":
    main()
