"""One entry of the tables."""

from __future__ import annotations

from typing import NamedTuple

WRONG, UNREAD, NOTE = "wrong", "unread", "note"


class Words(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str
    level: str = WRONG
