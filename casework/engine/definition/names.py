"""What people, organisations, programmes and papers are called: words that look like what they are.

A name with letters that nobody sees, or that turn the reading around, passes for another one.
"""

from __future__ import annotations

import unicodedata

from casework import reasons
from casework.errors import InvalidForm

#: Controls, formats (among them what turns the direction and what has no width), surrogates, private use, and
#: ends of lines and paragraphs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
#: Letters and marks without any ink of their own, which Unicode counts among letters, marks and symbols.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
LONGEST = 300


def is_plain(words: str) -> bool:
    """Whether every letter can be seen, and stands where it is read. Variants of characters may be chosen."""
    if words.isascii():
        return words.isprintable()
    return not any(unicodedata.category(word) in _UNSEEN or word in _BLANK for word in set(words))


def insist_name(words: str, field: str = "name", most: int = LONGEST) -> str:
    """The name, with single spaces and composed letters. Raises InvalidForm for one that could pass for another."""
    if not is_plain(words.strip()):
        raise InvalidForm(fields={field: reasons.fields.INVISIBLE})
    name = " ".join(unicodedata.normalize("NFC", words).split())
    if not name:
        raise InvalidForm(fields={field: reasons.fields.REQUIRED})
    if len(name) > most:
        raise InvalidForm(fields={field: reasons.fields.LONGEST(most=most)})
    return name


__all__ = ["insist_name", "is_plain"]
