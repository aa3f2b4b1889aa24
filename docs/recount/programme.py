"""What the logs of a programme say up to an instant, read from the events with nothing of the product.

Here lies how a programme is read; what each figure says of it lies beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from .cases import Case, Days
from .reading import FROM, OWN, TO, WAS, Event, Logs


class Programme:
    """All that figures are counted from, of the cases that were something when they were opened, or of all."""

    def __init__(
        self, logs: Logs, until: datetime, *, since: list[Event] | None = None, among: Mapping[str, str] | None = None
    ) -> None:
        """`since`: what erasures have told anew of the programme since then, where they took words out."""
        self.until, self.logs, self.among = until, logs, dict(among or {})
        self.own = next(events for (kind, _), events in logs.items() if kind == OWN)
        self.days = Days([event.effects["calendar"] for event in self.own if "calendar" in event.effects][-1])
        self._since = [event for event in since or [] if event.at > until]
        everybody = [Case(events, self.days) for (kind, _), events in sorted(logs.items()) if kind == "case"]
        mine = [case for case in everybody if self._is_among(case)]
        self.duplicates = sum(case.ended_as == "duplicate" for case in mine)
        self.cases = [case for case in mine if case.ended_as != "duplicate"]
        # Whatever the case that follows was when it was opened.
        self.followed = {case.follows_from for case in everybody if case.ended_as != "duplicate"} - {None}
        self.needs = [id for (kind, id), events in logs.items() if kind == "need" and _published(events)]
        self.matches = self._matches()
        nights = self.rows("case_hygiene_days")
        by_day = {key.rpartition(":")[2]: (row["live"], row["broken"]) for key, row in nights.items()}
        self.nights = [by_day[day] for day in sorted(by_day)]

    def _is_among(self, case: Case) -> bool:
        if any(name in self.among and case.by[name] != self.among[name] for name in WAS):
            return False
        return self.among.get(FROM, "") <= case.opened.isoformat() <= self.among.get(TO, "9999")

    @property
    def is_told_outside(self) -> bool:
        """Of the cases of some months nothing is, and of those of a phase where there are any."""
        return not self.among or not self.among.keys() & {FROM, TO} and bool(self.cases or self.duplicates)

    def stands_for(self, need: str | None) -> str | None:
        """The need that stands in the place of another one, or that one."""
        kept = need
        for event in self.logs.get(("need", need or ""), []):
            if event.kind in ("merged", "unmerged"):
                kept = event.effects["merger"]["kept"] if event.kind == "merged" else need
        return kept

    def _said(self, table: str) -> Iterator[tuple[Event, str, Any]]:
        """What the programme's log says of the rows of a table, event by event; of words that are gone `...`.

        Of what was taken out up to then the erasures since tell anew what is left.
        """
        gone: set[str] = set()
        for event in [*self.own, *self._since]:
            later = event.at > self.until
            for name, told in event.body.items():
                where, _, key = name.partition("/")
                value = told.get("value", ...)
                if where != table or later and (value in (..., None) or key not in gone):
                    continue
                if value is ...:
                    gone.add(key)
                yield event, key, value

    def rows(self, table: str) -> dict[str, dict[str, Any]]:
        """The rows of a table as the programme's log tells them, by key."""
        rows: dict[str, dict[str, Any]] = {}
        for event, key, value in self._said(table):
            if value is None:
                rows.pop(key, None)
            elif value is not ...:
                known = rows.get(key, {})
                rows[key] = {**value, **known} if event.at > self.until else {**known, **value}
        return rows

    def _matches(self) -> list[dict[str, Any]]:
        """Those that are not refused, each with what was matched."""
        found: dict[str, dict[str, Any]] = {}
        for event, key, value in self._said("matches"):
            if value is None:
                found.pop(key, None)
                continue
            one = found.setdefault(key, {"refused": False})
            if value is not ...:
                later = event.at > self.until
                one |= {name: said for name, said in value.items() if not (later and one.get(name))}
            if event.kind in ("match_refused", "match_taken_back"):
                one["refused"] = event.kind == "match_refused"
        return [one for one in found.values() if not one["refused"]]


def _published(events: list[Event]) -> bool:
    """Whether a need was ever shown, and no other stands in its place."""
    status, shown, merged = "published", False, False
    for event in events:
        status = event.body.get("status", {}).get("value", status)
        shown = shown or status not in ("draft", "expired", "withdrawn")
        merged = {"merged": True, "unmerged": False}.get(event.kind, merged)
    return shown and not merged
