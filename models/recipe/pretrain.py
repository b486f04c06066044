#!/usr/bin/env python3
"""Masked language modelling with whole-word masking.

    python3 pretrain.py --data DIR --steps 7900 --cooldown 1300

Reads DIR/text.txt, heldout.txt and tokenizer.json; writes DIR/run/checkpoint.pt at least every few minutes and
DIR/run/history.jsonl. Started again, it goes on from the checkpoint exactly as if it had never stopped: the order of the
batches depends on (seed, pass), the masks on (seed, step). The learning rate rises, stays, and falls to nothing over the
last `--cooldown` steps, so that `--steps` may still be changed until then. No dropout: there are few passes over the text.
"""

import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import torch
from torch.nn import functional as F

import bert
from vocabulary import CLS, MASK, PAD, SEP, SPECIAL, Tokenizer

PACKED = 0.1  # share of the sentences that stand several in a row, so that late positions are learnt too
BUCKET = 16_384  # sequences sorted by length together


def tokenised(path, tokenizer):
    """All sentences of a file as one array of ids without [CLS] and [SEP], and where each begins; kept beside it."""
    cache = path.with_suffix(".npz")
    if cache.exists() and cache.stat().st_mtime > max(path.stat().st_mtime, tokenizer.stat().st_mtime):
        kept = numpy.load(cache)
        return kept["ids"], kept["starts"]
    print(f"cutting {path.name} into pieces", flush=True)
    cutter, parts, starts = Tokenizer(tokenizer), [], [0]
    with path.open(encoding="utf-8") as text:
        for line in text:
            found = numpy.array(cutter.encode(line)[1:-1][: bert.POSITIONS - 2], numpy.int16)
            parts.append(found)
            starts.append(starts[-1] + len(found))
    ids, starts = numpy.concatenate(parts), numpy.array(starts)
    numpy.savez(cache, ids=ids, starts=starts)
    return ids, starts


def sequences(lengths, random, packed):
    """The sequences of one pass, as lists of sentence numbers: mostly one sentence each, some filled up to the end."""
    order = random.permutation(len(lengths))
    cut = int(len(order) * packed)
    rows, row, size = [[index] for index in order[cut:].tolist()], [], 0
    for index in order[:cut].tolist():
        if row and size + lengths[index] > bert.POSITIONS - 2:
            rows.append(row)
            row, size = [], 0
        row.append(index)
        size += lengths[index]
    if row:
        rows.append(row)
    return [rows[index] for index in random.permutation(len(rows))]


