"""adamw.json and training_trace.json: the optimiser alone, and ten steps of training on one fixed batch."""

from __future__ import annotations

import math

import torch

from encoder import encode, pool
from files import Json, completed, load, named, named_tensor, without
from losses import Hierarchy, cosines, places, row_losses


def learning_rate_factor(schedule: str, step: int, warmup: int, total: int) -> float:
    """At a step counted from 0; "linear" rises over the warm-up and then falls to 0 at the last step."""
    if schedule == "constant":
        return 1.0
    if step < warmup:
        return step / warmup
    return max(0.0, (total - step) / (total - warmup))


class HfAdamW(torch.optim.Optimizer):
    """AdamW of transformers 4.18: epsilon is added before the bias correction, and decay comes after the update."""

    def __init__(self, groups, lr: float, betas: tuple[float, float], eps: float) -> None:
        super().__init__(groups, dict(lr=lr, betas=betas, eps=eps, weight_decay=0.0))

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(step=0, exp_avg=torch.zeros_like(p), exp_avg_sq=torch.zeros_like(p))
                state["step"] += 1
                m, v = state["exp_avg"], state["exp_avg_sq"]
                m.mul_(b1).add_(p.grad, alpha=1 - b1)
                v.mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                rate = group["lr"] * math.sqrt(1 - b2 ** state["step"]) / (1 - b1 ** state["step"])
                p.sub_(rate * m / (v.sqrt() + group["eps"]))
                p.sub_(group["lr"] * group["weight_decay"] * p)


