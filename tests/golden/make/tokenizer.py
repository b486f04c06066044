"""tokenizer/pocket.json: what Hugging Face's own tokenizers library (Rust) gives for models/pocket."""

from __future__ import annotations

from tokenizers import Tokenizer

from files import FOLDER, Json

POCKET = FOLDER.parents[1] / "models" / "pocket" / "tokenizer.json"
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
    "quotes \"double\" and 'single'",
    "tab\tand\nnewline",
    "e\u0301 decomposed accent",
    "[CLS] is a token and so is [MASK]",
]


def utf16_offsets(sentence: str, offsets: list[tuple[int, int]]) -> list[list[int]]:
    """Rust counts code points; the page counts UTF-16 units."""
    units = [len(sentence[:i].encode("utf-16-le")) // 2 for i in range(len(sentence) + 1)]
    return [[units[a], units[b]] for a, b in offsets]


def pocket() -> Json:
    tokenizer = Tokenizer.from_file(str(POCKET))

    def case(sentence: str) -> dict[str, Json]:
        encoding = tokenizer.encode(sentence)
        offsets = utf16_offsets(sentence, encoding.offsets)
        return {"sentence": sentence, "ids": encoding.ids, "tokens": encoding.tokens, "offsets": offsets}

    return {"cases": [case(sentence) for sentence in SENTENCES]}
