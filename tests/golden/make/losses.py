"""infonce.json, hierarchical_triplet.json, combined.json: the losses of Li et al. 2024, gradients by autograd."""

from __future__ import annotations

import torch

from files import Json, completed, load, tensor, without

Place = tuple[str, int, int]
"""Which sentence a row or column is: source, group, sentence of the group."""


def cosines(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Cosine similarity of every row of a with every row of b; norms are clamped at 1e-8."""
    unit = [x / x.norm(dim=-1, keepdim=True).clamp_min(1e-8) for x in (a, b)]
    return unit[0] @ unit[1].T


def row_losses(similarity: torch.Tensor, temperature: float) -> torch.Tensor:
    """InfoNCE of each row, whose positive is the column of the same index (eq. 1)."""
    logits = similarity / temperature
    return torch.logsumexp(logits, dim=1) - logits.diagonal()


def positive_index(sentences: int) -> int:
    """The contrastive positive of a generated group: the intermediate sentence where there is one (models.py:342)."""
    return 2 if sentences > 3 else 1


def places(
    other: list, aigen: list, other_shape: list[int], aigen_shape: list[int], use_ht: bool
) -> tuple[list[Place], list[Place]]:
    """Rows and columns of the hybrid batch, in the order of models.py:343-354."""
    rows = [("other", i, 0) for i in range(len(other))] + [("aigen", i, 0) for i in range(len(aigen))]
    columns = [("other", i, 1) for i in range(len(other))]
    columns += [("aigen", i, positive_index(aigen_shape[1])) for i in range(len(aigen))]
    if other_shape[1] > 2:
        columns += [("other", i, other_shape[1] - 1) for i in range(len(other))]
    if aigen_shape[1] > 2 and not use_ht:
        columns += [("aigen", i, aigen_shape[1] - 1) for i in range(len(aigen))]
    return rows, columns


class HybridBatch:
    """Plain rows ("other") and generated groups ("aigen") with gradients, as one case holds them."""

    def __init__(self, case: dict[str, Json]) -> None:
        self.sources = {
            # An empty list has lost its shape.
            name: tensor(case[name]).reshape(case[f"{name}_shape"])
            for name in ("other", "aigen")
        }
        for source in self.sources.values():
            source.requires_grad_()
        self.rows, self.columns = places(
            case["other"], case["aigen"], case["other_shape"], case["aigen_shape"], case["use_ht"]
        )

    def take(self, wanted: list[Place]) -> torch.Tensor:
        return torch.stack([self.sources[source][group, sentence] for source, group, sentence in wanted])

    @property
    def similarity(self) -> torch.Tensor:
        return cosines(self.take(self.rows), self.take(self.columns))

    def gradients(self, loss: torch.Tensor) -> dict[str, Json]:
        loss.backward()
        return {
            f"grad_{name}": []
            if source.numel() == 0
            else torch.zeros_like(source)
            if source.grad is None
            else source.grad
            for name, source in self.sources.items()
        }


def pairs(case: dict[str, Json]) -> dict[str, Json]:
    """Anchor against all positives, and against all hard negatives where there are any."""
    names = [name for name in ("anchor", "positive", "hard_negative") if name in case]
    given = {name: tensor(case[name]).requires_grad_() for name in names}
    similarity = cosines(given["anchor"], torch.cat([given[name] for name in names[1:]]))
    each = row_losses(similarity, case["temp"])
    each.mean().backward()
    return {
        "similarity": similarity,
        "labels": list(range(len(each))),
        "per_row_loss": each,
        "loss": each.mean(),
        **{f"grad_{name}": x.grad for name, x in given.items()},
    }


def native(case: dict[str, Json]) -> dict[str, Json]:
    """The hybrid batch (use_native_loss, models.py:338-361)."""
    batch = HybridBatch(case)
    similarity = batch.similarity
    each = row_losses(similarity, case["temp"])
    return {
        "aigen_pos_idx": positive_index(case["aigen_shape"][1]),
        "rows": batch.rows,
        "columns": batch.columns,
        "similarity": similarity,
        "labels": list(range(len(each))),
        "per_row_loss": each,
        "loss": each.mean(),
        **batch.gradients(each.mean()),
    }


INFONCE_OUTPUTS = (
    "similarity labels per_row_loss loss grad_anchor grad_positive grad_hard_negative "
    "aigen_pos_idx rows columns grad_other grad_aigen"
).split()


def infonce() -> Json:
    stored = load("infonce")
    kinds = {"pairs": pairs, "hard_negatives": pairs, "native": native}
    cases = [completed(c, kinds[c["kind"]](without(c, INFONCE_OUTPUTS))) for c in stored["cases"]]
    return {**stored, "cases": cases}


class Hierarchy:
    """The hierarchical triplet loss of groups [a][s][d] (models.py:406-424)."""

    def __init__(self, embeddings: torch.Tensor, margins: list[float]) -> None:
        unit = embeddings / embeddings.norm(dim=-1, keepdim=True).clamp_min(1e-8)
        self.levels = torch.einsum("ad,asd->as", unit[:, 0], unit[:, 1:])
        count = self.levels.shape[1] - 1
        self.margins = [margins[min(p, len(margins) - 1)] for p in range(count)]
        self.arguments = self.levels[:, 1:] - self.levels[:, :-1] + tensor(self.margins)
        self.per_pair = self.arguments.relu().mean(dim=0)
        self.total = self.per_pair.mean() if count > 0 else embeddings.sum() * 0


def hierarchical_triplet_case(case: dict[str, Json]) -> dict[str, Json]:
    embeddings = tensor(case["embeddings"]).requires_grad_()
    loss = Hierarchy(embeddings, case["margins"])
    loss.total.backward()
    active = (loss.arguments > 0).double()
    return {
        "levels_sim": loss.levels,
        "margins_used": loss.margins,
        "hinge_arguments": loss.arguments,
        "per_pair_mean": loss.per_pair,
        "total": loss.total,
        "grad": embeddings.grad,
        "active_fraction": active.mean() if active.numel() > 0 else 0.0,
    }


HT_OUTPUTS = "levels_sim margins_used hinge_arguments per_pair_mean total grad active_fraction".split()


def hierarchical_triplet() -> Json:
    stored = load("hierarchical_triplet")
    cases = [completed(c, hierarchical_triplet_case(without(c, HT_OUTPUTS))) for c in stored["cases"]]
    return {**stored, "cases": cases}


def combined_case(case: dict[str, Json]) -> dict[str, Json]:
    """contrastive + beta * HT; without generated groups in the batch there is no HT."""
    batch = HybridBatch(case)
    similarity = batch.similarity
    contrastive = row_losses(similarity, case["temp"]).mean()
    has_groups = len(case["aigen"]) > 0
    hierarchy = Hierarchy(batch.sources["aigen"], case["margins"]) if has_groups else None
    total = contrastive + case["beta"] * hierarchy.total if hierarchy else contrastive
    return {
        "aigen_pos_idx": positive_index(case["aigen_shape"][1]),
        "similarity": similarity,
        "contrastive": contrastive,
        "total": total,
        **batch.gradients(total),
        "levels_sim": hierarchy and hierarchy.levels,
        "per_pair_mean": hierarchy and hierarchy.per_pair,
        "hierarchical_triplet": hierarchy and hierarchy.total,
    }


COMBINED_OUTPUTS = (
    "aigen_pos_idx similarity contrastive total grad_other grad_aigen levels_sim per_pair_mean hierarchical_triplet"
).split()


def combined() -> Json:
    stored = load("combined")
    cases = [completed(c, combined_case(without(c, COMBINED_OUTPUTS))) for c in stored["cases"]]
    return {**stored, "cases": cases}
