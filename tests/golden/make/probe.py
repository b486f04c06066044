"""logistic_probe.json: L2-regularised logistic regression in five folds, minimised by Newton's method in float64."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from files import Json, completed, load, without

FOLDS = 5
SHUFFLE_SEED = 1111


class Problem:
    """0.5 |w|^2 + C * sum_i logloss_i; the intercept is not penalised. Parameters: rows of [w, intercept], flat."""

    def __init__(self, x: np.ndarray, y: np.ndarray, mode: str, classes: int, c: float) -> None:
        self.x, self.y, self.mode, self.c = torch.tensor(x), torch.tensor(y), mode, c
        self.shape = (1 if mode == "binary" else classes, x.shape[1] + 1)

    def scores(self, x: torch.Tensor, parameters: torch.Tensor) -> torch.Tensor:
        rows = parameters.reshape(self.shape)
        return x @ rows[:, :-1].T + rows[:, -1]

    def objective(self, parameters: torch.Tensor) -> torch.Tensor:
        scores = self.scores(self.x, parameters)
        if self.mode == "binary":
            losses = torch.nn.functional.softplus(scores[:, 0] * (1 - 2 * self.y))
        else:
            losses = torch.logsumexp(scores, dim=1) - scores[torch.arange(len(self.y)), self.y]
        return 0.5 * parameters.reshape(self.shape)[:, :-1].square().sum() + self.c * losses.sum()

    def minimum(self) -> torch.Tensor:
        """By Newton steps. A number added to all intercepts changes nothing, so they are centred to sum 0."""
        w = torch.zeros(self.shape[0] * self.shape[1], dtype=torch.float64)
        for _ in range(100):
            gradient = torch.autograd.functional.jacobian(self.objective, w)
            if gradient.norm() < 1e-12:
                break
            hessian = torch.autograd.functional.hessian(self.objective, w)
            direction = torch.linalg.lstsq(hessian, gradient, driver="gelsd").solution
            size = 1.0
            while self.objective(w - size * direction) > self.objective(w) and size > 1e-8:
                size /= 2
            w = w - size * direction
        rows = w.reshape(self.shape).clone()
        if self.mode == "multinomial":
            rows[:, -1] -= rows[:, -1].mean()
        return rows.reshape(-1)


def fold(case: dict[str, Json], train: np.ndarray, test: np.ndarray) -> dict[str, Json]:
    x, y = np.array(case["features"]), np.array(case["labels"])
    problem = Problem(x[train], y[train], case["mode"], case["classes"], case["C"])
    parameters = problem.minimum()
    scores = problem.scores(torch.tensor(x[test]), parameters)
    if case["mode"] == "binary":
        predictions = (scores[:, 0] > 0).long()
        # The gap between the scores of both classes, the one being the negative of the other.
        margins = 2 * scores[:, 0].abs()
    else:
        two = scores.topk(2, dim=1).values
        predictions, margins = scores.argmax(dim=1), two[:, 0] - two[:, 1]
    agrees_with_sklearn(case, x[train], y[train], x[test], predictions)
    rows = parameters.reshape(problem.shape)
    return {
        "train_index": train,
        "test_index": test,
        "accuracy": (predictions == torch.tensor(y[test])).double().mean(),
        "predictions": predictions,
        "smallest_margin": margins.min(),
        "coef": rows[:, :-1],
        "intercept": rows[:, -1],
        "objective": problem.objective(parameters),
    }


def agrees_with_sklearn(case: dict[str, Json], x, y, test, predictions: torch.Tensor) -> None:
    """scikit-learn solves the same problem, but takes the single sigmoid row wherever there are two classes."""
    if case["mode"] == "multinomial" and case["classes"] == 2:
        return
    theirs = LogisticRegression(C=case["C"], tol=1e-10, max_iter=10_000).fit(x, y).predict(test)
    assert (theirs == predictions.numpy()).all(), f"{case['name']}: scikit-learn predicts otherwise"


def probe_case(case: dict[str, Json]) -> dict[str, Json]:
    shuffled = case["folds_shuffled"]
    splitter = StratifiedKFold(FOLDS, shuffle=shuffled, random_state=SHUFFLE_SEED if shuffled else None)
    folds = [fold(case, *indices) for indices in splitter.split(case["features"], case["labels"])]
    accuracy = float(np.mean([entry["accuracy"] for entry in folds]))
    return {
        "classes": case["classes"],
        "folds": folds,
        "mean_accuracy": accuracy,
        "senteval_style_percent": round(100 * accuracy, 2),
    }


def logistic_probe() -> Json:
    stored = load("logistic_probe")
    names = ["folds", "mean_accuracy", "senteval_style_percent"]
    return {**stored, "cases": [completed(c, probe_case(without(c, names))) for c in stored["cases"]]}
