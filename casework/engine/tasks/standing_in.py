"""Who stands in for whom while people are away: lines of substitutes, which never close to a circle nor grow long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

#: So often work may be passed on: from somebody away to a substitute who is away too, and so on.
MOST_LINKS = 3


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away for a time, and a substitute acts for that person meanwhile."""

    id: str
    person: str
    substitute: str
    starts_at: datetime
    ends_at: datetime

    def at(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


def lines(
    absences: Sequence[Absence], path: tuple[str, ...], start: datetime, end: datetime
) -> Iterator[tuple[str, ...]]:
    """Every line of substitutes that begins with the path and stands at some moment of the time; a circle ends it."""
    yield path
    for absence in absences:
        begins, ends = max(start, absence.starts_at), min(end, absence.ends_at)
        if absence.person != path[-1] or begins >= ends:
            continue
        if absence.substitute in path:
            yield (*path, absence.substitute)
        else:
            yield from lines(absences, (*path, absence.substitute), begins, ends)


def circle(absences: Iterable[Absence], new: Absence) -> tuple[str, ...] | None:
    """The people who would stand in for each other if the new absence were there too, the first one again at the end."""
    every = [*absences, new]
    for line in lines(every, (new.person,), new.starts_at, new.ends_at):
        if line[-1] in line[:-1]:
            return line[line.index(line[-1]) :]
    return None


def longest(absences: Iterable[Absence], new: Absence) -> tuple[str, ...]:
    """The longest line of substitutes in the time of the new absence, if it were there too. There is no circle."""
    every = [*absences, new]
    starts = sorted({absence.person for absence in every})
    return max((line for start in starts for line in lines(every, (start,), new.starts_at, new.ends_at)), key=len)


def standing_in(absences: Iterable[Absence], person: str, moment: datetime) -> tuple[str, ...]:
    """Whom one comes to who asks for a person at a moment: that person, or the line to the substitute who is there."""
    by_person = {absence.person: absence.substitute for absence in absences if absence.at(moment)}
    line: tuple[str, ...] = (person,)
    while (following := by_person.get(line[-1])) is not None and following not in line:
        line = (*line, following)
    return line
