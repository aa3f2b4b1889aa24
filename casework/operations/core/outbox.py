"""The outbox: what is due to be sent, that an attempt begins, and what came of it. Mails and webhooks share it.

Each is a table with the columns state, made_at, send_at and tries, a list of what was tried and when. That an attempt begins is
noted before, and what came of it after. Whoever dies in between leaves an attempt of which nobody knows whether it arrived; the
next one says so to its receiver.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, text

QUEUED, FAILED, CANCELLED = "queued", "failed", "cancelled"

#: How long to rest after an attempt that failed, by how many there were before and how long ago it was queued; None gives up.
Rest = Callable[[int, timedelta], timedelta | None]


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """A table of what is to be sent."""

    table: str
    #: For whom, as an expression of its row `m`: what goes to one receiver goes in its order.
    receiver: str
    #: The state of what has been taken.
    taken: str
    #: The most that is kept of an answer.
    longest: int
    #: Whether its rows say when they ended.
    ends: bool


# Expressions over the column `tries`.
_UNKNOWN = "coalesce(tries -> -1 ->> 'what' = 'begun', false)"
_SETTLED = f"CASE WHEN {_UNKNOWN} THEN tries - (-1) ELSE tries END"
_LEFT = (
    f"CASE WHEN {_UNKNOWN} THEN jsonb_set(tries, '{{-1,what}}', '\"begun, and its end is not known\"') ELSE tries END"
)
_BEGUN = f"({_LEFT}) || jsonb_build_array(jsonb_build_object('at', casework_now(), 'what', 'begun'))"
#: The attempts with a last one, that ends them now.
_ENDED = f"({_SETTLED}) || jsonb_build_array(jsonb_build_object('at', casework_now(), 'what', CAST(:what AS text)))"


def list_due(db: Connection, outbox: Outbox, *, but: str, most: int) -> list[tuple[str, str]]:
    """What is due and for whom, the earliest first. `but` is a condition on `m.id` that leaves some out."""
    statement = (
        f"SELECT m.id, {outbox.receiver} AS receiver FROM {outbox.table} m"
        f" WHERE m.state = 'queued' AND m.send_at <= (SELECT casework_now()) AND {but} ORDER BY m.send_at, m.id LIMIT :most"
    )
    return [(row.id, row.receiver) for row in db.execute(text(statement), {"most": most})]


def begin(db: Connection, outbox: Outbox, id: str) -> bool:
    """Note, before it goes, that it is tried now; whether an earlier attempt may have arrived, of which nobody knows."""
    statement = f"""
        WITH before AS (SELECT {_UNKNOWN} AS unknown FROM {outbox.table} WHERE id = CAST(:id AS uuid)),
        begun AS (UPDATE {outbox.table} SET tries = {_BEGUN} WHERE id = CAST(:id AS uuid))
        SELECT unknown FROM before
    """
    return bool(db.execute(text(statement), {"id": id}).scalar_one())


def taken(db: Connection, outbox: Outbox, id: str, answer: str) -> None:
    """The receiver has it."""
    _end(db, outbox, id, outbox.taken, answer)


def give_up(db: Connection, outbox: Outbox, id: str, why: str) -> None:
    """The receiver will not take it, however often it is asked."""
    _end(db, outbox, id, FAILED, why)


def cancel(db: Connection, outbox: Outbox, id: str, why: str) -> None:
    """It is not to be sent any more."""
    _end(db, outbox, id, CANCELLED, why)


def postpone(db: Connection, outbox: Outbox, id: str, why: str, *, rest: Rest) -> None:
    """Try again after a rest, or give it up."""
    row = db.execute(
        text(
            f"SELECT jsonb_array_length({_SETTLED}) AS tried, casework_now() - made_at AS age FROM {outbox.table}"
            " WHERE id = CAST(:id AS uuid) FOR NO KEY UPDATE"
        ),
        {"id": id},
    ).one()
    pause = rest(row.tried, row.age)
    if pause is None:
        give_up(db, outbox, id, why)
        return
    db.execute(
        text(
            f"UPDATE {outbox.table} SET send_at = casework_now() + CAST(:pause AS interval), tries = {_ENDED}"
            " WHERE id = CAST(:id AS uuid) AND state = 'queued'"
        ),
        {"id": id, "what": why[: outbox.longest], "pause": pause},
    )


def queue_again(db: Connection, outbox: Outbox, id: str) -> None:
    """Send it once more, and now."""
    ended = ", ended_at = NULL" if outbox.ends else ""
    db.execute(
        text(
            f"UPDATE {outbox.table} SET state = 'queued', send_at = casework_now(){ended} WHERE id = CAST(:id AS uuid)"
        ),
        {"id": id},
    )


def _end(db: Connection, outbox: Outbox, id: str, state: str, what: str) -> None:
    ended = ", ended_at = casework_now()" if outbox.ends else ""
    db.execute(
        text(
            f"UPDATE {outbox.table} SET state = :state, tries = {_ENDED}{ended}"
            " WHERE id = CAST(:id AS uuid) AND state = 'queued'"
        ),
        {"id": id, "state": state, "what": what[: outbox.longest]},
    )


__all__ = [
    "CANCELLED", "FAILED", "QUEUED", "Outbox", "Rest", "begin", "cancel", "give_up", "list_due", "postpone", "queue_again", "taken",
]  # fmt: skip
