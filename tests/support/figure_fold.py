"""The figures folded once more from the stored events, with nothing of the product: what a report says must be what an outsider finds.

It reads the rows of `events` and `logs` as any export has them, and knows the definitions alone. Here lies how a programme is read; what
each figure says of it lies beside, and all together in `figure_fold_every`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from tests.support.figure_fold_case import Case, Days


class Fold:
    """All figures of a programme up to a moment."""

    def __init__(self, db: Connection, programme: str, until: datetime) -> None:
        rows = db.execute(
            text(
                "SELECT e.log_id::text, e.seq, e.at, e.kind, e.track_id::text, e.header, e.effects, e.body, l.kind AS log_kind"
                " FROM events e JOIN logs l ON l.id = e.log_id WHERE l.programme_id = CAST(:p AS uuid) OR l.id = CAST(:p AS uuid)"
                " ORDER BY e.log_id, e.seq"
            ),
            {"p": programme},
        ).all()
        logs: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in rows:
            if row.at <= until:
                logs[row.log_kind, row.log_id].append(row)
        self.own = own = next(events for (kind, _), events in logs.items() if kind == "programme")
        self.logs = logs
        self.days = Days([event.effects["calendar"] for event in own if "calendar" in event.effects][-1])
        self.until = until
        everybody = [Case(events, self.days) for (kind, _), events in sorted(logs.items()) if kind == "case"]
        self.duplicates = sum(case.ended_as == "duplicate" for case in everybody)
        self.cases = [case for case in everybody if case.ended_as != "duplicate"]
        self.needs = [id for (kind, id), events in logs.items() if kind == "need" and self._published(events)]
        self.matches = self._matches(own)
        self.nights = self._nights(own)

    @staticmethod
    def _published(events: list[Any]) -> bool:
        status, shown, merged = "published", False, False
        for event in events:
            told = event.body.get("status")
            if told and "value" in told:
                status = told["value"]
            shown = shown or status not in ("draft", "expired", "withdrawn")
            merged = {"merged": True, "unmerged": False}.get(event.kind, merged)
        return shown and not merged

    def stands_for(self, need: str | None) -> str | None:
        """The need that stands in the place of another one, or that one."""
        kept = need
        for event in self.logs.get(("need", need or ""), []):
            if event.kind in ("merged", "unmerged"):
                kept = event.effects["merger"]["kept"] if event.kind == "merged" else need
        return kept

    @staticmethod
    def _matches(own: list[Any]) -> list[dict[str, Any]]:
        """Those that are not refused, each with what was matched."""
        found: dict[str, dict[str, Any]] = {}
        for event in own:
            for name, said in event.body.items():
                if name.startswith("matches/") and said.get("value", "") is None:
                    found.pop(name, None)
                elif name.startswith("matches/"):
                    one = found.setdefault(name, {"refused": False})
                    one.update(said.get("value", {}))
                    if event.kind in ("match_refused", "match_taken_back"):
                        one["refused"] = event.kind == "match_refused"
        return [one for one in found.values() if not one["refused"]]

    @staticmethod
    def _nights(own: list[Any]) -> list[tuple[int, int]]:
        nights = {}
        for event in own:
            for name, told in event.body.items():
                if name.startswith("case_hygiene_days/") and "value" in told:
                    nights[name[-10:]] = (told["value"]["live"], told["value"]["broken"])
        return [nights[day] for day in sorted(nights)]
