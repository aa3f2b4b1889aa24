"""The file of a report: its events, whether each log is an unbroken chain that ends where the report says, and what was frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

#: By kind and id the events of each log.
Logs = dict[tuple[str, str], list["Event"]]
OWN = "programme"


@dataclass(frozen=True)
class Event:
    """An event of a log, with what its header says of it."""

    log_id: str
    seq: int
    at: datetime
    written: str
    kind: str
    track_id: str | None
    header: dict[str, Any]
    effects: dict[str, Any]
    body: dict[str, Any]
    hash: str


def canonical(value: Any) -> bytes:
    """RFC 8785, of what has no fractions and no names beyond U+DFFF."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(some: bytes) -> str:
    return hashlib.sha256(some).hexdigest()


class File:
    """The file of a report, as it was exported."""

    def __init__(self, path: str) -> None:
        self.told = json.loads(Path(path).read_text("utf-8"))
        self.content = self.told["content"]
        self.lasts: dict[str, int] = self.content["inside"]["as_of"]["logs"]
        self.logs: Logs = {(log["kind"], log["log"]): [*_events(log)] for log in self.told["logs"]}

    def counted(self, until: datetime) -> tuple[Logs, list[Event]]:
        """What was counted up to an instant; and what erasures have told anew of the programme since, where they took words out."""
        found: Logs = {}
        since: list[Event] = []
        for (kind, log), events in self.logs.items():
            mine = [one for one in events if one.seq <= self.lasts.get(log, 0) and one.at <= until]
            found |= {(kind, log): mine} if mine else {}
            if kind == OWN:
                since += [one for one in events if one.kind == "erased" and one not in mine]
        return found, since

    def faults(self) -> Iterator[str]:
        """Where the file is not what was frozen, or a log no chain."""
        digest = sha256(canonical(self.content))
        if self.told["digest"] != digest:
            yield "What was frozen is not what its digest is of"
        yield from (f"log {log} is missing" for log in sorted(self.lasts.keys() - {log for _, log in self.logs}))
        for (kind, log), events in self.logs.items():
            yield from broken(log, events, self.lasts.get(log, 0), self.content["heads"].get(log, ""))
            if kind == OWN and self.told["state"] is not None:
                yield from self._course(events, digest)
        as_of = self.content["inside"]["as_of"]
        own = next((events for (kind, _), events in self.counted(moment(as_of["at"]))[0].items() if kind == OWN), [])
        calendars = [one.effects["calendar"] for one in own if "calendar" in one.effects]
        if as_of["calendar"] != sha256(canonical(calendars[-1] if calendars else None)):
            yield "the calendar is another one than the programme's log has"
        if as_of["logs_digest"] != sha256(canonical(self.lasts)):
            yield "the last event of each log is not what its digest is of"

    def _course(self, events: list[Event], digest: str) -> Iterator[str]:
        """The programme's log says that this was frozen, and how far it came."""
        number = self.content["number"]
        told = [(one.kind, one.effects["report"]) for one in events if "report" in one.effects]
        mine = [(kind, report["digest"]) for kind, report in told if report["number"] == number]
        if ("report_frozen", digest) not in mine or {said for _, said in mine} != {digest}:
            yield "the programme's log froze another report"
        written = self.told["words"]
        words = [
            report.get("words", "") for kind, report in told if (kind, report["number"]) == ("report_worded", number)
        ]
        if words[-1:] != [sha256(canonical(written)) if written else ""] and (words or written):
            yield "the programme's log says that the report has other words"
        kinds = [kind for kind, _ in mine]
        # Whoever had agreed before other words were written agrees anew.
        kinds = kinds[max((n for n, kind in enumerate(kinds) if kind == "report_worded"), default=0) :]
        agreed = "agreed" if kinds.count("report_agreed") >= 2 else "draft"
        if self.told["state"] != ("published" if "report_published" in kinds else agreed):
            yield f"the programme's log does not say that the report is {self.told['state']}"


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _events(log: dict[str, Any]) -> Iterator[Event]:
    for one in log["events"]:
        header = one["header"]
        yield Event(
            log_id=log["log"],
            seq=one["seq"],
            at=moment(one["at"]),
            written=one["at"],
            kind=header["kind"],
            track_id=header["track"],
            header=header,
            effects=one["effects"],
            body=one["body"],
            hash=one["hash"],
        )


def words_of(field: dict[str, Any]) -> str:
    """The salted hash of one field of a body; of words that were left out it is what is there."""
    return field["hash"] if "hash" in field else sha256(bytes.fromhex(field["salt"]) + canonical(field["value"]))


def broken(log: str, events: list[Event], last: int, head: str) -> Iterator[str]:
    """Where a log is no chain, or had another event when it was counted."""
    prev = sha256(f"casework log {log}".encode())
    for n, one in enumerate(events, 1):
        header = one.header
        words = sha256(canonical({name: words_of(told) for name, told in one.body.items()}))
        for what, same in (
            ("its place", (header["log"], header["seq"], one.seq, header["at"]) == (log, n, n, one.written)),
            ("the event before it", header["prev"] == prev),
            ("its effects", header["effects"] == sha256(canonical(one.effects))),
            ("its words", header["body"] == words),
            ("its hash", one.hash == sha256(bytes.fromhex(prev) + canonical(header))),
        ):
            if not same:
                yield f"log {log}, event {n}: {what} is another one"
        prev = one.hash
    if not len(events) >= last > 0 or events[last - 1].hash != head:
        yield f"log {log}: event {last} is not the one that was counted"


#: By what the cases of a report are chosen: what a case was when it was opened, and the first and the last day of that.
WAS, FROM, TO = ("phase", "sector", "district", "source", "technology_field"), "opened_from", "opened_to"


def cohort_of(content: dict[str, Any]) -> dict[str, str]:
    """Of which cases alone a report tells; nothing where it tells of all."""
    among: dict[str, str] = content["inside"]["as_of"]["among"]
    if unknown := among.keys() - {*WAS, FROM, TO}:
        raise ValueError(f"nothing here tells cases apart by {', '.join(sorted(unknown))}")
    return among
