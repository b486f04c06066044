"""A small BERT with a masked-language-modelling head, as plain functions over a dictionary of named parameters.

The names are those of Hugging Face's files, so a checkpoint needs no renaming. Only masked positions are predicted, so
the last layer computes queries, output and feed-forward for them alone: the same gradients for two thirds of the work.
"""

import torch
from torch.nn import functional as F

VOCABULARY, HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS, EPSILON = 8_192, 128, 2, 2, 512, 64, 1e-12
SPREAD = 0.02  # standard deviation of the first weights


def shapes():
    """Every parameter's name and shape, in the order of the file; `cls.*` is the head, which is not shipped."""
    yield "embeddings.word_embeddings.weight", (VOCABULARY, HIDDEN)
    yield "embeddings.position_embeddings.weight", (POSITIONS, HIDDEN)
    yield "embeddings.token_type_embeddings.weight", (2, HIDDEN)
    yield from affine("embeddings.LayerNorm", HIDDEN)
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        for role in ("query", "key", "value"):
            yield from affine(f"{at}.attention.self.{role}", HIDDEN, HIDDEN)
        yield from affine(f"{at}.attention.output.dense", HIDDEN, HIDDEN)
        yield from affine(f"{at}.attention.output.LayerNorm", HIDDEN)
        yield from affine(f"{at}.intermediate.dense", FEED_FORWARD, HIDDEN)
        yield from affine(f"{at}.output.dense", HIDDEN, FEED_FORWARD)
        yield from affine(f"{at}.output.LayerNorm", HIDDEN)
    yield from affine("cls.predictions.transform.dense", HIDDEN, HIDDEN)
    yield from affine("cls.predictions.transform.LayerNorm", HIDDEN)
    yield "cls.predictions.bias", (VOCABULARY,)


def affine(name, *shape):
    yield f"{name}.weight", shape
    yield f"{name}.bias", shape[:1]


def fresh(seed):
    """Random parameters: normal weights, zero biases, layer norms 1 and 0."""
    random = torch.Generator().manual_seed(seed)
    parameters = {}
    for name, shape in shapes():
        if name.endswith("bias"):
            parameters[name] = torch.zeros(shape)
        elif "LayerNorm" in name:
            parameters[name] = torch.ones(shape)
        else:
            parameters[name] = torch.randn(shape, generator=random) * SPREAD
    return {name: value.requires_grad_() for name, value in parameters.items()}


def predict(parameters, ids, present, places, valid):
    """Scores over the vocabulary at the masked places.

    ids, present: [rows, length], token ids and 1 where a token stands; places, valid: [rows, most], the masked
    positions of each row, filled up to the most that any row has. Returns [number of valid places, vocabulary].
    """

    def dense(x, *names):
        weights, biases = ([parameters[f"{name}.{part}"] for name in names] for part in ("weight", "bias"))
        return F.linear(x, torch.cat(weights), torch.cat(biases))

    def norm(x, name):
        return F.layer_norm(x, (HIDDEN,), parameters[f"{name}.weight"], parameters[f"{name}.bias"], EPSILON)

    def heads(x):
        return x.view(x.shape[0], x.shape[1], HEADS, HIDDEN // HEADS).transpose(1, 2)

    length = ids.shape[1]
    table = parameters["embeddings.word_embeddings.weight"]
    x = F.embedding(ids, table) + parameters["embeddings.position_embeddings.weight"][:length]
    x = norm(x + parameters["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    hidden = (1.0 - present[:, None, None, :]) * -1e4
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        attention = f"{at}.attention.self"
        if layer < LAYERS - 1:
            query, key, value = dense(x, f"{attention}.query", f"{attention}.key", f"{attention}.value").split(HIDDEN, 2)
        else:
            key, value = dense(x, f"{attention}.key", f"{attention}.value").split(HIDDEN, 2)
            x = x.gather(1, places[:, :, None].expand(-1, -1, HIDDEN))
            query = dense(x, f"{attention}.query")
        scores = heads(query * (HIDDEN // HEADS) ** -0.5) @ heads(key).transpose(2, 3) + hidden
        context = (scores.softmax(-1) @ heads(value)).transpose(1, 2).reshape(x.shape)
        if layer == LAYERS - 1:
            context, x = context[valid], x[valid]
        x = norm(x + dense(context, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
        inner = F.gelu(dense(x, f"{at}.intermediate.dense"))
        x = norm(x + dense(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    x = norm(F.gelu(dense(x, "cls.predictions.transform.dense")), "cls.predictions.transform.LayerNorm")
    return F.linear(x, table, parameters["cls.predictions.bias"])
