"""A small BERT with a masked-language-modelling head, as plain functions over a dictionary of named parameters.

The names are those of Hugging Face's files, so a checkpoint needs no renaming. Several sentences stand in a row of 64
positions, each attending to itself alone and counting its positions from 0. Only masked positions are predicted, so the
last layer computes queries, output and feed-forward for them alone: the same gradients for two thirds of the work.
"""

from dataclasses import dataclass

import torch
from torch.nn import functional as F

VOCABULARY, POSITIONS, EPSILON = 8_192, 64, 1e-12
SPREAD = 0.02  # standard deviation of the first weights


@dataclass(frozen=True)
class Size:
    layers: int
    hidden: int
    heads: int
    feedForward: int


SIZES = {"pocket": Size(2, 128, 2, 512), "mini": Size(4, 256, 4, 1_024)}


def shapes(size):
    """Every parameter's name and shape, in the order of the file; `cls.*` is the head, which is not shipped."""
    yield "embeddings.word_embeddings.weight", (VOCABULARY, size.hidden)
    yield "embeddings.position_embeddings.weight", (POSITIONS, size.hidden)
    yield "embeddings.token_type_embeddings.weight", (2, size.hidden)
    yield from affine("embeddings.LayerNorm", size.hidden)
    for layer in range(size.layers):
        at = f"encoder.layer.{layer}"
        for role in ("query", "key", "value"):
            yield from affine(f"{at}.attention.self.{role}", size.hidden, size.hidden)
        yield from affine(f"{at}.attention.output.dense", size.hidden, size.hidden)
        yield from affine(f"{at}.attention.output.LayerNorm", size.hidden)
        yield from affine(f"{at}.intermediate.dense", size.feedForward, size.hidden)
        yield from affine(f"{at}.output.dense", size.hidden, size.feedForward)
        yield from affine(f"{at}.output.LayerNorm", size.hidden)
    yield from affine("cls.predictions.transform.dense", size.hidden, size.hidden)
    yield from affine("cls.predictions.transform.LayerNorm", size.hidden)
    yield "cls.predictions.bias", (VOCABULARY,)


def affine(name, *shape):
    yield f"{name}.weight", shape
    yield f"{name}.bias", shape[:1]


def fresh(size, seed, device):
    """Random parameters: normal weights, zero biases, layer norms 1 and 0."""
    random = torch.Generator().manual_seed(seed)
    parameters = {}
    for name, shape in shapes(size):
        if name.endswith("bias"):
            parameters[name] = torch.zeros(shape)
        elif "LayerNorm" in name:
            parameters[name] = torch.ones(shape)
        else:
            parameters[name] = torch.randn(shape, generator=random) * SPREAD
    return {name: value.to(device).requires_grad_() for name, value in parameters.items()}


def predict(size, parameters, ids, positions, sentence, places):
    """Scores over the vocabulary at the masked places.

    ids, positions, sentence: [rows, length], each token's id, its position within its sentence, and the number of its
    sentence within the row; places: [rows, masked], where to predict. Returns [rows * masked, vocabulary].
    """

    def dense(x, *names):
        weights, biases = ([parameters[f"{name}.{part}"] for name in names] for part in ("weight", "bias"))
        return F.linear(x, torch.cat(weights), torch.cat(biases))

    def norm(x, name):
        return F.layer_norm(x, (size.hidden,), parameters[f"{name}.weight"], parameters[f"{name}.bias"], EPSILON)

    def heads(x):
        return x.view(x.shape[0], x.shape[1], size.heads, size.hidden // size.heads).transpose(1, 2)

    table = parameters["embeddings.word_embeddings.weight"]
    x = F.embedding(ids, table) + F.embedding(positions, parameters["embeddings.position_embeddings.weight"])
    x = norm(x + parameters["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    same = sentence[:, None, :, None] == sentence[:, None, None, :]
    for layer in range(size.layers):
        at = f"encoder.layer.{layer}"
        attention = f"{at}.attention.self"
        if layer < size.layers - 1:
            query, key, value = dense(x, f"{attention}.query", f"{attention}.key", f"{attention}.value").split(size.hidden, 2)
        else:
            key, value = dense(x, f"{attention}.key", f"{attention}.value").split(size.hidden, 2)
            x = x.gather(1, places[:, :, None].expand(-1, -1, size.hidden))
            query = dense(x, f"{attention}.query")
            same = same.gather(2, places[:, None, :, None].expand(-1, 1, -1, same.shape[3]))
        scores = heads(query * (size.hidden // size.heads) ** -0.5) @ heads(key).transpose(2, 3)
        weights = scores.masked_fill(~same, -1e4).softmax(-1)
        context = (weights.to(value.dtype) @ heads(value)).transpose(1, 2).reshape(x.shape)
        x = norm(x + dense(context, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
        inner = F.gelu(dense(x, f"{at}.intermediate.dense"))
        x = norm(x + dense(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    x = norm(F.gelu(dense(x, "cls.predictions.transform.dense")), "cls.predictions.transform.LayerNorm")
    return F.linear(x.view(-1, size.hidden), table, parameters["cls.predictions.bias"])
