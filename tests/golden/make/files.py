"""Reading, writing and comparing reference files: JSON, 9 significant digits, null for "not defined"."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch

FOLDER = Path(__file__).resolve().parent.parent
DIGITS = 9
ZERO_BELOW = 1e-14

Json = Any


def load(name: str) -> Json:
    return json.loads(text_of(name))


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text()


def compact(content: Json) -> str:
    return json.dumps(content, separators=(",", ":"), allow_nan=False) + "\n"


def indented(content: Json) -> str:
    """For text in many scripts, which is read by people."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def write(name: str, text: str) -> None:
    (FOLDER / f"{name}.json").write_text(text)


def plain(value: Json) -> Json:
    """Tensors and arrays as nested lists, every float rounded to 9 significant digits, NaN as null."""
    if isinstance(value, torch.Tensor):
        return plain(value.detach().cpu().tolist())
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return 0.0 if abs(value) < ZERO_BELOW else float(f"{value:.{DIGITS}g}")
    return value


def without(entry: dict[str, Json], outputs: Iterable[str]) -> dict[str, Json]:
    """The inputs of a case: what is left when everything that is computed has been removed."""
    return {key: value for key, value in entry.items() if key not in set(outputs)}


def completed(entry: dict[str, Json], outputs: dict[str, Json]) -> dict[str, Json]:
    """The case with its outputs replaced, in the order of the stored keys; new keys come last."""
    fresh = plain(outputs)
    return {key: fresh.get(key, value) for key, value in entry.items()} | fresh


def tensor(value: Json) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64)


def named_tensor(value: dict[str, Json]) -> torch.Tensor:
    """A flat, row-major {shape, data}."""
    return tensor(value["data"]).reshape(value["shape"])


def named(value: torch.Tensor) -> dict[str, Json]:
    return {"shape": list(value.shape), "data": value.detach().reshape(-1)}


class Difference:
    """The largest error of a file: absolute where a value is below 1, relative above."""

    def __init__(self) -> None:
        self.largest = 0.0
        self.place = ""
        self.mismatches: list[str] = []

    def compare(self, fresh: Json, stored: Json, place: str = "") -> None:
        if isinstance(stored, dict) and isinstance(fresh, dict):
            if list(stored) != list(fresh):
                self.mismatches.append(f"{place}: keys {list(fresh)} instead of {list(stored)}")
            for key in stored.keys() & fresh.keys():
                self.compare(fresh[key], stored[key], f"{place}/{key}")
        elif isinstance(stored, list) and isinstance(fresh, list):
            if len(stored) != len(fresh):
                self.mismatches.append(f"{place}: {len(fresh)} entries instead of {len(stored)}")
            for i, (a, b) in enumerate(zip(fresh, stored)):
                self.compare(a, b, f"{place}[{i}]")
        elif is_number(stored) and is_number(fresh):
            error = abs(fresh - stored) / max(1.0, abs(stored))
            if error > self.largest:
                self.largest, self.place = error, place
        elif stored != fresh:
            self.mismatches.append(f"{place}: {fresh!r} instead of {stored!r}")


def is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
