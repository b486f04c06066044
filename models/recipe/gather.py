#!/usr/bin/env python3
"""Fetches the sources, checks them, and writes the text: one sentence a line.

    python3 gather.py --to DIR [--wiki sentences.txt] [--exclude FILE ...] [--debian URL] [--pypi URL] [--npm URL] [--git URL]

DIR/packages keeps what was downloaded; DIR/text.txt is the shuffled text (a source with repeat 2 stands in it twice),
DIR/heldout.txt 2,000 sentences kept out of it, DIR/report.json the words per source.
"""

import argparse
import hashlib
import html
import json
import random
import re
import subprocess
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


def checkout(source, folder, mirrors, pattern):
    """The wanted files of a git repository at the table's commit, as a tar archive; a commit is its own checksum."""
    base, project = mirrors["git"].rstrip("/"), source.package
    repository = Path(base) / project if Path(base).is_dir() else folder / project.replace("/", "+")
    if not repository.exists():
        print(f"{source.name}: {base}/{project}", flush=True)
        clone = ["git", "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"{base}/{project}", str(repository)]
        subprocess.run(clone, check=True)
    git = ["git", "-C", str(repository)]
    listed = subprocess.run([*git, "ls-tree", "-r", "-z", "--name-only", source.sha256], check=True, capture_output=True).stdout
    paths = [path for path in listed.decode().split("\0") if path and re.search(pattern, path)]
    return subprocess.run([*git, "archive", "--format=tar", source.sha256, *paths], check=True, capture_output=True).stdout


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


def fields(path):
    """The keys of every field of a table (lines of JSON, or columns with tabs between them), whole and sentence by sentence."""
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = json.loads(line).values() if path.suffix == ".jsonl" else line.split("\t")
        for part in parts:
            if isinstance(part, str) and " " in part.strip():
                yield key(part)
                yield from map(key, sentences(part))


def keptOut(files):
    """The keys of every sentence of the bundled corpora (they show training, so pre-training must not know them) and of
    the evaluation sets in `files`."""
    corpora = (path for path in sorted(CORPORA.rglob("*")) if path.suffix in (".jsonl", ".txt", ".tsv"))
    return {name for path in [*corpora, *files] for name in fields(path)}


def read(source, folder, mirrors, wiki):
    """All paragraphs of a source."""
    pattern, extract = EXTRACTORS[source.extract]
    if source.registry == "file":
        yield from extract(wiki.read_bytes())
        return
    if source.registry == "git":
        files = members("repository.tar", checkout(source, folder, mirrors, pattern), pattern)
    else:
        files = members(*download(source, folder, mirrors), pattern)
    for _, data in files:
        yield from extract(data)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--to", type=Path, required=True, help="folder for packages, text and report")
    options.add_argument("--wiki", type=Path, help="sentences of WikiSplit, one a line (left out without it)")
    options.add_argument("--debian", default="https://deb.debian.org/debian/pool/main", help="mirror of Debian's pool/main")
    options.add_argument("--pypi", default="https://pypi.org/simple", help="mirror of PyPI's simple index")
    options.add_argument("--npm", default="https://registry.npmjs.org", help="mirror of the npm registry")
    options.add_argument("--git", default="https://github.com", help="where the repositories are: an address or a folder")
    options.add_argument("--exclude", nargs="*", type=Path, default=[], help="evaluation sets: their sentences stay out")
    options.add_argument("--only", nargs="*", help="names of sources, to try a few of them")
    chosen = options.parse_args()
    mirrors = {"debian": chosen.debian, "pypi": chosen.pypi, "npm": chosen.npm, "git": chosen.git}
    packages = chosen.to / "packages"
    packages.mkdir(parents=True, exist_ok=True)

    seen, excluded = set(), keptOut(chosen.exclude)
    print(f"{len(excluded):,} sentences of the bundled corpora and {len(chosen.exclude)} evaluation sets stay out", flush=True)
    report, everything = [], []
    for source in SOURCES:
        if (chosen.only and source.name not in chosen.only) or (source.registry == "file" and not chosen.wiki):
            continue
        kept, overlap, evaluation = {}, 0, set()
        for paragraph in read(source, packages, mirrors, chosen.wiki):
            for sentence in sentences(paragraph):
                sentence = clean(sentence)
                if sentence:
                    name = key(sentence)
                    overlap += name in seen
                    if name in excluded:
                        evaluation.add(name)
                    elif name not in seen and name not in kept:
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
                       "found": len(kept), "alreadySeen": overlap, "keptOut": len(evaluation), "licence": source.licence})  # fmt: skip
        print(f"{source.name:12} {len(taken):8,} sentences {words:10,} words (of {len(kept):,} sentences found, {len(evaluation)} kept out)", flush=True)

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