def batches(ids, starts, seed, turn, tokens, packed=PACKED):
    """One pass over the text: batches of sequences of nearly equal length, `tokens` places each, in random order."""
    random = numpy.random.default_rng([seed, turn])
    lengths = numpy.diff(starts).tolist()
    rows = sequences(lengths, random, packed)
    plan = []
    for at in range(0, len(rows), BUCKET):
        bucket = sorted(rows[at : at + BUCKET], key=lambda row: sum(lengths[index] for index in row))
        while bucket:
            count = max(1, tokens // (sum(lengths[index] for index in bucket[-1]) + 2))
            plan.append(bucket[-count:])
            del bucket[-count:]
    for index in random.permutation(len(plan)):
        yield plan[index]


def fill(ids, starts, rows):
    """[CLS] sentence [SEP], padded to the longest."""
    parts = [numpy.concatenate([ids[starts[index] : starts[index + 1]] for index in row]) for row in rows]
    batch = numpy.full((len(parts), max(map(len, parts)) + 2), PAD, numpy.int64)
    batch[:, 0] = CLS
    for row, part in zip(batch, parts):
        row[1 : len(part) + 1] = part
        row[len(part) + 1] = SEP
    return batch


def mask(batch, continues, random, rate):
    """Hides whole words: 80 % behind [MASK], 10 % behind a random piece, 10 % left as they are, all to be predicted.

    Returns the changed batch, and for each row the hidden places with their number filled up to the largest.
    """
    word = numpy.cumsum(~continues[batch], axis=1)
    rows = numpy.arange(len(batch))[:, None]
    chance = random.random((len(batch), batch.shape[1] + 1))[rows, word]
    chosen = (batch >= len(SPECIAL)) & (chance < rate)  # an unknown word is never asked for
    if not chosen.any():
        chosen[0, 1] = True
    changed = batch.copy()
    changed[chosen & (chance < 0.8 * rate)] = MASK
    other = chosen & (chance >= 0.8 * rate) & (chance < 0.9 * rate)
    changed[other] = random.integers(len(SPECIAL), len(continues), other.sum())
    most = chosen.sum(1).max()
    places = numpy.argsort(~chosen, axis=1, kind="stable")[:, :most]
    return changed, places, chosen[rows, places]


def loss(parameters, batch, continues, random, rate):
    """Summed cross-entropy over the hidden pieces, how many were right, how many there were."""
    changed, places, valid = mask(batch, continues, random, rate)
    places, valid = torch.from_numpy(places), torch.from_numpy(valid)
    present = torch.from_numpy((batch != PAD).astype(numpy.float32))
    scores = bert.predict(parameters, torch.from_numpy(changed), present, places, valid)
    wanted = torch.from_numpy(batch).gather(1, places)[valid]
    return F.cross_entropy(scores, wanted, reduction="sum"), int((scores.detach().argmax(1) == wanted).sum()), len(wanted)


@torch.no_grad()
def heldOut(parameters, text, continues, seed):
    """Loss and accuracy on the held-out sentences, one sentence a row, 15 % hidden, always the same pieces."""
    total = right = count = 0
    random = numpy.random.default_rng([seed, 7])
    for rows in batches(*text, seed, 0, 8_192, packed=0):
        value, hits, number = loss(parameters, fill(*text, rows), continues, random, 0.15)
        total, right, count = total + float(value), right + hits, count + number
    return total / count, right / count


def rate(step, chosen):
    """Learning rate: a straight way up, level, a straight way down to nothing."""
    return chosen.rate * min(1, (step + 1) / chosen.warmup, (chosen.steps - step) / chosen.cooldown)


def save(path, value):
    """Writes beside the file and renames, so that a checkpoint is there whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(value, part)
    part.replace(path)


def arguments():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="folder of text.txt, heldout.txt, tokenizer.json")
    options.add_argument("--run", default="run", help="folder of this run in it")
    options.add_argument("--steps", type=int, required=True, help="optimiser steps; the learning rate ends at 0 there")
    options.add_argument("--stop", type=int, help="stop at this step (the schedule stays that of --steps)")
    options.add_argument("--tokens", type=int, default=3_072, help="places in a worker's batch")
    options.add_argument("--workers", type=int, default=2, help="batches of a step, each on a thread of its own")
    options.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    options.add_argument("--warmup", type=int, default=300, help="steps over which it rises")
    options.add_argument("--cooldown", type=int, default=2_000, help="steps over which the learning rate falls at the end")
    options.add_argument("--decay", type=float, default=0.01, help="weight decay")
    options.add_argument("--masked", type=float, default=0.2, help="share of words to hide")
    options.add_argument("--seed", type=int, default=16)
    options.add_argument("--every", type=int, default=500, help="steps between two looks at the held-out sentences")
    options.add_argument("--minutes", type=float, default=5, help="time between two checkpoints")
    return options.parse_args()


def main():
    chosen = arguments()
    torch.set_num_threads(1)  # of each worker: threads within an operation wait for one another far too often
    folder = chosen.data / chosen.run
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = chosen.data / "tokenizer.json"
    text, held = (tokenised(chosen.data / name, tokenizer) for name in ("text.txt", "heldout.txt"))
    continues = numpy.array([piece.startswith("##") for piece in Tokenizer(tokenizer).vocabulary])
    settings = {key: value for key, value in vars(chosen).items() if key in
                ("tokens", "workers", "rate", "warmup", "decay", "masked", "seed")}  # fmt: skip

    parameters = bert.fresh(chosen.seed)
    groups = [{"params": [value for value in parameters.values() if value.dim() > 1], "weight_decay": chosen.decay},
              {"params": [value for value in parameters.values() if value.dim() == 1], "weight_decay": 0.0}]  # fmt: skip
    optimizer = torch.optim.AdamW(groups, lr=chosen.rate, betas=(0.9, 0.98), eps=1e-6)
    step = turn = done = seen = 0
    spent = 0.0
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint)
        if kept["settings"] != settings:
            raise SystemExit(f"{checkpoint} was made with {kept['settings']}, not {settings}: give those or another --run")
        if kept["cooling"] not in (None, [chosen.steps, chosen.cooldown]):
            raise SystemExit(f"{checkpoint} is cooling down already: give --steps and --cooldown {kept['cooling']}")
        with torch.no_grad():
            for name, value in parameters.items():
                value.copy_(kept["parameters"][name])
        optimizer.load_state_dict(kept["optimizer"])
        step, turn, done, seen, spent = (kept[name] for name in ("step", "turn", "done", "seen", "spent"))
        print(f"going on from step {step}", flush=True)
    history = folder / "history.jsonl"
    if history.exists():  # nothing from after the checkpoint
        lines = [line for line in history.read_text().splitlines() if json.loads(line)["step"] <= step and step]
        history.write_text("".join(line + "\n" for line in lines))

    def keep():
        cooling = [chosen.steps, chosen.cooldown] if step > chosen.steps - chosen.cooldown else None
        state = {"step": step, "turn": turn, "done": done, "seen": seen, "spent": spent}
        weights = {name: value.detach() for name, value in parameters.items()}
        save(checkpoint, {"settings": settings, "cooling": cooling, **state,
                          "parameters": weights, "optimizer": optimizer.state_dict()})  # fmt: skip

    values = list(parameters.values())

    def work(number, rows):
        """One worker's share of a step: gradients of the summed loss, the loss, the pieces hidden, the tokens seen."""
        batch = fill(*text, rows)
        random = numpy.random.default_rng([chosen.seed, 1, step, number])
        value, _, count = loss(parameters, batch, continues, random, chosen.masked)
        return torch.autograd.grad(value, values), float(value.detach()), count, int((batch != PAD).sum())

    end = min(chosen.steps, chosen.stop or chosen.steps)
    saved = shown = time.monotonic()
    fresh = total = hidden = 0
    pool = ThreadPoolExecutor(chosen.workers)
    while step < end:
        plan = list(batches(*text, chosen.seed, turn, chosen.tokens))
        while step < end and (done + 1) * chosen.workers <= len(plan):
            for group in optimizer.param_groups:
                group["lr"] = rate(step, chosen)
            mine = plan[done * chosen.workers : (done + 1) * chosen.workers]
            shares = list(pool.map(work, range(chosen.workers), mine))
            count = sum(share[2] for share in shares)
            for value, *gradients in zip(values, *(share[0] for share in shares)):
                value.grad = sum(gradients[1:], gradients[0]) / count
            torch.nn.utils.clip_grad_norm_(values, 1.0)
            optimizer.step()
            total, hidden = total + sum(share[1] for share in shares), hidden + count
            fresh += sum(share[3] for share in shares)
            step, done = step + 1, done + 1
            if step % 100 == 0 or step == end:
                now = time.monotonic()
                speed, spent, seen = fresh / (now - shown), spent + now - shown, seen + fresh
                row = {"step": step, "tokens": seen, "seconds": round(spent), "loss": round(total / hidden, 4)}
                if step % chosen.every == 0 or step == end:
                    row["heldOutLoss"], row["heldOutAccuracy"] = (
                        round(figure, 4) for figure in heldOut(parameters, held, continues, chosen.seed)
                    )
                shown, fresh, total, hidden = now, 0, 0.0, 0
                with history.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                left = (chosen.steps - step) * spent / step / 60
                note = ""
                if "heldOutLoss" in row:
                    note = f"  held out {row['heldOutLoss']:.3f}, {row['heldOutAccuracy']:.1%} right"
                print(f"step {step:6} of {chosen.steps}  pass {turn + 1}  {seen / 1e6:7.2f} M tokens  {speed:7,.0f} tokens/s"
                      f"  loss {row['loss']:.3f}  {left:5.1f} min left{note}", flush=True)  # fmt: skip
                if now - saved > chosen.minutes * 60 or step == end:
                    keep()
                    saved = now
        if step < end:
            turn, done = turn + 1, 0


if __name__ == "__main__":
    main()
