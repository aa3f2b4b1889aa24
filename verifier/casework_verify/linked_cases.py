"""Links between cases whose files are checked together: each of the two histories says the same, and no case stands above itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework_verify.faults import Fault
from casework_verify.histories import HISTORY, History
from casework_verify.replay.case_links import FROM_THERE, LINKINGS

_WHO = ("actor", "acting_for", "role")


@dataclass(slots=True)
class CaseLinks:
    """What the history of a case tells of its links."""

    log: str
    #: When the file was taken out: of what happened later it knows nothing.
    at: str
    #: By seq the kind of event, what it tells, and its header.
    told: dict[int, tuple[str, Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)

    def parent(self) -> str | None:
        """The log of the case above, as its last events have it."""
        standing: dict[str, str] = {}
        for kind, told, _ in self.told.values():
            if kind == "cases_unlinked":
                standing.pop(_word(told, "id"), None)
            elif told.get("kind") == "parent":
                standing[_word(told, "id")] = _word(told, "case")
        return next(iter(standing.values()), None)


def links_in(history: History, at: str) -> CaseLinks:
    """The links that a history tells of."""
    links = CaseLinks(history.log, at)
    for n, row in enumerate(history.rows, 1):
        kind = row["header"].get("kind")
        told = row["effects"].get(LINKINGS.get(kind, "")) if isinstance(kind, str) else None
        if isinstance(told, Mapping):
            links.told[n] = (str(kind), told, row["header"])
    return links


def linked_faults(mine: CaseLinks | None, together: Sequence[CaseLinks]) -> Iterator[Fault]:
    """What the files of other cases that lie beside one say otherwise of its links."""
    if mine is None:
        return
    beside = {one.log: one for one in together if one.log != mine.log}
    for seq, (kind, told, header) in mine.told.items():
        other = beside.get(_word(told, "case"))
        if other is None or str(header.get("at")) > other.at:
            continue
        if not any(_same(mine.log, kind, told, header, one) for one in other.told.values()):
            yield Fault("linked_untold", {"number": _word(told, "number")}, HISTORY, mine.log, seq)
    above, at = [mine.log], mine.parent()
    while at is not None and at not in above:
        above.append(at)
        at = beside[at].parent() if at in beside else None
    if at == mine.log:
        yield Fault("linked_ring", {"number": mine.log}, HISTORY, mine.log)


def _same(
    log: str,
    kind: str,
    told: Mapping[str, Any],
    header: Mapping[str, Any],
    there: tuple[str, Mapping[str, Any], Mapping[str, Any]],
) -> bool:
    other_kind, other, other_header = there
    return (
        other_kind == kind
        and other.get("id") == told.get("id")
        and other.get("case") == log
        and other.get("kind") == FROM_THERE.get(_word(told, "kind"))
        and other.get("done_in") == told.get("done_in")
        and all(other_header.get(name) == header.get(name) for name in _WHO)
    )


def _word(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


__all__ = ["CaseLinks", "linked_faults", "links_in"]
