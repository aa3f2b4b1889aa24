"""Of which assessment, and of which visit or event of it, the need of a case came: as it was said when the case was opened.

What is said of a need later changes nothing of a case of which something was said by then. Where nothing was, it is what was said first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from casework.engine.figures.register_facts import CAME_OF
from casework.engine.figures.world import World

_EVER = datetime.min.replace(tzinfo=UTC)


def origins(world: World) -> Callable[[str, datetime], frozenset[str]]:
    """What gives of a need and the opening of its case the assessment and the visit or event; a need and those that were merged into it by
    then are one."""
    said = _Said(world)
    return said.at_opening


class _Said:
    """What was said of the needs of a programme, each time with when."""

    def __init__(self, world: World) -> None:
        rows = world.came_of or {key: ((_EVER, row),) for key, row in world.beside.get(CAME_OF, {}).items()}
        #: By need the versions of the rows that ever named it, row by row.
        self._rows: dict[str, list[tuple[tuple[datetime, Mapping[str, Any] | None], ...]]] = {}
        for versions in rows.values():
            for need in {str(row["need_id"]) for _, row in versions if row and row.get("need_id")}:
                self._rows.setdefault(need, []).append(tuple(versions))
        #: By need which stands in its place, and since when; and by that one those that it stands for.
        self._into = {
            need.id: (str(need.columns["merged_into"]), need.merged_at or _EVER)
            for need in world.needs
            if not need.stands
        }
        self._gone: dict[str, list[str]] = {}
        for need, (into, _) in self._into.items():
            self._gone.setdefault(into, []).append(need)
        self._until = world.until

    def at_opening(self, need: str, opened: datetime) -> frozenset[str]:
        near = self._near(need)
        if not near & self._rows.keys():
            return frozenset()
        later = {at for one in near for versions in self._rows.get(one, ()) for at, _ in versions}
        later |= {self._into[one][1] for one in near if one in self._into}
        moments = [opened, *sorted(at for at in later if opened < at <= self._until)]
        return next((told for at in moments if (told := self._said(need, near, at))), frozenset())

    def _near(self, need: str) -> set[str]:
        """All that a need ever was one with."""
        root = self._into.get(need, (need,))[0]
        return {need, root, *self._gone.get(root, ()), *self._gone.get(need, ())}

    def _root(self, need: str, at: datetime) -> str:
        into, since = self._into.get(need, (need, _EVER))
        return into if since <= at else need

    def _said(self, need: str, near: Iterable[str], at: datetime) -> frozenset[str]:
        root = self._root(need, at)
        return frozenset(
            str(row[name])
            for one in near
            if self._root(one, at) == root
            for versions in self._rows.get(one, ())
            if (row := _row(versions, at)) is not None and str(row.get("need_id")) == one
            for name in ("assessment_id", "visit_id")
            if row.get(name)
        )


def _row(versions: Iterable[tuple[datetime, Mapping[str, Any] | None]], at: datetime) -> Mapping[str, Any] | None:
    """A row as it was at a moment; None where there was none."""
    found = None
    for since, row in versions:
        if since <= at:
            found = row
    return found
