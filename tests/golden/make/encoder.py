"""BERT and RoBERTa written out in PyTorch (Devlin et al. 2019; post-LN, erf GELU), with dropout at chosen sites."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch.nn.functional import gelu, layer_norm, linear

from files import Json

Weights = dict[str, torch.Tensor]
Dropout = Callable[[str, torch.Tensor], torch.Tensor]
"""Drops activations of a site: embeddings, attention_probs, attention_output or ffn_output."""

SITES = ["embeddings", "attention_probs", "attention_output", "ffn_output"]
POOLINGS = ["cls", "mean", "mask"]


def no_dropout(_site: str, x: torch.Tensor) -> torch.Tensor:
    return x


@dataclass
class Encoded:
    """States of every layer [B, L, H], the embedding output first, and attention probabilities [B, heads, L, L]."""

    states: list[torch.Tensor]
    probabilities: list[torch.Tensor] = field(default_factory=list)

    @property
    def last(self) -> torch.Tensor:
        return self.states[-1]


def position_ids(config: dict[str, Json], ids: torch.Tensor) -> torch.Tensor:
    """BERT counts from 0; RoBERTa counts the tokens that are not padding and adds the padding id."""
    if config["model_type"] == "bert":
        return torch.arange(ids.shape[1]).expand_as(ids)
    real = (ids != config["pad_token_id"]).long()
    return real.cumsum(dim=1) * real + config["pad_token_id"]


def encode(
    weights: Weights,
    config: dict[str, Json],
    ids: torch.Tensor,
    mask: torch.Tensor,
    types: torch.Tensor,
    dropout: Dropout = no_dropout,
) -> Encoded:
    def normalised(name: str, x: torch.Tensor) -> torch.Tensor:
        gamma, beta = weights[f"{name}.LayerNorm.weight"], weights[f"{name}.LayerNorm.bias"]
        return layer_norm(x, gamma.shape, gamma, beta, config["layer_norm_eps"])

    def dense(name: str, x: torch.Tensor) -> torch.Tensor:
        return linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    tables = {"word": ids, "token_type": types, "position": position_ids(config, ids)}
    x = sum(weights[f"embeddings.{name}_embeddings.weight"][index] for name, index in tables.items())
    x = dropout("embeddings", normalised("embeddings", x))
    encoded = Encoded([x])
    batch, length, hidden = x.shape
    heads = config["num_attention_heads"]
    hidden_keys = (1 - mask[:, None, None, :]) * -10000.0

    def split(y: torch.Tensor) -> torch.Tensor:
        return y.reshape(batch, length, heads, hidden // heads).transpose(1, 2)

    for layer in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{layer}"
        query, key, value = (split(dense(f"{name}.attention.self.{part}", x)) for part in ("query", "key", "value"))
        scores = query @ key.transpose(2, 3) / math.sqrt(hidden // heads) + hidden_keys
        probabilities = scores.softmax(dim=-1)
        encoded.probabilities.append(probabilities)
        mixed = dropout("attention_probs", probabilities) @ value
        mixed = mixed.transpose(1, 2).reshape(batch, length, hidden)
        mixed = dropout("attention_output", dense(f"{name}.attention.output.dense", mixed))
        x = normalised(f"{name}.attention.output", x + mixed)
        inner = gelu(dense(f"{name}.intermediate.dense", x))
        x = normalised(f"{name}.output", x + dropout("ffn_output", dense(f"{name}.output.dense", inner)))
        encoded.states.append(x)
    return encoded


def mask_positions(mask: torch.Tensor) -> torch.Tensor:
    """[MASK] of the prompt stands before the last real token (models.py:265-270)."""
    return mask.sum(dim=1).long() - 2


def pool(last: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
    """Sentence vectors [B, H] by name of the pooling."""
    weight = mask.unsqueeze(-1).to(last.dtype)
    return {
        "cls": last[:, 0],
        "mean": (last * weight).sum(dim=1) / weight.sum(dim=1),
        "mask": last[torch.arange(len(last)), mask_positions(mask)],
    }
