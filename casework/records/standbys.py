"""Standbys that must have what is acknowledged (CASEWORK_SYNCHRONOUS_STANDBYS): what the server must be set to, and commits that wait
for them.

A server that is told to wait for a standby stops waiting when it is told to cancel: it has then committed by itself, and says no more
than a warning. Nothing here takes that for an acknowledgement.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from psycopg.errors import Diagnostic
from sqlalchemy import Connection, Engine, event, text

from casework.errors import DatabaseUnavailable
from casework.reasons.base import N_, template
from casework.records.wire import Wire

#: With these a commit is on a standby's disk, too, when it is acknowledged.
KEPT_THERE = ("on", "remote_apply")
#: In a connection's `info`: the server has committed alone.
_ALONE = "committed_alone"
#: Where in the server the waiting is done: unlike its words that is the same in every language.
_WAITING = "SyncRepWaitForLSN"
_NAMES = re.compile(
    r"\s*(?:(?:(?P<how>FIRST|ANY)\s+)?(?P<number>\d+)\s*\((?P<list>.*)\)|(?P<plain>.*?))\s*", re.IGNORECASE | re.DOTALL
)
_NAME = re.compile(r'\s*("(?:[^"]|"")+"|[^\s",()]+)\s*(?:,|$)')


class OutcomeUnknown(DatabaseUnavailable):
    """While it was recorded the database went away, or recorded it on one machine alone where standbys must have it, too."""

    says = template(
        "outcome_unknown",
        N_(
            "The database went away while this was recorded, and nobody knows whether it is. "
            "Look before you do it again; a program asks again with the same key."
        ),
    )


@dataclass(frozen=True)
class Waits:
    """For how many standbys each commit waits, and of how many they may be: of any where None."""

    number: int
    of: int | None


def waits(names: str) -> Waits:
    """What `synchronous_standby_names` says."""
    found = _NAMES.fullmatch(names)
    assert found is not None
    listed = _NAME.findall(found["list"] if found["list"] is not None else found["plain"])
    if not listed:
        return Waits(0, 0)
    return Waits(int(found["number"] or 1), None if "*" in listed else len(set(listed)))


def faults(db: Connection, asked: int) -> list[str]:
    """Why what is acknowledged here might not be on so many standbys; whole sentences, none where it is or nobody asked."""
    if not asked:
        return []
    row = db.execute(_SHOWN).one()
    if row.recovers:
        return ["DATABASE_URL leads to a standby, which records nothing: add target_session_attrs=read-write to it."]
    found, sentences = waits(row.names), []
    wanted = f"CASEWORK_SYNCHRONOUS_STANDBYS asks for {asked}"
    if row.waiting not in KEPT_THERE:
        sentences.append(
            f"{wanted}, and synchronous_commit is {row.waiting} for this login: no standby has on its disk what is acknowledged."
            " Set it to on."
        )
    sentences += [
        f"{wanted}, and synchronous_commit is {value} for {whom}: take that away there."
        for whom, value in db.execute(_ELSEWHERE)
        if value not in KEPT_THERE
    ]
    if not found.number:
        sentences.append(
            f"{wanted}, and synchronous_standby_names is empty: the server waits for none. Name them there; with Patroni set"
            " synchronous_mode and synchronous_mode_strict."
        )
    elif found.number < asked or (found.of is not None and found.of < asked):
        sentences.append(
            f"{wanted}, and the server waits for {min(found.number, found.of or found.number)} (synchronous_standby_names is"
            f" {row.names}): raise that number, with Patroni synchronous_node_count."
        )
    return sentences


def connected_now(db: Connection) -> int:
    """How many follow this server at this moment, whether it waits for them or not."""
    return int(db.execute(text("SELECT count(*) FROM pg_stat_get_wal_senders()")).scalar_one())


def let_commits_wait(engine: Engine, wire_of: Callable[[Connection], Wire]) -> None:
    """Let no commit of this engine end before the standbys have it. To be called before what waits is sent with COMMIT."""

    def listen(driver: Any, record: Any) -> None:
        def hear(said: Diagnostic) -> None:
            if said.source_function == _WAITING:
                record.info[_ALONE] = True

        driver.add_notice_handler(hear)

    def wait(db: Connection) -> None:
        wire = wire_of(db)
        if wire.busy or not wire.idle:
            # From here on giving up would mean to commit alone: no timer of the server's is to run out at the last moment.
            wire.later("SET LOCAL statement_timeout = 0")

    event.listen(engine, "connect", listen)
    event.listen(engine, "commit", wait)


def insist_on_standbys(engine: Engine) -> None:
    """Acknowledge nothing that the server has committed alone. To be called after what waits is sent with COMMIT."""

    def insist(db: Connection) -> None:
        if db.info.pop(_ALONE, False):
            raise OutcomeUnknown

    event.listen(engine, "commit", insist)


#: What the server waits for, and whether it records at all.
_SHOWN = text("""
    SELECT current_setting('synchronous_commit') AS waiting, current_setting('synchronous_standby_names') AS names,
        pg_is_in_recovery() AS recovers
""")
#: What is set for logins and for this database; a session's own may differ from them.
_ELSEWHERE = text("""
    SELECT concat_ws(' in ', CASE WHEN s.setrole = 0 THEN 'everybody' ELSE s.setrole::regrole::text END, d.datname) AS whom,
        split_part(one, '=', 2) AS value
    FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) AS one
    WHERE one LIKE 'synchronous_commit=%' AND (s.setdatabase = 0 OR d.datname = current_database()) ORDER BY 1
""")
