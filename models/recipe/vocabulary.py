#!/usr/bin/env python3
"""Learns a lower-cased WordPiece vocabulary and writes it as Hugging Face's tokenizer.json; also the tokenizer itself.

    python3 vocabulary.py --from DIR/text.txt --to DIR/tokenizer.json

Pieces are found as in byte-pair encoding: begin with single characters, join the most frequent neighbours again and
again. Text is cut as BERT does: control characters out, accents off, lower case, every punctuation mark a word.
"""

import argparse
import collections
import heapq
import json
import unicodedata
from functools import lru_cache
from pathlib import Path

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PAD, UNKNOWN, CLS, SEP, MASK = range(5)
SIZE = 8_192
ALPHABET = 120  # characters that stand alone in the vocabulary; words with others become [UNK]
LONGEST = 100  # characters of a word; longer ones become [UNK]
IDEOGRAPHS = [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
              (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)]  # fmt: skip


@lru_cache(maxsize=None)
def replacement(character):
    """What a character becomes before words are cut: nothing, itself, or itself between spaces."""
    if character.isspace():
        return " "
    if character == "\ufffd" or unicodedata.category(character)[0] == "C":
        return ""
    code = ord(character)
    return f" {character} " if any(first <= code <= last for first, last in IDEOGRAPHS) else character


@lru_cache(maxsize=None)
def isPunctuation(character):
    code = ord(character)
    ascii = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii or unicodedata.category(character)[0] == "P"


@lru_cache(maxsize=None)
def isMark(character):
    return unicodedata.category(character) == "Mn"


def words(text):
    """The lower-cased words and punctuation marks of a text."""
    if not text.isascii():
        text = unicodedata.normalize("NFD", "".join(map(replacement, text)))
        text = "".join(character for character in text if not isMark(character))
    elif not text.isprintable():
        text = "".join(map(replacement, text))
    for chunk in text.lower().split():
        if chunk.isalnum():
            yield chunk
            continue
        start = 0
        for at, character in enumerate(chunk):
            if isPunctuation(character):
                if start < at:
                    yield chunk[start:at]
                yield character
                start = at + 1
        if start < len(chunk):
            yield chunk[start:]


class Tokenizer:
    """Greedy WordPiece: the longest piece that fits, then the longest that continues, or [UNK] for the whole word."""

    def __init__(self, path):
        self.vocabulary = json.loads(Path(path).read_text(encoding="utf-8"))["model"]["vocab"]
        self.known = {}

    def pieces(self, word):
        found = self.known.get(word)
        if found is None:
            found = self.known[word] = self.cut(word)
        return found

    def cut(self, word):
        found, start = [], 0
        while start < len(word) <= LONGEST:
            for end in range(len(word), start, -1):
                piece = self.vocabulary.get(("##" if start else "") + word[start:end])
                if piece is not None:
                    break
            else:
                return [UNKNOWN]
            found.append(piece)
            start = end
        return found or [UNKNOWN]

    def encode(self, text):
        return [CLS, *(piece for word in words(text) for piece in self.pieces(word)), SEP]


def learn(counts):
    """The vocabulary, given how often each word occurs."""
    characters = collections.Counter()
    for word, count in counts.items():
        for character in word:
            characters[character] += count
    alphabet = {character for character, _ in sorted(characters.items(), key=lambda item: (-item[1], item[0]))[:ALPHABET]}
    split = [(["##" * (at > 0) + character for at, character in enumerate(word)], count)
             for word, count in sorted(counts.items()) if alphabet.issuperset(word)]  # fmt: skip
    vocabulary = [*SPECIAL, *sorted(alphabet), *sorted({piece for pieces, _ in split for piece in pieces if piece[2:]})]

    pairs, where = collections.Counter(), collections.defaultdict(set)
    for index, (pieces, count) in enumerate(split):
        for pair in zip(pieces, pieces[1:]):
            pairs[pair] += count
            where[pair].add(index)
    queue = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(queue)
    present = set(vocabulary)
    while len(vocabulary) < SIZE:
        count, pair = heapq.heappop(queue)
        if -count != pairs[pair]:  # an entry from before a merge changed this count
            if pairs[pair] > 0:
                heapq.heappush(queue, (-pairs[pair], pair))
            continue
        joined = pair[0] + pair[1][2:]
        if joined not in present:
            present.add(joined)
            vocabulary.append(joined)
        changed = set()
        for index in where.pop(pair):
            pieces, times = split[index]
            for old in zip(pieces, pieces[1:]):
                pairs[old] -= times
            at, merged = 0, []
            while at < len(pieces):
                hit = at + 1 < len(pieces) and (pieces[at], pieces[at + 1]) == pair
                merged.append(joined if hit else pieces[at])
                at += 2 if hit else 1
            split[index] = (merged, times)
            for new in zip(merged, merged[1:]):
                pairs[new] += times
                where[new].add(index)
                changed.add(new)
        for new in changed:
            heapq.heappush(queue, (-pairs[new], new))
    return vocabulary


def document(vocabulary):
    """The tokenizer.json of a BERT tokenizer."""
    added = [{"id": index, "content": token, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True} for index, token in enumerate(SPECIAL)]  # fmt: skip
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", SEP], "cls": ["[CLS]", CLS]},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": LONGEST,
            "vocab": {token: index for index, token in enumerate(vocabulary)},
        },
    }  # fmt: skip


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--from", dest="text", type=Path, required=True)
    options.add_argument("--to", type=Path, required=True)
    chosen = options.parse_args()
    counts = collections.Counter()
    with chosen.text.open(encoding="utf-8") as text:
        for line in text:
            counts.update(words(line))
    print(f"{counts.total():,} words and marks, {len(counts):,} different", flush=True)
    vocabulary = learn(counts)
    chosen.to.write_text(json.dumps(document(vocabulary), ensure_ascii=False), encoding="utf-8")
    print(f"{len(vocabulary):,} pieces in {chosen.to}")


if __name__ == "__main__":
    main()
