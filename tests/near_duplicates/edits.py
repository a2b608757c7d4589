"""What an editor's desk, and what a publishing system does to a text before it is printed again."""

from __future__ import annotations

import unicodedata
from random import Random

from tests.replica import vocabulary

Paragraphs = tuple[str, ...]

#: Words a desk puts in for others; the meaning hardly matters to a comparison of words.
_WORDS = (
    "trong",
    "tại",
    "của",
    "và",
    "cũng",
    "rất",
    "nhiều",
    "các",
    "những",
    "được",
    "đã",
    "sẽ",
    "vừa",
    "đang",
    "mới",
    "theo",
    "hiện",
    "nay",
    "địa",
    "phương",
    "này",
)
_NEW_STYLE = {"hòa": "hoà", "thủy": "thuỷ", "ủy ban": "uỷ ban", "hóa": "hoá", "khỏe": "khoẻ", "Ủy": "Uỷ", "tòa": "toà"}


def light(text: Paragraphs, random: Random, share: float) -> Paragraphs:
    """Change, leave out or add a word in about this share of places; numbers stay."""
    return tuple(" ".join(_edited(paragraph.split(), random, share)) for paragraph in text)


def _edited(words: list[str], random: Random, share: float) -> list[str]:
    edited = []
    for word in words:
        if random.random() >= share or any(character.isdigit() for character in word):
            edited.append(word)
        else:
            edited += random.choice(([], [random.choice(_WORDS)], [word, random.choice(_WORDS)]))
    return edited


def keep(text: Paragraphs, random: Random, share: float) -> Paragraphs:
    """Leave out whole paragraphs, any but the first, until hardly more than this share of the words is left."""
    kept = list(range(len(text)))
    total = sum(map(_words, text))
    for index in random.sample(kept[1:], len(kept) - 1):
        if sum(_words(text[i]) for i in kept if i != index) >= share * total:
            kept.remove(index)
    return tuple(text[index] for index in kept)


def _words(paragraph: str) -> int:
    return len(paragraph.split())


def framed(text: Paragraphs, random: Random) -> Paragraphs:
    """A new lead of the desk's own before the text, and a line behind it."""
    lead = f"{random.choice(vocabulary.PLACES['wire'])} đang theo sát diễn biến này, như tin chúng tôi đã đưa."
    return (lead, *text, random.choice(("Tin tổng hợp", "Theo thông tấn", "Ảnh: cộng tác viên")))


def rewrapped(text: Paragraphs, random: Random) -> Paragraphs:
    """The same sentences cut into other paragraphs."""
    sentences = " ".join(text).replace(". ", ".\n").split("\n")
    cut = random.randint(1, 3)
    return tuple(" ".join(sentences[i : i + cut]) for i in range(0, len(sentences), cut))


def moved(text: Paragraphs, random: Random) -> Paragraphs:
    """The paragraphs after the first in another order."""
    return (text[0], *random.sample(text[1:], len(text) - 1))


def other_tone_style(text: Paragraphs, random: Random) -> Paragraphs:
    def restyled(paragraph: str) -> str:
        for old, new in _NEW_STYLE.items():
            first, second = random.sample((old, new), 2)
            paragraph = paragraph.replace(first, second)
        return paragraph

    return tuple(map(restyled, text))


def decomposed(text: Paragraphs, random: Random) -> Paragraphs:
    return tuple(unicodedata.normalize("NFD", paragraph) for paragraph in text)


def zero_width(text: Paragraphs, random: Random) -> Paragraphs:
    """An invisible space inside one word of ten."""

    def spoiled(word: str) -> str:
        return word[:2] + "\u200b" + word[2:] if random.random() < 0.1 else word

    return tuple(" ".join(map(spoiled, paragraph.split(" "))) for paragraph in text)


def eth_for_d(text: Paragraphs, random: Random) -> Paragraphs:
    return tuple(paragraph.replace("Đ", "Ð") for paragraph in text)


def capitals(text: Paragraphs, random: Random) -> Paragraphs:
    return (text[0].upper(), *text[1:])
