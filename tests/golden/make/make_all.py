"""
Makes the reference files again from their own inputs, in float64.

    python make_all.py --check           computes everything and compares with what is stored
    python make_all.py [NAME ...]        writes the files (all of them, or those named)
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import batching
import bert
import losses
import metrics
import optimiser
import probe
import tokenizer
import transfer
from files import Difference, Json, compact, indented, load, text_of, write


@dataclass
class ReferenceFile:
    make: Callable[[], Json]
    text: Callable[[Json], str] = compact
    tolerance: float = 2e-9
    """Of the largest error; the last of 9 significant digits may round either way."""
    compare: Callable[[Json, Json, Difference], None] = lambda fresh, stored, difference: difference.compare(
        fresh, stored
    )


def compare_trace(fresh: Json, stored: Json, difference: Difference) -> None:
    difference.compare(optimiser.without_rounding(fresh), optimiser.without_rounding(stored))


FILES: dict[str, ReferenceFile] = {
    "infonce": ReferenceFile(losses.infonce),
    "hierarchical_triplet": ReferenceFile(losses.hierarchical_triplet),
    "combined": ReferenceFile(losses.combined),
    "alignment_uniformity": ReferenceFile(metrics.alignment_uniformity),
    "rfd": ReferenceFile(metrics.rfd),
    "spearman": ReferenceFile(metrics.spearman),
    "match_error_rate": ReferenceFile(metrics.match_error_rate),
    "logistic_probe": ReferenceFile(probe.logistic_probe, tolerance=1e-6),
    "transfer": ReferenceFile(transfer.transfer, tolerance=1e-6),
    "bert_forward_backward": ReferenceFile(bert.bert_forward_backward),
    "dropout_statistics": ReferenceFile(bert.dropout_statistics, tolerance=1e-6, compare=bert.compare_dropout),
    "adamw": ReferenceFile(optimiser.adamw),
    "training_trace": ReferenceFile(optimiser.training_trace, tolerance=1e-7, compare=compare_trace),
    "collator": ReferenceFile(batching.collator),
    "prompt": ReferenceFile(batching.prompt),
    "tokenizer/pocket": ReferenceFile(tokenizer.pocket, text=indented),
}


def check(name: str) -> bool:
    file, stored, difference = FILES[name], load(name), Difference()
    started = time.monotonic()
    fresh = file.make()
    file.compare(fresh, stored, difference)
    agrees = not difference.mismatches and difference.largest <= file.tolerance
    same = (
        "same bytes"
        if file.text(fresh) == text_of(name)
        else f"largest error {difference.largest:.1e} {difference.place}"
    )
    print(f"{'ok  ' if agrees else 'FAIL'} {name}: {same} ({time.monotonic() - started:.1f} s)")
    for mismatch in difference.mismatches[:10]:
        print(f"     {mismatch}")
    return agrees


def main() -> int:
    parser = argparse.ArgumentParser(description="Reference files of Semblance, computed in PyTorch.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(FILES)}; all when left out")
    parser.add_argument("--check", action="store_true", help="compare with what is stored, write nothing")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in FILES]
    if unknown:
        parser.error(f"there is no reference file {', '.join(unknown)}")
    names = arguments.names or list(FILES)
    if arguments.check:
        return 0 if all([check(name) for name in names]) else 1
    for name in names:
        write(name, FILES[name].text(FILES[name].make()))
        print(f"wrote {name}.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
