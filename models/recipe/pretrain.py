#!/usr/bin/env python3
"""Masked language modelling with whole-word masking.

    python3 pretrain.py --data DIR --size pocket --steps 33000 --cooldown 5000 [--precision bf16] [--compile] [--device cuda]

Reads DIR/text.txt, heldout.txt and tokenizer.json; writes DIR/SIZE/checkpoint.pt at least every few minutes (and when
it is asked to stop by SIGTERM) and DIR/SIZE/history.jsonl. Started again, it goes on from the checkpoint exactly as if it
had never stopped: the order of the rows depends on (seed, pass), the masks on (seed, step). The learning rate rises, stays,
and falls to nothing over the last `--cooldown` steps, so that `--steps` may still be changed until then; the last
checkpoint before that is kept as level.pt, from which a later run can go on. `--optimizer` may change too: momentum then
begins at zero. No dropout: there are few passes over the text.
"""

import argparse
import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy
import torch
from torch.nn import functional as F

import bert
from muon import Muon
from vocabulary import CLS, MASK, PAD, SEP, SPECIAL, Tokenizer

PACKED = 0.1  # share of the sentences that stand several in a row as one text, so that late positions are learnt too
BUCKET = 16_384  # texts that are fitted into rows together


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


def texts(lengths, random, packed):
    """The texts of one pass, as lists of sentence numbers: mostly one sentence each, some filled up to 64 positions."""
    order = random.permutation(len(lengths))
    cut = int(len(order) * packed)
    found, text, size = [[index] for index in order[cut:].tolist()], [], 0
    for index in order[:cut].tolist():
        if text and size + lengths[index] > bert.POSITIONS - 2:
            found.append(text)
            text, size = [], 0
        text.append(index)
        size += lengths[index]
    if text:
        found.append(text)
    return [found[index] for index in random.permutation(len(found))]


def rows(starts, seed, turn, packed=PACKED):
    """One pass over the text: rows of texts that fit into 64 positions together, in random order."""
    random = numpy.random.default_rng([seed, turn])
    lengths = numpy.diff(starts).tolist()
    everything = texts(lengths, random, packed)
    found = []
    for at in range(0, len(everything), BUCKET):
        bySize = [[] for _ in range(bert.POSITIONS + 1)]
        for text in everything[at : at + BUCKET]:
            bySize[sum(lengths[index] for index in text) + 2].append(text)
        present = [size for size in range(bert.POSITIONS, 0, -1) if bySize[size]]
        while present:  # the longest that is left, then whatever fits beside it, longest first
            row, room = [], bert.POSITIONS
            for size in present:
                while size <= room and bySize[size]:
                    row.append(bySize[size].pop())
                    room -= size
            present = [size for size in present if bySize[size]]
            found.append(row)
    return [found[index] for index in random.permutation(len(found))]


def fill(ids, starts, chosen, count):
    """`count` rows of [CLS] text [SEP] [CLS] text [SEP] ...: ids, positions, and which text (from 1 on; 0 is padding)."""
    batch = numpy.full((count, bert.POSITIONS), PAD, numpy.int64)
    positions, text = numpy.zeros_like(batch), numpy.zeros_like(batch)
    for at, row in enumerate(chosen):
        start = 0
        for number, indices in enumerate(row):
            end = start + 1
            batch[at, start] = CLS
            for index in indices:
                piece = ids[starts[index] : starts[index + 1]]
                batch[at, end : end + len(piece)] = piece
                end += len(piece)
            batch[at, end] = SEP
            positions[at, start : end + 1] = numpy.arange(end + 1 - start)
            text[at, start : end + 1] = number + 1
            start = end + 1
    return batch, positions, text


def mask(batch, continues, random, share):
    """Hides whole words: 80 % behind [MASK], 10 % behind a random piece, 10 % left as they are, all to be predicted.

    In each row words are drawn until the share of its places is hidden, so that every row has equally many places (the
    rest of them with weight 0). Returns the changed batch, the places, the pieces wanted there and the weights.
    """
    count, length = batch.shape
    most = int(numpy.ceil(share * length))
    word = numpy.cumsum(~continues[batch], axis=1)
    row = numpy.arange(count)[:, None]
    chance = random.random((count, length + 1))[row, word]
    chance[batch < len(SPECIAL)] = 2  # an unknown word is never asked for
    order = numpy.argsort(chance, axis=1, kind="stable")[:, : most + 1]
    budget = numpy.ceil(share * (batch != PAD).sum(1)).astype(int)[:, None]
    drawn = chance[row, order]
    beyond = drawn[row, budget]  # the word that would not fit whole
    places, drawn = order[:, :most], drawn[:, :most]
    weights = (numpy.arange(most) < budget) & (drawn < 2) & (drawn != beyond)
    wanted = batch[row, places]
    chance = random.random((count, length + 1))[row, word[row, places]]
    other = random.integers(len(SPECIAL), len(continues), wanted.shape)
    changed = batch.copy()
    changed[row, places] = numpy.where(weights & (chance < 0.9), numpy.where(chance < 0.8, MASK, other), wanted)
    return changed, places, wanted, weights.astype(numpy.float32)


