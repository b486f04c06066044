"""
Reads exported model folders with sentence-transformers and prints the STS that it gives, beside that of `semblance eval`.

    python exported.py PAIRS.tsv FOLDER...      needs `pip install sentence-transformers`, and Node for the command line

PAIRS.tsv holds "score, sentence, sentence" in each line. Exits with 1 when the two differ by more than 1e-4.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr
from sentence_transformers import SentenceTransformer

ROOT = Path(__file__).resolve().parents[3]
TOLERANCE = 1e-4


def read_pairs(path: Path) -> tuple[np.ndarray, list[str], list[str]]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
    return np.array([float(row[0]) for row in rows]), [row[1] for row in rows], [row[2] for row in rows]


def theirs(folder: Path, pairs: Path) -> tuple[SentenceTransformer, float]:
    # The code in the folder is the pooling module that we wrote for folders with mask pooling.
    model = SentenceTransformer(str(folder), device="cpu", trust_remote_code=True)
    gold, first, second = read_pairs(pairs)
    a, b = (model.encode(side, normalize_embeddings=True) for side in (first, second))
    return model, float(spearmanr((a * b).sum(axis=1), gold).statistic)


def ours(folder: Path, pairs: Path) -> dict:
    command = ["npm", "run", "-s", "cli", "--", "eval", "--model", str(folder), "--sts", str(pairs), "--device", "wasm", "--json"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(finished.stdout.splitlines()[-1])


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__)
        return 2
    pairs, *folders = [Path(argument).resolve() for argument in sys.argv[1:]]
    largest = 0.0
    for folder in folders:
        model, score = theirs(folder, pairs)
        result = ours(folder, pairs)
        difference = abs(score - result["stsAverage"])
        largest = max(largest, difference)
        print(
            f"{folder}: {result['pooling']} pooling, {result['maxLength']} tokens (max_seq_length {model.max_seq_length}): "
            f"sentence-transformers {score:.6f}, here {result['stsAverage']:.6f}, difference {difference:.1e}"
        )
    return 0 if largest <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
