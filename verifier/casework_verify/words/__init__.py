"""What is said, by code: English and Chinese side by side, and whether it is a fault or a remark.

A subject has its table in a module of its own. `{name}` stands for a value of the fault; `{seq}`, `{file}` and `{leaf}` for where it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any

from casework_verify.faults import Fault
from casework_verify.words.attestations import ATTESTATIONS
from casework_verify.words.certificates import CERTIFICATES
from casework_verify.words.exports import EXPORTS
from casework_verify.words.files import FILES
from casework_verify.words.integrity import INTEGRITY
from casework_verify.words.names import at_minute, coded, in_words
from casework_verify.words.readings import READINGS
from casework_verify.words.reasons import reason
from casework_verify.words.replay import REPLAY
from casework_verify.words.table import NOTE, UNREAD, WRONG, Words
from casework_verify.words.titles import FIELD, TITLED, VALUE, choice_title, field_title, titled
from casework_verify.words.witnesses import WITNESSES

#: Every code.
WORDS: dict[str, Words] = {
    **INTEGRITY,
    **FILES,
    **REPLAY,
    **CERTIFICATES,
    **ATTESTATIONS,
    **EXPORTS,
    **READINGS,
    **WITNESSES,
}

_LONGEST = 200
#: Where a line ends in what people wrote, or a column.
_LINE_END = re.compile(r"\r\n|[\r\n\t]")
#: Values that are a moment; and those that are a code, by what has its words.
_MOMENTS = frozenset({"at", "as_of"})
_CODED = {"role": "role", "happened": "kind", "answer": "state", "step": "step"}


def level_of(fault: Fault) -> str:
    """Whether it is wrong, cannot be read, or is to be known."""
    return WORDS[fault.code].level


def sentence(fault: Fault, language: str = "en", zone: tzinfo = UTC) -> str:
    """What a fault says, with moments in a time zone. A code has its words in both languages; `tests/verifier` looks."""
    words, chinese = WORDS[fault.code], language == "zh"
    placed = {"seq": fault.seq, "file": fault.file, "leaf": fault.leaf, **fault.values}
    if "why" in placed:
        # The sentence has a full stop of its own.
        why = str(placed["why"]).rstrip(" .。")
        placed["why"] = reason(why) if chinese else why
    placed |= _titles(placed, chinese=chinese)
    told = {name: _said(name, one, zone, chinese=chinese) for name, one in placed.items()}
    return fill(words.zh if chinese else words.en, told)


def _titles(placed: Mapping[str, Any], *, chinese: bool) -> dict[str, Any]:
    """What the edition that is named calls the states, steps, fields and answers of a sentence."""
    edition, field = placed.get("edition"), placed.get(FIELD)
    if edition is None:
        return {}
    told = {name: titled(name, placed[name], edition, chinese=chinese) for name in TITLED.keys() & placed.keys()}
    if field is None:
        return told
    answer = choice_title(field, placed.get(VALUE), edition, chinese=chinese)
    return {**told, FIELD: field_title(field, edition, chinese=chinese), VALUE: answer}


def _said(name: str, value: Any, zone: tzinfo, *, chinese: bool) -> str:
    if name in _MOMENTS and isinstance(value, str):
        return at_minute(value, zone)
    return in_words(coded(_CODED[name], value, chinese=chinese) if name in _CODED else value, chinese=chinese)


class _Told(str):
    """A value in a sentence; `{count:leaf|leaves}` is the word that stands behind such a number."""

    __slots__ = ()

    def __format__(self, words: str) -> str:
        one, several, many = words.partition("|")
        return (one if self == "1" else many) if several else format(str(self), words)


def fill(words: str, values: Mapping[str, object]) -> str:
    """A sentence with its values, each as a reader may see it."""
    return words.format_map({name: _Told(plain(value)) for name, value in values.items()})


def plain(value: object) -> str:
    """A value as a reader may see it: in one line, not too long, with nothing that a terminal obeys or that turns text around."""
    words = "".join(one if one.isprintable() else "\ufffd" for one in _LINE_END.sub(" ", str(value)))
    return words if len(words) <= _LONGEST else words[:_LONGEST] + "…"


__all__ = ["NOTE", "UNREAD", "WORDS", "WRONG", "fill", "level_of", "plain", "sentence"]