def loss(size, parameters, ids, positions, text, places, wanted, weights):
    """Summed cross-entropy over the hidden pieces, and how many were right."""
    scores = bert.predict(size, parameters, ids, positions, text, places).float()
    wanted, weights = wanted.view(-1), weights.view(-1)
    right = (scores.gather(1, wanted[:, None])[:, 0] >= scores.amax(1)) * weights  # cheaper than argmax
    return (F.cross_entropy(scores, wanted, reduction="none") * weights).sum(), right.detach().sum()


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
    options.add_argument("--size", choices=bert.SIZES, required=True)
    options.add_argument("--run", help="folder of this run in it (the size's name)")
    options.add_argument("--steps", type=int, required=True, help="optimiser steps; the learning rate ends at 0 there")
    options.add_argument("--stop", type=int, help="stop at this step (the schedule stays that of --steps)")
    options.add_argument("--rows", type=int, default=96, help="rows of 64 places in a worker's batch")
    options.add_argument("--workers", type=int, default=1, help="batches of a step, each on a thread of its own")
    options.add_argument("--threads", type=int, default=1, help="threads within an operation")
    options.add_argument("--device", default="cpu", help="cpu or cuda")
    options.add_argument("--precision", choices=("f32", "bf16"), default="f32", help="of products; weights stay f32")
    options.add_argument("--compile", action="store_true", help="with torch.compile, which needs a C++ compiler")
    options.add_argument("--optimizer", choices=("muon", "adamw"), default="muon", help="of the layers' matrices")
    options.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    options.add_argument("--warmup", type=int, default=300, help="steps over which it rises")
    options.add_argument("--cooldown", type=int, default=2_000, help="steps over which the learning rate falls at the end")
    options.add_argument("--decay", type=float, default=0.01, help="weight decay")
    options.add_argument("--masked", type=float, default=0.2, help="share of places to hide")
    options.add_argument("--seed", type=int, default=16)
    options.add_argument("--every", type=int, default=500, help="steps between two looks at the held-out sentences")
    options.add_argument("--minutes", type=float, default=5, help="time between two checkpoints")
    return options.parse_args()


