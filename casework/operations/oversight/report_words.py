"""The own words of a stage report: its title, what it concludes, and something to each of its figures, in English and in Chinese.

They stand in the event that says that they were written; what is agreed to and published says their digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casework import reasons
from casework.engine.figures.every import FIGURES
from casework.engine.figures.reports import WORDED
from casework.engine.state.events import RegisterEvent
from casework.errors import InvalidForm
from casework.json_values import JsonMapping

#: In the body of the event.
WORDS = "words"
TITLE, CONCLUSION = "title", "conclusion"
#: How a name ends under which the Chinese words stand.
CHINESE = "_zh"
LONGEST_TITLE, LONGEST = 200, 4_000


def names() -> Iterator[str]:
    """Under which names something may be written."""
    for name in (TITLE, CONCLUSION, *FIGURES):
        yield name
        yield name + CHINESE


def longest(name: str) -> int:
    return LONGEST_TITLE if name.removesuffix(CHINESE) == TITLE else LONGEST


def check_words(given: JsonMapping) -> dict[str, str]:
    """What was written, without what is empty. Raises InvalidForm."""
    known = {*names()}
    told = {name: one.strip() for name, one in given.items() if isinstance(one, str) and one.strip()}
    faults = {name: reasons.fields.NOT_A_CHOICE for name in given if name not in known}
    faults |= {name: reasons.fields.TEXT for name, one in given.items() if not isinstance(one, str | None)}
    faults |= {
        name: reasons.fields.LONGEST(most=str(longest(name)))
        for name, one in told.items()
        if name in known and len(one) > longest(name)
    }
    if faults:
        raise InvalidForm(fields=faults)
    return told


def words_of(moves: Iterable[RegisterEvent], number: int) -> JsonMapping:
    """What was written last of a report; nothing where nothing was."""
    told: JsonMapping = {}
    for event in moves:
        if event.kind == WORDED and event.effects["report"]["number"] == number:
            told = event.body.get(WORDS) or {}
    return told


__all__ = [
    "CHINESE",
    "CONCLUSION",
    "LONGEST",
    "LONGEST_TITLE",
    "TITLE",
    "WORDS",
    "check_words",
    "longest",
    "names",
    "words_of",
]