def make_optimiser(
    variant: str, parameters: dict[str, torch.Tensor], decay: float, no_decay: list[str], betas, eps: float
):
    groups = [
        {"params": [p for name, p in parameters.items() if name not in no_decay], "weight_decay": decay},
        {"params": [p for name, p in parameters.items() if name in no_decay], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    kind = torch.optim.AdamW if variant == "torch" else HfAdamW
    return kind(groups, lr=0.0, betas=tuple(betas), eps=eps)


def global_norm(gradients: list[torch.Tensor]) -> torch.Tensor:
    return torch.stack([g.square().sum() for g in gradients]).sum().sqrt()


def clip_factor(norm: torch.Tensor, limit: float | None) -> float:
    return 1.0 if limit is None else min(1.0, limit / (norm.item() + 1e-6))


def exact(given: torch.Tensor) -> torch.Tensor:
    """Gradients are multiples of 1/256; those above 10 have one digit more than the file keeps."""
    return (given * 256).round() / 256


def adamw_case(case: dict[str, Json]) -> dict[str, Json]:
    parameters = {name: named_tensor(value).requires_grad_() for name, value in case["params_init"].items()}
    optimiser = make_optimiser(
        case["variant"],
        parameters,
        case["weight_decay"],
        case.get("no_decay", []),
        case["betas"],
        case["eps"],
    )
    steps = []
    for k, step in enumerate(case["steps"]):
        gradients = {name: exact(named_tensor(value)) for name, value in step["grads"].items()}
        norm = global_norm(list(gradients.values()))
        factor = clip_factor(norm, case["max_grad_norm"])
        lr = case["lr"] * learning_rate_factor(case["schedule"], k, case["warmup_steps"], case["total_steps"])
        for group in optimiser.param_groups:
            group["lr"] = lr
        for name, parameter in parameters.items():
            parameter.grad = gradients[name] * factor
        optimiser.step()
        after = {name: named(p) for name, p in parameters.items()}
        steps.append(
            {
                "grads": step["grads"],
                "grad_norm": norm,
                "clip_coef": factor,
                "lr": lr,
                "params": named_copy(after),
            }
        )

    def moments(key: str) -> dict[str, Json]:
        return {name: named(optimiser.state[p][key]) for name, p in parameters.items()}

    return {"steps": steps, "final_exp_avg": moments("exp_avg"), "final_exp_avg_sq": moments("exp_avg_sq")}


def named_copy(values: dict[str, Json]) -> dict[str, Json]:
    """The parameters change in place; what is written down must not."""
    return {name: {**value, "data": value["data"].clone()} for name, value in values.items()}


def adamw() -> Json:
    stored = load("adamw")

    def inputs(case: dict[str, Json]) -> dict[str, Json]:
        steps = [{"grads": step["grads"]} for step in case["steps"]]
        return {**without(case, ["final_exp_avg", "final_exp_avg_sq"]), "steps": steps}

    return {**stored, "cases": [completed(c, adamw_case(inputs(c))) for c in stored["cases"]]}


STEPS = 10
SAMPLE = ["encoder.layer.0.attention.output.LayerNorm.weight", "encoder.layer.0.output.dense.bias"]


class TracedRun:
    """Ten steps on one fixed batch with dropout off, in float64 or, to see how far it strays, float32."""

    def __init__(self, file: dict[str, Json], settings: dict[str, Json], dtype: torch.dtype) -> None:
        self.settings, self.config = settings, file["config"]
        stored = {**file["weights"], **(file["head"] if settings["head"] else {})}
        self.parameters = {name: named_tensor(value).to(dtype) for name, value in stored.items()}
        self.trained = {
            name: p.requires_grad_()
            for name, p in self.parameters.items()
            if not (settings["freeze_embeddings"] and name.startswith("embeddings."))
        }
        self.ids = {name: torch.tensor(file[f"{name}_input_ids"]) for name in ("other", "aigen")}
        self.masks = {name: torch.tensor(file[f"{name}_attention_mask"]).to(dtype) for name in ("other", "aigen")}
        self.optimiser = make_optimiser("torch", self.trained, settings["weight_decay"], [], (0.9, 0.999), 1e-8)

    def embed(self, name: str) -> torch.Tensor:
        """Sentence vectors [groups, sentences, H]."""
        ids, mask = self.ids[name].flatten(0, 1), self.masks[name].flatten(0, 1)
        last = encode(self.parameters, self.config, ids, mask, torch.zeros_like(ids)).last
        vectors = pool(last, mask)[self.settings["pooling"]]
        if self.settings["head"]:
            vectors = torch.nn.functional.linear(vectors, self.parameters["mlp.weight"], self.parameters["mlp.bias"])
        return vectors.reshape(*self.ids[name].shape[:2], -1)

    def losses(self) -> dict[str, torch.Tensor]:
        sources = {name: self.embed(name) for name in ("other", "aigen")}
        shapes = [list(sources[name].shape) for name in ("other", "aigen")]
        rows, columns = places([0] * shapes[0][0], [0] * shapes[1][0], *shapes, self.settings["use_ht"])
        a, b = (torch.stack([sources[s][group, i] for s, group, i in wanted]) for wanted in (rows, columns))
        contrastive = row_losses(cosines(a, b), self.settings["temp"]).mean()
        hierarchy = (
            Hierarchy(sources["aigen"], self.settings["margins"]).total if self.settings["use_ht"] else 0 * contrastive
        )
        return {
            "contrastive": contrastive,
            "hierarchical_triplet": hierarchy,
            "loss": contrastive + self.settings["beta"] * hierarchy,
        }

    def step(self, k: int) -> dict[str, Json]:
        settings = self.settings
        lr = settings["lr"] * learning_rate_factor(
            settings["schedule"], k, settings["warmup_steps"], settings["total_steps"]
        )
        losses = self.losses()
        self.optimiser.zero_grad()
        losses["loss"].backward()
        norm = global_norm([p.grad for p in self.trained.values()])
        factor = clip_factor(norm, settings["max_grad_norm"])
        for p in self.trained.values():
            p.grad.mul_(factor)
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        self.optimiser.step()
        return {
            "step": k + 1,
            "lr": lr,
            **{name: value.item() for name, value in losses.items()},
            "grad_norm": norm.item(),
        }


def trace(file: dict[str, Json], settings: dict[str, Json]) -> dict[str, Json]:
    run, single = (TracedRun(file, settings, dtype) for dtype in (torch.float64, torch.float32))
    steps = [run.step(k) for k in range(STEPS)]
    single_losses = [single.step(k)["loss"] for k in range(STEPS)]
    strays = {name: (single.parameters[name].double() - p).abs().max().item() for name, p in run.parameters.items()}
    # Its true gradient is 0; Adam turns the rounding of it into steps of up to lr.
    undetermined = [name for name in run.parameters if name.endswith("attention.self.key.bias")]
    return {
        "steps": steps,
        "after_last_step": run.losses(),
        "final_checksums": {
            name: {
                "shape": list(p.shape),
                "sum": p.sum(),
                "sum_of_squares": p.square().sum(),
                "checked": name not in undetermined,
                "max_abs_float32_minus_float64": strays[name],
            }
            for name, p in run.parameters.items()
        },
        "final_parameters_sample": {name: named(run.parameters[name]) for name in SAMPLE},
        "not_determined": undetermined,
        "torch_float32_run": {
            "loss": single_losses,
            "max_abs_loss_difference": max(abs(a - b["loss"]) for a, b in zip(single_losses, steps)),
            "max_abs_parameter_difference": max(v for name, v in strays.items() if name not in undetermined),
            "max_abs_difference_key_bias": max(strays[name] for name in undetermined),
        },
    }


def training_trace() -> Json:
    stored = load("training_trace")
    file = without(stored, ["traces"])
    traces = [completed(t, trace(file, t["settings"])) for t in stored["traces"]]
    return {**stored, "traces": traces}


def without_rounding(content: Json) -> Json:
    """Leaves out what depends on the order in which a processor adds float32 numbers, and on Adam's view of noise."""

    def checksums(entries: dict[str, Json]) -> dict[str, Json]:
        dropped = ["max_abs_float32_minus_float64"]
        return {
            name: without(entry, dropped if entry["checked"] else [*dropped, "sum", "sum_of_squares"])
            for name, entry in entries.items()
        }

    traces = [
        {**without(t, ["torch_float32_run"]), "final_checksums": checksums(t["final_checksums"])}
        for t in content["traces"]
    ]
    return {**content, "traces": traces}
