"""collator.json and prompt.json: which examples reach a step, and where the prompt goes."""

from __future__ import annotations

from files import Json, completed, load


def collate(case: dict[str, Json]) -> dict[str, Json]:
    """Generated rows wait until enough are there; then all of them go with the step's plain rows (utils.py:333-369)."""
    batches, waiting = [], []
    size = case["batch_size"]
    for start in range(0, len(case["split"]), size):
        step = range(start, min(start + size, len(case["split"])))
        waiting += [i for i in step if case["split"][i] == "aigen"]
        ready = waiting if len(waiting) >= case["aigen_batch_size"] else []
        batches.append({"aigen": list(ready), "other": [i for i in step if case["split"][i] == "other"]})
        if ready:
            waiting = []
    return {"batches": batches, "left_over_aigen": waiting}


def collator() -> Json:
    stored = load("collator")
    inputs = ["split", "batch_size", "aigen_batch_size"]
    return {
        **stored,
        "cases": [completed(c, collate({name: c[name] for name in inputs})) for c in stored["cases"]],
    }


def prompted(case: dict[str, Json], templates: dict[str, Json]) -> dict[str, Json]:
    """
    The template around the words of each sentence, between its first and its last special token (models.py:168-172).
    Template 1 is for the second sentence of a plain pair only. [MASK] stands before the last token.
    """
    pad = 0 if case["model"] == "bert" else 1
    outputs: dict[str, list] = {
        name: [] for name in ("template_used", "prompted_input_ids", "prompted_attention_mask", "mask_position")
    }
    for group, masks in zip(case["input_ids"], case["attention_mask"]):
        rows: dict[str, list] = {name: [] for name in outputs}
        for index, (ids, mask) in enumerate(zip(group, masks)):
            which = 1 if case["kind"] == "other" and len(group) == 2 and index == 1 else 0
            before, after = templates[case["model"]][f"template{which}"]
            length = sum(mask)
            words = ids[:1] + before + ids[1 : length - 1] + after + ids[length - 1 : length]
            padding = len(ids) - length
            rows["template_used"].append(which)
            rows["prompted_input_ids"].append(words + [pad] * padding)
            rows["prompted_attention_mask"].append([1] * len(words) + [0] * padding)
            rows["mask_position"].append(len(words) - 2)
        for name, row in rows.items():
            outputs[name].append(row)
    return outputs


def prompt() -> Json:
    stored = load("prompt")
    inputs = ["model", "kind", "input_ids", "attention_mask"]
    cases = [completed(c, prompted({name: c[name] for name in inputs}, stored["templates"])) for c in stored["cases"]]
    return {**stored, "cases": cases}
