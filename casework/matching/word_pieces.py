"""The pieces of words that a model of meaning knows, and in a text the sentences: plain Python, no library.

As the model's makers cut: small letters without accents, marks by themselves, each word by the longest piece from the left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from casework.matching.terms import UNSPACED, language_of

#: A word that is longer is no word.
_LONGEST = 100
#: So much of a text is cut into sentences, and so many of them there are at most.
_LETTERS, SENTENCES = 4_000, 16
_UNSPACED = re.compile(f"[{UNSPACED}]+")
_END = re.compile(r"(?<=[.!?;])\s+|\s*[\r\n]+\s*")
_LETTER = re.compile(r"[^\W\d_]{2,}")
#: Fewer words tell no language and nothing that could be alike.
_WORDS = 3


class Pieces:
    """A vocabulary, which cuts texts into the numbers of its pieces."""

    def __init__(self, words: Iterable[str]) -> None:
        self._numbers: Mapping[str, int] = {word: number for number, word in enumerate(words)}
        self.begin, self.end = self._numbers["[CLS]"], self._numbers["[SEP]"]
        self._unknown = self._numbers["[UNK]"]

    def of(self, text: str) -> list[int]:
        """The pieces of a text, in its order."""
        return [piece for word in _words(text) for piece in self._cut(word)]

    def _cut(self, word: str) -> list[int]:
        cut, at = list[int](), 0
        while at < len(word) <= _LONGEST:
            for end in range(len(word), at, -1):
                number = self._numbers.get(f"##{word[at:end]}" if at else word[at:end])
                if number is not None:
                    break
            else:
                return [self._unknown]
            cut.append(number)
            at = end
        return cut or [self._unknown]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(map(_apart, plain)).split()


def _apart(letter: str) -> str:
    if letter.isalnum():
        return f" {letter} " if letter >= "\u2e80" and _UNSPACED.match(letter) else letter
    kind = unicodedata.category(letter)
    if kind == "Mn" or letter in "\x00\ufffd":
        return ""
    if letter.isspace():
        return " "
    if kind[0] == "C":
        return ""
    return f" {letter} " if kind[0] == "P" or letter < "\x80" else letter


def sentences_of(text: str) -> list[str]:
    """The English sentences of a text, as many as are looked at; none where it is in a language that the model does not know.

    What stands in it without spaces, such as its title in Chinese, is left out.
    """
    spaced = _UNSPACED.sub(" ", text[:_LETTERS])
    if len(_LETTER.findall(spaced)) < _WORDS or language_of(spaced) != "english" or _mostly_unspaced(text):
        return []
    cut = (" ".join(one.split()) for one in _END.split(spaced))
    return [one for one in cut if _LETTER.search(one)][:SENTENCES]


def _mostly_unspaced(text: str) -> bool:
    letters = sum(map(len, _UNSPACED.findall(text[:_LETTERS])))
    # A letter of Chinese says as much as a few of English.
    return 3 * letters > len(text[:_LETTERS]) - letters
