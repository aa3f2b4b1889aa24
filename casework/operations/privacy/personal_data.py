"""What names a person, and whether a text does: names, addresses and numbers as somebody may have written them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, quote_plus

from casework import reasons
from casework.errors import InvalidForm
from casework.json_values import JsonValue

MOST_WORDS, LONGEST = 20, 200
#: What is not written in Chinese characters must be so long: a shorter word stands in words that name nobody.
SHORTEST_LATIN, SHORTEST_CHINESE = 4, 2
#: Letters and digits that a name in Latin script must not be a part of; within Chinese there is nothing between words.
_LETTER = "[0-9A-Za-zÀ-ɏ]"
#: A line's end, or what else stands between words, as JSON writes it: rows are looked through as the database keeps them.
_WRITTEN_SPACE = r"\\[bfnrt]"
_HAN = re.compile(r"[㐀-鿿豈-﫿]")


def checked_words(words: Iterable[str], field: str = "words") -> list[str]:
    """The words as they are looked for, each once. Raises InvalidForm for what would be found everywhere, or nowhere."""
    cleaned = list(dict.fromkeys(" ".join(unicodedata.normalize("NFC", word).split()) for word in words))
    cleaned = [word for word in cleaned if word]
    if len(cleaned) > MOST_WORDS:
        raise InvalidForm(fields={field: reasons.fields.AT_MOST(value=str(MOST_WORDS))})
    for word in cleaned:
        if len(word) > LONGEST or any(letter in '"\\' or not letter.isprintable() for letter in word):
            raise InvalidForm(fields={field: reasons.privacy.NO_NAME})
        least = SHORTEST_CHINESE if _HAN.search(word) else SHORTEST_LATIN
        if sum(letter.isalnum() for letter in word) < least:
            raise InvalidForm(fields={field: reasons.privacy.TOO_SHORT})
    return cleaned


@dataclass(frozen=True)
class Naming:
    """The words by which a person is named."""

    words: tuple[str, ...]

    @cached_property
    def pattern(self) -> str:
        """A regular expression that PostgreSQL and Python read alike; matched without regard to case."""
        return "|".join(_pattern(word) for word in self.words) or "(?!)"

    @cached_property
    def everywhere(self) -> str:
        """The same, and as the words stand in an address."""
        encoded = {way(word) for word in self.words for way in (quote, quote_plus)} - set(self.words)
        return "|".join([self.pattern, *(_pattern(word) for word in sorted(encoded))])

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    def in_text(self, text: str) -> bool:
        return self._compiled.search(unicodedata.normalize("NFC", text)) is not None

    def in_value(self, value: JsonValue) -> bool:
        """Whether a form value, of whatever shape, names the person."""
        return any(map(self.in_text, texts_within(value)))


def texts_within(value: JsonValue) -> Iterator[str]:
    """Every text in a value of whatever shape, what its parts are called too; as they are, and not as JSON writes them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from texts_within(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_within(part)


def _pattern(word: str) -> str:
    parts = f"(?:\\s|{_WRITTEN_SPACE})+".join(_escaped(part) for part in word.split(" "))
    before = f"(?:(?<!{_LETTER})|(?<={_WRITTEN_SPACE}))" if re.match(_LETTER, word) else ""
    after = f"(?!{_LETTER})" if re.search(f"{_LETTER}$", word) else ""
    return f"{before}{parts}{after}"


def _escaped(part: str) -> str:
    return re.sub(r"([^0-9A-Za-z\u0080-\U0010ffff])", r"\\\1", part)


__all__ = ["Naming", "checked_words", "texts_within"]
