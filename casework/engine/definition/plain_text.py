"""Texts as they are taken in: without what no reader would see. One rule for pages, the API, imports and the forms of a case.

What turns the order of letters, has no width or controls a terminal is dropped, not refused: it comes along unseen when somebody
pastes from another program, and nobody could find it. Nothing that can be read is lost: joiners stay where a script or an emoji is
written with them, and so do the variants of a character. Names are stricter: engine/definition/names.py refuses what passes for
another one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

#: What passwords are called, on pages and in the API.
AS_TYPED = frozenset({"password", "again", "present", "confirm_password"})

#: Controls but for the tab, the line's end and NUL, which is refused as damage; marks of direction; what has no width; tags.
_DROPPED = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0001]"
)
_ENDS_OF_LINES = re.compile("\r\n|[\r\u2028\u2029]")
#: Joiners, variants and tags: kept where they mean something.
_MARKS = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]")
#: What is dropped, written otherwise or looked at.
_ODD = re.compile(f"{_DROPPED.pattern[:-1]}\r\u2028\u2029{_MARKS.pattern[1:]}")
_JOINERS = "\u200c\u200d"
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: The flag of a part of a country: a black flag, letters as tags, and their end.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
#: Scripts whose letters are joined or kept apart: Arabic and its kin, those of India, Burmese, Khmer and Mongolian.
_JOINING = re.compile("[\u0600-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
#: What may stand on a picture: its variant, or the colour of a skin.
_ON_PICTURE = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")


def visible(words: str) -> str:
    """The words without what nobody sees, with composed letters and one kind of line's end."""
    if words.isascii() and words.isprintable():
        return words
    if not _ODD.search(words):
        # Nearly every text has none of them, in whatever language.
        return unicodedata.normalize("NFC", words)
    seen = _DROPPED.sub("", _ENDS_OF_LINES.sub("\n", words))
    if _MARKS.search(seen):
        parts = re.split(f"({_FLAG.pattern})", seen)
        seen = "".join(part if _FLAG.fullmatch(part) else _marked(part) for part in parts)
    return unicodedata.normalize("NFC", seen)


def visible_within(given: Any) -> Any:
    """The same for all texts of what was sent, but for passwords: those are what was typed, letter by letter."""
    if isinstance(given, str):
        return visible(given)
    if isinstance(given, Mapping):
        return {name: value if name in AS_TYPED else visible_within(value) for name, value in given.items()}
    return [visible_within(value) for value in given] if isinstance(given, list) else given


def _marked(words: str) -> str:
    """The words with only those joiners and variants that belong to what stands before them.

    Each letter is looked at once, whatever they are: strangers send texts, too.
    """
    kept: list[str] = []
    before = picture = ""
    for letter, following in zip(words, _followings(words), strict=True):
        if (
            not _MARKS.fullmatch(letter)
            or letter in _JOINERS
            and _joins(before, picture, following)
            or _VARIANTS.fullmatch(letter)
            and before
            and not before.isspace()
            and not _MARKS.fullmatch(before)
        ):
            kept.append(letter)
            before = letter
            if not _ON_PICTURE.fullmatch(letter):
                picture = letter
    return "".join(kept)


def _followings(words: str) -> list[str]:
    """For each letter the next one after it that is no joiner, variant or tag; nothing where there is none."""
    found, following = list[str](), ""
    for letter in reversed(words):
        found.append(following)
        if not _MARKS.fullmatch(letter):
            following = letter
    return found[::-1]


def _joins(before: str, picture: str, following: str) -> bool:
    """Whether a joiner stands between two pictures, or behind a letter of a script that is written with joiners."""
    if _JOINING.fullmatch(before):
        return True
    return before not in _JOINERS and _is_picture(picture) and _is_picture(following)


def _is_picture(letter: str) -> bool:
    return bool(letter) and unicodedata.category(letter) == "So"
