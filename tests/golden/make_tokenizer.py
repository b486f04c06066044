#!/usr/bin/env python3
"""Writes tokenizer_pocket.json: what Hugging Face's own tokenizers gives for models/pocket.

    pip install tokenizers && python3 tests/golden/make_tokenizer.py
"""

import json
from pathlib import Path

from tokenizers import Tokenizer

HERE = Path(__file__).resolve().parent
SENTENCES = [
    "A man with a hard hat is dancing.",
    "Gothic cathedrals use pointed arches and flying buttresses.",
    "don't stop -- it's 3.14, isn't it?",
    "Café crème brûlée in Zürich",
    "  leading and   inner   spaces ",
    "ÀÉÎÕÜ naïve façade",
    "snow 雪 and mountains 山",
    "emoji 🎉 party 👩‍🔬 time",
    "UPPER lower MiXeD",
    "a",
    "supercalifragilisticexpialidocious unfathomability",
    'quotes "double" and \'single\'',
    "tab\tand\nnewline",
    "e\u0301 decomposed accent",
    "[CLS] is a token and so is [MASK]",
]


def main():
    tokenizer = Tokenizer.from_file(str(HERE.parents[1] / "models" / "pocket" / "tokenizer.json"))
    cases = []
    for sentence in SENTENCES:
        encoding = tokenizer.encode(sentence)
        # Rust counts code points; the page needs UTF-16 units.
        units = [len(sentence[:i].encode("utf-16-le")) // 2 for i in range(len(sentence) + 1)]
        offsets = [[units[a], units[b]] for a, b in encoding.offsets]
        cases.append({"sentence": sentence, "ids": encoding.ids, "tokens": encoding.tokens, "offsets": offsets})
    (HERE / "tokenizer_pocket.json").write_text(json.dumps({"cases": cases}, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
