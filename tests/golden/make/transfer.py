"""transfer.json: SentEval's protocol for transfer tasks with scikit-learn's LogisticRegression and StratifiedKFold."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold

from files import Json, completed, load, without

SEED = 1111


def features_of(embeddings: Json) -> np.ndarray:
    """Of sentences as they are; of pairs |u - v| and u * v."""
    x = np.array(embeddings)
    if x.ndim == 2:
        return x
    u, v = x[:, 0], x[:, 1]
    return np.concatenate([np.abs(u - v), u * v], axis=1)


def fold_splits(y: np.ndarray, among: np.ndarray, folds: int) -> list[dict[str, Json]]:
    splitter = StratifiedKFold(folds, shuffle=True, random_state=SEED)
    return [{"train": among[a], "test": among[b]} for a, b in splitter.split(among, y[among])]


def splits_of(case: dict[str, Json], y: np.ndarray) -> list[dict[str, Json]]:
    """Which examples learn and judge, and on which ones C is chosen (senteval/tools/validation.py)."""
    given = {name: np.array(case[name]) for name in ("train", "dev", "test") if name in case}
    if not given:
        outer = fold_splits(y, np.arange(len(y)), case["outer_folds"])
        return [{**split, "inner": fold_splits(y, split["train"], case["inner_folds"])} for split in outer]
    split = {"train": given["train"], "test": given["test"]}
    if "dev" in given:
        return [{**split, "inner": [{"train": given["train"], "test": given["dev"]}]}]
    return [{**split, "inner": fold_splits(y, given["train"], case["inner_folds"])}]


def fit(x: np.ndarray, y: np.ndarray, c: float) -> LogisticRegression:
    """To the minimum: Newton steps with the whole Hessian, and no warning that it was not reached."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return LogisticRegression(C=c, solver="newton-cholesky", tol=1e-11, max_iter=1000).fit(x, y)


def predicted(model: LogisticRegression, x: np.ndarray) -> np.ndarray:
    """Predictions that no solver can dispute: the best score is clearly above the second."""
    scores = model.decision_function(x)
    two = np.sort(scores, axis=1)[:, -2:] if scores.ndim == 2 else np.stack([-np.abs(scores), np.abs(scores)], 1)
    assert (two[:, 1] - two[:, 0]).min() > 1e-5, "a prediction hangs on the last digits"
    return model.predict(x)


def percent(accuracies: list[float]) -> float:
    """SentEval's rounding, not at the border between two roundings."""
    exact = 100 * np.mean(accuracies)
    assert abs(exact * 100 % 1 - 0.5) > 1e-6, f"{exact} rounds either way"
    return round(exact, 2)


def judged(split: dict[str, Json], x: np.ndarray, y: np.ndarray, penalties: list[float]) -> dict[str, Json]:
    def accuracy(c: float, part: dict[str, Json]) -> float:
        model = fit(x[part["train"]], y[part["train"]], c)
        return float(accuracy_score(y[part["test"]], predicted(model, x[part["test"]])))

    scores = [percent([accuracy(c, part) for part in split["inner"]]) for c in penalties]
    chosen = penalties[int(np.argmax(scores))]
    model = fit(x[split["train"]], y[split["train"]], chosen)
    predictions = predicted(model, x[split["test"]])
    return {
        **split,
        "scores": scores,
        "chosen": chosen,
        "coef": model.coef_,
        # Only differences between intercepts count for more than two classes; they are centred.
        "intercept": model.intercept_ - (model.intercept_.mean() if len(model.intercept_) > 1 else 0),
        "predictions": predictions,
        "accuracy": float(accuracy_score(y[split["test"]], predictions)),
    }


def transfer_case(case: dict[str, Json]) -> dict[str, Json]:
    x, y = features_of(case["embeddings"]), np.array(case["labels"])
    splits = [judged(split, x, y, case["penalties"]) for split in splits_of(case, y)]
    truth = np.concatenate([y[split["test"]] for split in splits])
    predictions = np.concatenate([split["predictions"] for split in splits])
    return {
        "splits": splits,
        "accuracy": float(np.mean([split["accuracy"] for split in splits])),
        "f1": float(f1_score(truth, predictions)) if case["classes"] == 2 else None,
    }


def transfer() -> Json:
    stored = load("transfer")
    return {
        **stored,
        "cases": [completed(c, transfer_case(without(c, ["splits", "accuracy", "f1"]))) for c in stored["cases"]],
    }
