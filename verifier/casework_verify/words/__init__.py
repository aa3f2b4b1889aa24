"""What is said, by code: English and Chinese side by side, and whether it is a fault or a remark.

A subject has its table in a module of its own. `{name}` stands for a value of the fault; `{seq}`, `{file}` and `{leaf}` for where it is.
"""

from __future__ import annotations

from casework_verify.faults import Fault
from casework_verify.words.attestations import ATTESTATIONS
from casework_verify.words.certificates import CERTIFICATES
from casework_verify.words.files import FILES
from casework_verify.words.integrity import INTEGRITY
from casework_verify.words.reasons import reason
from casework_verify.words.replay import REPLAY
from casework_verify.words.table import NOTE, UNREAD, WRONG, Words
from casework_verify.words.witnesses import WITNESSES

#: Every code.
WORDS: dict[str, Words] = {**INTEGRITY, **FILES, **REPLAY, **CERTIFICATES, **ATTESTATIONS, **WITNESSES}

_LONGEST = 200


def level_of(fault: Fault) -> str:
    """Whether it is wrong, cannot be read, or is to be known."""
    return WORDS[fault.code].level


def sentence(fault: Fault, language: str = "en") -> str:
    """What a fault says. A code has its words in both languages; `tests/verifier` looks."""
    words = WORDS[fault.code]
    placed = {"seq": fault.seq, "file": fault.file, "leaf": fault.leaf, **fault.values}
    if language == "zh" and "why" in placed:
        placed["why"] = reason(fault.code, str(placed["why"]))
    return (words.zh if language == "zh" else words.en).format_map({name: plain(one) for name, one in placed.items()})


def plain(value: object) -> str:
    """A value as a reader may see it: in one line, not too long, with nothing that a terminal obeys or that turns text around."""
    words = "".join(one if one.isprintable() else "\ufffd" for one in str(value))
    return words if len(words) <= _LONGEST else words[:_LONGEST] + "…"


__all__ = ["NOTE", "UNREAD", "WORDS", "WRONG", "level_of", "plain", "sentence"]
