"""A case as its file has it, for the verifier that knows nothing of the application, and forgeries that leave no trace in the chain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from casework.engine.state.case import Case
from casework.ledger.canonical_json import digest
from casework.ledger.hash_chain import event_hash, genesis
from casework.ledger.integrity import Head, StoredEvent, check_log
from casework.ledger.redactable_bodies import commitment
from casework.operations.verification.case_archive import _line
from casework.operations.verification.case_evidence import CALENDARS, EDITIONS, ROLES, gather_judging
from casework.operations.verification.rows import HOMES, rows_kept
from casework.records.event_log import read_rows
from casework.records.row_security import whole
from casework_verify.faults import Fault
from casework_verify.replay import replay
from casework_verify.words import WRONG, level_of

Json = Any


@dataclass
class Told:
    """What a file of a case tells: its history, and what it is judged by."""

    history: list[Json]
    evidence: dict[str, Json]

    def faults(self) -> list[Fault]:
        """What the replay finds wrong."""
        return [fault for fault in replay(self.history, self.evidence) if level_of(fault) == WRONG]

    def copy(self) -> Told:
        return deepcopy(self)

    def at(self, kind: str, **effects: Json) -> int:
        """The place of the first event of a kind with such effects."""
        return next(n for n, row in enumerate(self.history) if _is(row, kind, effects))

    def has(self, kind: str, **effects: Json) -> bool:
        return any(_is(row, kind, effects) for row in self.history)

    def who(self, role: str) -> str:
        """Somebody who acted in a role."""
        return next(str(row["header"]["actor"]) for row in self.history if row["header"]["role"] == role)

    def seal(self) -> None:
        """Chain all events anew, as whoever owns the database could."""
        prev = genesis(self.history[0]["header"]["log"])
        for row in self.history:
            header = row["header"]
            header.update(effects=digest(row["effects"]), body=commitment(row["body"]), prev=prev)
            row.update(seq=header["seq"], at=header["at"])
            prev = row["hash"] = event_hash(header)

        for event in self.evidence["roles"]["events"]:
            event["header"].update(effects=digest(event["effects"]), body=commitment(event["body"]))
            event["hash"] = event_hash(event["header"])

    def chain_faults(self) -> list[str]:
        """What the chain alone shows."""
        rows = [
            StoredEvent(
                row["log"],
                row["seq"],
                datetime.fromisoformat(row["at"]),
                row["header"],
                row["effects"],
                row["body"],
                row["hash"],
            )
            for row in self.history
        ]
        head = Head(rows[-1].log, rows[-1].seq, rows[-1].hash)
        return [fault.sentence for fault in check_log(iter(rows), head)]


def _is(row: Json, kind: str, effects: dict[str, Json]) -> bool:
    return row["header"]["kind"] == kind and all(row["effects"].get(name) == value for name, value in effects.items())


def told_of(db: Connection, case: Case) -> Told:
    """What the file of a case, or of a mediation if there were one, has beside documents."""
    with whole(db):
        rows = list(read_rows(db, case.log))
        kept = rows_kept(db, case.log, HOMES[case.kind])
    parts = {name: json.loads(content) for name, content in gather_judging(db, case, rows).parts.items()}
    (home,) = kept[HOMES[case.kind]]
    about = {
        name: home.get(name) for name in ("number", "title", "outcome", "reasons", "opened_at", "closed_at", "hold")
    }
    about |= {"state": case.main.states[0], "owner": home["owner_id"] and {"id": home["owner_id"]}}
    evidence = {
        "index": {"case": about, "rows": kept},
        "roles": parts[ROLES],
        "editions": dict(_by_digest(parts, EDITIONS)),
        "calendars": dict(_by_digest(parts, CALENDARS)),
    }
    return Told([json.loads(_line(row)) for row in rows], json.loads(json.dumps(evidence)))


def _by_digest(parts: dict[str, Json], folder: str) -> Iterator[tuple[str, Json]]:
    return ((Path(name).stem, content) for name, content in parts.items() if name.startswith(folder))


#: A forgery of what a file tells; gives the number of the first event that is wrong, or None where it is in no event.
Forgery = Callable[[Told], int | None]
