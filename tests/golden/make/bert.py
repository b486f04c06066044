"""bert_forward_backward.json and dropout_statistics.json: the encoder, its gradients, and each of its dropout sites."""

from __future__ import annotations

import torch

from encoder import POOLINGS, SITES, encode, mask_positions, pool, position_ids
from files import Difference, Json, completed, load, named, named_tensor, tensor, without

PASSES_AT_ONCE = 500
SEED = 20240131


def inputs_of(case: dict[str, Json]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    ids, types = (torch.tensor(case[name]) for name in ("input_ids", "token_type_ids"))
    return ids, tensor(case["attention_mask"]), types


def forward_backward(case: dict[str, Json]) -> dict[str, Json]:
    """loss = sum(C.hidden * last_hidden_state) + the same for each pooling, and its gradient for every weight."""
    weights = {name: named_tensor(value).requires_grad_() for name, value in case["weights"].items()}
    ids, mask, types = inputs_of(case)
    encoded = encode(weights, case["config"], ids, mask, types)
    pooled = pool(encoded.last, mask)
    coefficients = {name: tensor(value) for name, value in case["loss_coefficients"].items()}
    loss = (coefficients["hidden"] * encoded.last).sum()
    loss = loss + sum((coefficients[name] * vectors).sum() for name, vectors in pooled.items())
    loss.backward()
    return {
        "position_ids": position_ids(case["config"], ids),
        "mask_position": mask_positions(mask),
        "hidden_states": torch.stack(encoded.states[:-1]),
        "attention_probs_layer0": encoded.probabilities[0],
        "last_hidden_state": encoded.last,
        "pooled": pooled,
        "loss": loss,
        "grads": {name: named(gradient(name, weight)) for name, weight in weights.items()},
    }


def gradient(name: str, weight: torch.Tensor) -> torch.Tensor:
    """The softmax ignores a constant added to all keys: the true gradient of key.bias is 0, autograd's is rounding."""
    if name.endswith("attention.self.key.bias"):
        assert weight.grad.abs().max() < 1e-10
        return torch.zeros_like(weight)
    return weight.grad


BERT_INPUTS = "name config input_ids attention_mask token_type_ids weights loss_coefficients".split()


def bert_forward_backward() -> Json:
    stored = load("bert_forward_backward")
    cases = [completed(c, forward_backward({name: c[name] for name in BERT_INPUTS})) for c in stored["cases"]]
    return {**stored, "cases": cases}


def cosine(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return (a * b).sum(-1) / (a.norm(dim=-1) * b.norm(dim=-1))


def statistics_of(case: dict[str, Json], sites: list[str], generator: torch.Generator) -> dict[str, Json]:
    """Cosines of n_passes pairs of independent passes with dropout at some sites, and to the pass without dropout."""
    weights = {name: named_tensor(value) for name, value in case["weights"].items()}
    ids, mask, types = inputs_of(case)
    keep = 1 - case["p"]

    def dropout(site: str, x: torch.Tensor) -> torch.Tensor:
        if site not in sites:
            return x
        return x * (torch.rand(x.shape, generator=generator, dtype=x.dtype) < keep) / keep

    def passes(count: int) -> dict[str, torch.Tensor]:
        repeated = [x.repeat(count, 1) for x in (ids, mask, types)]
        pooled = pool(encode(weights, case["config"], *repeated, dropout=dropout).last, repeated[1])
        return {name: vectors.reshape(count, len(ids), -1) for name, vectors in pooled.items()}

    plain = pool(encode(weights, case["config"], ids, mask, types).last, mask)
    two: dict[str, list[torch.Tensor]] = {name: [] for name in POOLINGS}
    to_plain: dict[str, list[torch.Tensor]] = {name: [] for name in POOLINGS}
    for _ in range(case["n_passes"] // PASSES_AT_ONCE):
        a, b = passes(PASSES_AT_ONCE), passes(PASSES_AT_ONCE)
        for name in POOLINGS:
            two[name].append(cosine(a[name], b[name]))
            to_plain[name].append(cosine(a[name], plain[name]))
    return {name: summary(torch.cat(two[name]), torch.cat(to_plain[name])) for name in POOLINGS}


def summary(two: torch.Tensor, to_plain: torch.Tensor) -> dict[str, Json]:
    """Of cosines [passes, sentences]. 2 - 2 cos is the squared distance of unit vectors: the alignment loss."""
    distances = (2 - 2 * two).mean(dim=1)
    root = len(two) ** 0.5
    return {
        "cos_two_passes_mean": two.mean(dim=0),
        "cos_two_passes_std": two.std(dim=0),
        "cos_two_passes_se": two.std(dim=0) / root,
        "cos_to_no_dropout_mean": to_plain.mean(dim=0),
        "cos_to_no_dropout_se": to_plain.std(dim=0) / root,
        "alignment": distances.mean(),
        "alignment_se": distances.std() / root,
    }


def dropout_statistics() -> Json:
    stored = load("dropout_statistics")
    case = without(stored, ["results", "no_dropout", "mask_position", "position_ids"])
    ids, mask, types = inputs_of(case)
    weights = {name: named_tensor(value) for name, value in case["weights"].items()}
    generator = torch.Generator().manual_seed(SEED)
    outputs = {
        "position_ids": position_ids(case["config"], ids),
        "mask_position": mask_positions(mask),
        "no_dropout": pool(encode(weights, case["config"], ids, mask, types).last, mask),
        "results": [
            {"sites": sites, **statistics_of(case, sites, generator)} for sites in [SITES, *([site] for site in SITES)]
        ],
    }
    return completed(stored, outputs)


def compare_dropout(fresh: Json, stored: Json, difference: Difference) -> None:
    """Other random numbers must agree within five standard errors; the standard errors themselves within 10 %."""
    difference.compare(without(fresh, ["results"]), without(stored, ["results"]))
    for a, b in zip(fresh["results"], stored["results"], strict=True):
        for pooling in POOLINGS:
            for mean, error in [
                ("cos_two_passes_mean", "cos_two_passes_se"),
                ("cos_to_no_dropout_mean", "cos_to_no_dropout_se"),
                ("alignment", "alignment_se"),
            ]:
                ours, theirs, e1, e2 = (
                    torch.atleast_1d(tensor(side[pooling][key])) for key in (mean, error) for side in (a, b)
                )
                place = f"{'+'.join(b['sites'])}/{pooling}/{mean}"
                if ((ours - theirs).abs() > 5 * (e1**2 + e2**2).sqrt()).any():
                    difference.mismatches.append(f"{place}: more than five standard errors apart")
                if ((e1 / e2 - 1).abs() > 0.1).any():
                    difference.mismatches.append(f"{place}: standard errors differ by more than 10 %")
