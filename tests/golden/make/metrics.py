"""alignment_uniformity.json, rfd.json, spearman.json, match_error_rate.json: numbers in, numbers out."""

from __future__ import annotations

import functools
import math

import torch

from files import Json, completed, load, tensor, without


def unit_rows(x: torch.Tensor) -> torch.Tensor:
    return x / x.norm(dim=1, keepdim=True)


def alignment(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean squared distance of the normalised pairs (Wang & Isola 2020, alpha = 2), by the differences themselves."""
    return (unit_rows(x) - unit_rows(y)).square().sum(dim=1).mean()


def uniformity(x: torch.Tensor) -> torch.Tensor:
    """log of the mean of exp(-2 |x_i - x_j|^2) over the n(n-1)/2 unordered pairs (Wang & Isola 2020, t = 2)."""
    unit = unit_rows(x)
    i, j = torch.triu_indices(len(unit), len(unit), offset=1)
    return (-2 * (unit[i] - unit[j]).square().sum(dim=1)).exp().mean().log()


def alignment_uniformity() -> Json:
    def outputs(case: dict[str, Json]) -> dict[str, Json]:
        x, y = tensor(case["x"]), tensor(case["y"])
        return {
            "alignment": alignment(x, y),
            "uniformity": uniformity(x),
            "uniformity_of_x_and_y": uniformity(torch.cat([x, y])),
        }

    stored = load("alignment_uniformity")
    names = ["alignment", "uniformity", "uniformity_of_x_and_y"]
    return {**stored, "cases": [completed(c, outputs(without(c, names))) for c in stored["cases"]]}


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def rfd_case(case: dict[str, Json]) -> dict[str, Json]:
    """Relative Fitting Difficulty: mean over the logged steps from start_step on of train - eval (plot.py:20-49)."""
    train, evaluation, scores = case["train"], case["eval"], case["metrics"]["stsb"]
    logged = [i for i, step in enumerate(train["step"]) if step >= case["start_step"]]

    def rfd(name: str) -> float:
        return mean([train[name][i] - evaluation[name][i] for i in logged])

    highest = sorted(scores, reverse=True)
    row = max(range(len(scores)), key=scores.__getitem__)
    return {
        "n_steps": len(logged),
        "RFD_a": rfd("alignment"),
        "RFD_u": rfd("uniformity"),
        "stsb_mean_top10": mean(highest[:10]),
        "stsb_mean_top5": mean(highest[:5]),
        "best": {
            "row": row,
            "step": case["metrics"]["step"][row],
            "stsb": scores[row],
            # The trajectories begin one row earlier, at step 0.
            "eval_alignment": evaluation["alignment"][row + 1],
            "eval_uniformity": evaluation["uniformity"][row + 1],
            # plot.py:179-181 adds that row to the scores as well: the score after the best one.
            "stsb_as_plot_py_prints": scores[row + 1] if row + 1 < len(scores) else None,
        },
    }


def rfd() -> Json:
    stored = load("rfd")
    names = ["n_steps", "RFD_a", "RFD_u", "stsb_mean_top10", "stsb_mean_top5", "best"]
    return {**stored, "settings": [completed(c, rfd_case(without(c, names))) for c in stored["settings"]]}


def ranks(values: list[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of their ranks."""
    ordered = sorted(values)
    first = {value: ordered.index(value) for value in set(values)}
    return [first[value] + (ordered.count(value) + 1) / 2 for value in values]


def pearson(x: list[float], y: list[float]) -> float:
    """nan where one side is constant."""
    a, b = (tensor(side) - tensor(side).mean() for side in (x, y))
    scale = a.norm() * b.norm()
    if len(set(x)) == 1 or len(set(y)) == 1:
        return math.nan
    return ((a @ b) / scale).item()


def spearman_of(x: list[float], y: list[float]) -> float:
    return pearson(ranks(x), ranks(y))


CORRELATIONS = {"pearson": pearson, "spearman": spearman_of}


def correlation_case(case: dict[str, Json]) -> dict[str, Json]:
    x, y = case["x"], case["y"]
    return {
        **{name: correlation(x, y) for name, correlation in CORRELATIONS.items()},
        "rank_x": ranks(x),
        "rank_y": ranks(y),
    }


def sts_case(case: dict[str, Json]) -> dict[str, Json]:
    """Subsets of one STS task: all pairs together (what the paper reports) and means (evaluation.py:166)."""
    parts = case["subsets"]
    subsets = [
        completed(
            part,
            {
                "nsamples": len(part["sys"]),
                **{name: correlation(part["sys"], part["gold"]) for name, correlation in CORRELATIONS.items()},
            },
        )
        for part in parts
    ]

    def aggregate(correlation) -> dict[str, float]:
        each = [correlation(part["sys"], part["gold"]) for part in parts]
        sizes = [len(part["sys"]) for part in parts]
        together = [[value for part in parts for value in part[side]] for side in ("sys", "gold")]
        return {
            "all": correlation(*together),
            "mean": mean(each),
            "wmean": math.fsum(value * size for value, size in zip(each, sizes)) / sum(sizes),
        }

    return {
        "subsets": subsets,
        **{name: aggregate(correlation) for name, correlation in CORRELATIONS.items()},
    }


def sts_from_embeddings(case: dict[str, Json]) -> dict[str, Json]:
    """Cosines as scores; a zero vector has cosine 0."""
    a, b = tensor(case["a"]), tensor(case["b"])
    cosine = ((a * b).sum(dim=1) / (a.norm(dim=1) * b.norm(dim=1))).nan_to_num(nan=0.0)
    scores = cosine.tolist()
    return {
        "cosine": cosine,
        **{name: correlation(scores, case["gold"]) for name, correlation in CORRELATIONS.items()},
    }


def spearman() -> Json:
    stored = load("spearman")

    def subset_inputs(case: dict[str, Json]) -> dict[str, Json]:
        inputs = without(case, CORRELATIONS)
        return {**inputs, "subsets": [without(part, CORRELATIONS) for part in inputs["subsets"]]}

    return {
        **stored,
        "cases": [
            completed(c, correlation_case(without(c, [*CORRELATIONS, "rank_x", "rank_y"]))) for c in stored["cases"]
        ],
        "sts": [completed(c, sts_case(subset_inputs(c))) for c in stored["sts"]],
        "sts_from_embeddings": [
            completed(c, sts_from_embeddings(without(c, [*CORRELATIONS, "cosine"])))
            for c in stored["sts_from_embeddings"]
        ],
    }


def match_error(pair: dict[str, Json]) -> dict[str, Json]:
    """MER = (I + D + S) / (I + D + S + R) over words (eq. 8), for the least-edit path that retains most words."""
    first, second = pair["s1"].split(), pair["s2"].split()

    @functools.cache
    def best(i: int, j: int, sign: int) -> tuple[int, int, int, int, int]:
        """Least (edits, sign * retained, insertions, deletions, substitutions) from words i and j on."""
        if i == len(first):
            return (len(second) - j, 0, len(second) - j, 0, 0)
        if j == len(second):
            return (len(first) - i, 0, 0, len(first) - i, 0)
        options = []
        e, r, ins, dels, subs = best(i + 1, j + 1, sign)
        if first[i] == second[j]:
            options.append((e, r + sign, ins, dels, subs))
        else:
            options.append((e + 1, r, ins, dels, subs + 1))
        e, r, ins, dels, subs = best(i, j + 1, sign)
        options.append((e + 1, r, ins + 1, dels, subs))
        e, r, ins, dels, subs = best(i + 1, j, sign)
        options.append((e + 1, r, ins, dels + 1, subs))
        return min(options)

    edits, most, insertions, deletions, substitutions = best(0, 0, -1)
    _, fewest, *_ = best(0, 0, 1)
    retained = -most

    def rate(kept: int) -> float | None:
        return edits / (edits + kept) if edits + kept > 0 else None

    return {
        "tokens1": first,
        "tokens2": second,
        "edit_distance": edits,
        "insertions": insertions,
        "deletions": deletions,
        "substitutions": substitutions,
        "retained": retained,
        "mer": rate(retained),
        "mer_upper": rate(fewest),
        "unique": retained == fewest,
    }


def match_error_rate() -> Json:
    stored = load("match_error_rate")
    return {
        **stored,
        "pairs": [completed(p, match_error({"s1": p["s1"], "s2": p["s2"]})) for p in stored["pairs"]],
    }