def main():
    chosen = arguments()
    torch.set_num_threads(chosen.threads)
    size = bert.SIZES[chosen.size]
    folder = chosen.data / (chosen.run or chosen.size)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = chosen.data / "tokenizer.json"
    text, held = (tokenised(chosen.data / name, tokenizer) for name in ("text.txt", "heldout.txt"))
    continues = numpy.array([piece.startswith("##") for piece in Tokenizer(tokenizer).vocabulary])
    settings = {key: value for key, value in vars(chosen).items() if key in
                ("size", "rows", "workers", "rate", "warmup", "decay", "masked", "seed")}  # fmt: skip

    parameters = bert.fresh(size, chosen.seed, chosen.device)
    matrices = [value for name, value in parameters.items() if name.startswith("encoder.") and value.dim() == 2]
    others = [value for value in parameters.values() if all(value is not matrix for matrix in matrices)]
    if chosen.optimizer == "adamw":
        matrices, others = [], list(parameters.values())
    groups = [{"params": [value for value in others if value.dim() > 1], "weight_decay": chosen.decay},
              {"params": [value for value in others if value.dim() == 1], "weight_decay": 0.0}]  # fmt: skip
    optimizers = [torch.optim.AdamW(groups, lr=chosen.rate, betas=(0.9, 0.98), eps=1e-6, fused=True)]
    if matrices:
        optimizers.append(Muon(matrices, lr=chosen.rate, weight_decay=chosen.decay))
    names = {id(value): name for name, value in parameters.items()}
    step = turn = done = seen = 0
    spent = 0.0
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=chosen.device)
        if kept["settings"] != settings:
            raise SystemExit(f"{checkpoint} was made with {kept['settings']}, not {settings}: give those or another --run")
        if kept["cooling"] not in (None, [chosen.steps, chosen.cooldown]):
            raise SystemExit(f"{checkpoint} is cooling down already: give --steps and --cooldown {kept['cooling']}")
        with torch.no_grad():
            for name, value in parameters.items():
                value.copy_(kept["parameters"][name])
        for optimizer in optimizers:
            for value in (value for group in optimizer.param_groups for value in group["params"]):
                state = kept["states"].get(names[id(value)], {})
                if ("momentum" in state) == isinstance(optimizer, Muon):  # else the optimizer was another before
                    optimizer.state[value] = state
        step, turn, done, seen, spent = (kept[name] for name in ("step", "turn", "done", "seen", "spent"))
        print(f"going on from step {step}", flush=True)
    history = folder / "history.jsonl"
    if history.exists():  # nothing from after the checkpoint
        lines = [line for line in history.read_text().splitlines() if json.loads(line)["step"] <= step and step]
        history.write_text("".join(line + "\n" for line in lines))

    values = list(parameters.values())
    compute = partial(loss, size)
    if chosen.compile:
        compute = torch.compile(compute, dynamic=False)

    def forward(batch, positions, number, random, share):
        """The loss of a batch with words hidden, how many pieces were right, how many were hidden."""
        changed, places, wanted, weights = mask(batch, continues, random, share)
        tensors = [torch.from_numpy(value).to(chosen.device) for value in (changed, positions, number, places, wanted, weights)]
        with torch.autocast(torch.device(chosen.device).type, torch.bfloat16, enabled=chosen.precision == "bf16"):
            return *compute(parameters, *tensors), int(weights.sum())

    @torch.no_grad()
    def heldOut():
        """Loss and accuracy on the held-out sentences, 15 % hidden, always the same pieces."""
        total = right = count = 0
        random = numpy.random.default_rng([chosen.seed, 7])
        plan = rows(held[1], chosen.seed, 0, packed=0)
        for at in range(0, len(plan), chosen.rows):
            value, hits, number = forward(*fill(*held, plan[at : at + chosen.rows], chosen.rows), random, 0.15)
            total, right, count = total + float(value), right + int(hits), count + number
        return total / count, right / count

    def keep(path):
        cooling = [chosen.steps, chosen.cooldown] if step > chosen.steps - chosen.cooldown else None
        state = {"step": step, "turn": turn, "done": done, "seen": seen + fresh, "spent": spent}
        weights = {name: value.detach() for name, value in parameters.items()}
        states = {names[id(value)]: kept for optimizer in optimizers for value, kept in optimizer.state.items()}
        save(path, {"settings": settings, "cooling": cooling, **state, "parameters": weights, "states": states})

    def work(number, mine):
        """One worker's share of a step: gradients of the summed loss, the loss, the pieces hidden, the tokens seen."""
        batch, positions, belongs = fill(*text, mine, chosen.rows)
        random = numpy.random.default_rng([chosen.seed, 1, step, number])
        value, _, count = forward(batch, positions, belongs, random, chosen.masked)
        return torch.autograd.grad(value, values), value.detach(), count, int((batch != PAD).sum())

    end = min(chosen.steps, chosen.stop or chosen.steps)
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    saved = shown = time.monotonic()
    fresh = total = hidden = 0
    pool = ThreadPoolExecutor(chosen.workers)
    while step < end and not asked:
        plan = rows(text[1], chosen.seed, turn)
        each = chosen.rows * chosen.workers
        while step < end and (done + 1) * each <= len(plan):
            for group in (group for optimizer in optimizers for group in optimizer.param_groups):
                group["lr"] = rate(step, chosen)
            mine = [plan[at : at + chosen.rows] for at in range(done * each, (done + 1) * each, chosen.rows)]
            shares = [work(0, mine[0])] if chosen.workers == 1 else list(pool.map(work, range(chosen.workers), mine))
            count = sum(share[2] for share in shares)
            for value, *gradients in zip(values, *(share[0] for share in shares)):
                value.grad = sum(gradients[1:], gradients[0]) / count
            torch.nn.utils.clip_grad_norm_(values, 1.0)
            for optimizer in optimizers:
                optimizer.step()
            total, hidden = total + sum(share[1] for share in shares), hidden + count
            fresh += sum(share[3] for share in shares)
            step, done = step + 1, done + 1
            if step % 100 == 0 or step == end or asked:
                now = time.monotonic()
                speed, spent, seen = fresh / (now - shown), spent + now - shown, seen + fresh
                row = {"step": step, "tokens": seen, "seconds": round(spent), "loss": round(float(total) / hidden, 4)}
                if step % chosen.every == 0 or step == end:
                    row["heldOutLoss"], row["heldOutAccuracy"] = (round(figure, 4) for figure in heldOut())
                shown, fresh, total, hidden = now, 0, 0.0, 0
                with history.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                left = (chosen.steps - step) * spent / step / 60
                note = ""
                if "heldOutLoss" in row:
                    note = f"  held out {row['heldOutLoss']:.3f}, {row['heldOutAccuracy']:.1%} right"
                print(f"step {step:6} of {chosen.steps}  pass {turn + 1}  {seen / 1e6:7.2f} M tokens  {speed:7,.0f} tokens/s"
                      f"  loss {row['loss']:.3f}  {left:5.1f} min left{note}", flush=True)  # fmt: skip
                if now - saved > chosen.minutes * 60 or step == end or asked:
                    keep(checkpoint)
                    saved = now
                if asked:
                    return
            if step == chosen.steps - chosen.cooldown:
                keep(folder / "level.pt")
        if step < end:
            turn, done = turn + 1, 0


if __name__ == "__main__":
    main()
