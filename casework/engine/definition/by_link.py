"""What a definition says of a task that a party may answer itself, by a one-time link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: What a link fills in by itself.
LINK_FILLS: tuple[Literal["party", "name", "day", "files"], ...] = ("party", "name", "day", "files")


@dataclass(frozen=True)
class ByLink:
    """A party may answer the task itself, by a one-time link. The fields that the link fills in: the party, who answered, the
    day, and what was handed in with the answer; and those that are not asked of who answers so.
    """

    #: What the party is asked, in words to it; and what a field is called there, where its name speaks of the party.
    asks: str
    labels: tuple[tuple[str, str], ...] = ()
    party: str = ""
    name: str = ""
    day: str = ""
    files: str = ""
    leaves: tuple[str, ...] = ()
    #: Answers that are the office's alone, by field: nobody says of themselves that they said nothing.
    without: tuple[tuple[str, tuple[str, ...]], ...] = ()
