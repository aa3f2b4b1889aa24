"""Attempts to sign in: guessing is slowed down, and nobody is locked out.

Who guesses at an account waits longer after each miss, and after some misses until the first of them is long enough
ago. Misses of strangers do not slow down an address from which the account was signed in to before: otherwise anybody
could keep a person out.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, text

from casework.errors import TooManyAttempts
from casework.operations.core.email_addresses import canonical

WINDOW = timedelta(minutes=15)
#: Of one account: so many misses in so long, and never one more.
LIMITS = ((WINDOW, 10), (timedelta(days=1), 50))
#: An address counts as known for so long after a right password.
KNOWN = timedelta(days=90)
#: Misses that cost nothing, the most that an address has in the window, and the longest wait.
FREE, MOST_OF_ADDRESS, LONGEST_WAIT_S = 3, 50, 60

#: How old the newest failed attempts at an account are, and how many there were from the address and of everybody.
_MISSES = text("""
    WITH known AS (
        SELECT EXISTS (
            SELECT FROM sign_in_attempts WHERE account = :account AND address = :address AND succeeded
            AND at > casework_now() - :known
        ) AS yes
    ), misses AS (
        SELECT coalesce(array_agg(age ORDER BY age), '{}') AS ages FROM (
            SELECT CAST(extract(epoch FROM casework_now() - at) AS float8) AS age FROM sign_in_attempts
            WHERE account = :account AND NOT succeeded AND at > casework_now() - :longest
            AND (address = :address OR NOT :apart AND NOT (SELECT yes FROM known))
            AND at > coalesce((SELECT max(at) FROM sign_in_attempts s WHERE s.account = :account AND s.address = :address
                AND s.succeeded), '-infinity')
            ORDER BY at DESC LIMIT :most
        ) newest
    ), busy AS (
        SELECT count(*) AS count FROM sign_in_attempts
        WHERE address = :address AND NOT succeeded AND at > casework_now() - :window
    )
    SELECT misses.ages, busy.count AS of_address, (
        SELECT count(*) FROM sign_in_attempts WHERE :apart AND account = :account AND NOT succeeded AND at > casework_now() - :longest
    ) AS of_all FROM misses, busy
""")


def begin_attempt(db: Connection, email: str, address: str, *, of_all: int | None = None) -> int:
    """Note that somebody tries; gives the attempt. Raises TooManyAttempts with how long to wait.

    It is noted as a miss before the password is looked at, so that many at once cannot slip through. With `of_all` each
    address waits for its own misses alone, up to so many of all addresses within a day.
    """
    account = account_hash(email)
    # One after the other for one account: they count each other.
    db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:account, 0))"), {"account": account.hex()})
    longest, most = max(LIMITS)
    given = {
        "account": account,
        "address": address,
        "window": WINDOW,
        "known": KNOWN,
        "longest": longest,
        "most": most,
        "apart": of_all is not None,
    }
    row = db.execute(_MISSES, given).one()
    wait = wait_for(row.ages)
    if row.of_address >= MOST_OF_ADDRESS:
        wait = max(wait, LONGEST_WAIT_S)
    if of_all is not None and row.of_all >= of_all:
        wait = max(wait, LONGEST_WAIT_S)
    if wait > 0:
        raise TooManyAttempts(math.ceil(wait))
    return int(
        db.execute(
            text(
                "INSERT INTO sign_in_attempts (account, address, at, succeeded)"
                " VALUES (:account, :address, casework_now(), false) RETURNING id"
            ),
            {"account": account, "address": address},
        ).scalar_one()
    )


def know_source(db: Connection, account: str, source: str) -> None:
    """Note that the account was signed in to from there."""
    db.execute(
        text(
            "INSERT INTO sign_in_attempts (account, address, at, succeeded) VALUES (:account, :source, casework_now(), true)"
        ),
        {"account": account_hash(account), "source": source},
    )


def attempt_succeeded(db: Connection, attempt: int) -> None:
    """The attempt was right."""
    db.execute(text("UPDATE sign_in_attempts SET succeeded = true WHERE id = :id"), {"id": attempt})


def wait_for(ages: Sequence[float]) -> float:
    """Seconds to wait before the next try, by how long ago the misses of an account were, the latest first."""
    if not ages:
        return 0.0
    recent = sum(age < WINDOW.total_seconds() for age in ages)
    waits = [wait_after(recent) - ages[0]]
    for window, most in LIMITS:
        if len(ages) >= most:
            waits.append(window.total_seconds() - ages[most - 1])
    return max(waits)


def wait_after(misses: int) -> int:
    """Seconds to wait after so many misses: 0, then 2, 4, 8 … up to a minute."""
    return 0 if misses < FREE else min(2 ** (misses - FREE + 1), LONGEST_WAIT_S)


def account_hash(email: str) -> bytes:
    """What is kept of the address that was typed: it may be anything, a password too."""
    return hashlib.sha256(canonical(email).encode()).digest()


def forget_attempts(db: Connection) -> int:
    """Remove what no longer counts."""
    return db.execute(
        text("DELETE FROM sign_in_attempts WHERE at < casework_now() - :known"), {"known": KNOWN}
    ).rowcount
