"""How often one may ask for what costs much: so many times within so long, counted in the database for all processes.

One statement counts and answers, in a transaction of its own, so that what was refused counts as well and requests that come
together do not wait for one another's work. Flask-Limiter is not used, for it has no store in PostgreSQL: its stores are of one
process alone (memory) or one more server to run (Redis, Valkey, Memcached, MongoDB).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import Connection, text

from casework.errors import AskedTooOften

Kind = Literal[
    "search",
    "palette",
    "export",
    "case_file",
    "letter",
    "preview",
    "upload",
    "draft",
    "news",
    "verification",
    "file_check",
    "figures",
    "outside_figures",
    "forecast",
    "many",
    "passkey",
    "provider",
    "party_link",
    "public",
    "log",
    "mail_stop",
    "incoming",
]


@dataclass(frozen=True)
class Allowance:
    """So many times within so long."""

    most: int
    within: timedelta
    #: What it is for, and why it costs much.
    what: str


ALLOWANCES: Mapping[Kind, Allowance] = {
    "search": Allowance(60, timedelta(minutes=1), "searches: each looks through all that one may see"),
    "palette": Allowance(
        120, timedelta(minutes=1), "what the palette and a form find while one types: a short search each time"
    ),
    "export": Allowance(30, timedelta(minutes=5), "lists as CSV or as a spreadsheet: up to all cases at once"),
    "case_file": Allowance(
        20, timedelta(minutes=10), "the whole file of a case as ZIP: each document is opened and packed"
    ),
    "letter": Allowance(60, timedelta(minutes=10), "letters as PDF, tried or sent: setting one keeps a processor busy"),
    "preview": Allowance(
        240,
        timedelta(minutes=2),
        "previews of files, one page each: a process is started to draw it; and looks at files of records",
    ),
    "upload": Allowance(
        200, timedelta(minutes=10), "files handed in, one form or one request each: each is read, looked at and sealed"
    ),
    "draft": Allowance(120, timedelta(minutes=1), "drafts kept while one types"),
    "news": Allowance(
        60, timedelta(minutes=1), "news that open pages ask for: two a minute from each that is looked at"
    ),
    "verification": Allowance(
        60, timedelta(minutes=10), "verifications of a case: its whole history is computed again"
    ),
    "file_check": Allowance(
        60, timedelta(minutes=10), "files that an auditor has checked: a process is started to read each"
    ),
    "figures": Allowance(
        60, timedelta(minutes=10), "figures of a programme, and how its cases ran: all of its logs are read"
    ),
    "outside_figures": Allowance(
        12, timedelta(minutes=10), "figures as they are told outside: what could be found out is looked for"
    ),
    "forecast": Allowance(
        60, timedelta(minutes=10), "forecasts of a case: the past of its programme is read and drawn from"
    ),
    "many": Allowance(30, timedelta(minutes=10), "actions on many tasks or cases at once, and calendars tried"),
    "passkey": Allowance(
        30, timedelta(minutes=5), "questions to a passkey, by network before somebody has signed in: each is kept"
    ),
    "provider": Allowance(
        60,
        timedelta(minutes=5),
        "ways to the provider of sign-in and back, by network before somebody has signed in: each is kept, or asks the provider",
    ),
    "party_link": Allowance(
        90,
        timedelta(minutes=10),
        "one-time links opened, looked into and answered, by network: whoever does it has no account",
    ),
    "mail_stop": Allowance(
        60,
        timedelta(minutes=10),
        "links in mails that stop these, by network: whoever opens one has no account, and whoever guesses is slowed down",
    ),
    "public": Allowance(
        120,
        timedelta(minutes=1),
        "pages of the public catalogue and of results, by network: whoever reads them has no account",
    ),
    "incoming": Allowance(
        1200,
        timedelta(minutes=1),
        "messages of providers' own systems, by network: each signature is computed before it is known whether it holds",
    ),
    "log": Allowance(
        1200,
        timedelta(minutes=1),
        "checkpoints and tiles of the log of all events, by network: a proof needs some, and who copies the log all of them",
    ),
}

#: Counts one use, and says how many there were in this window and how many seconds are left of it.
_COUNT = text("""
    INSERT INTO allowances AS a (who, kind, began, used) VALUES (:who, :kind, casework_now(), 1)
    ON CONFLICT (who, kind) DO UPDATE SET
        began = CASE WHEN a.began + :within > casework_now() THEN a.began ELSE casework_now() END,
        used = CASE WHEN a.began + :within > casework_now() THEN least(a.used + 1, :most + 1) ELSE 1 END
    RETURNING used, CAST(ceil(extract(epoch FROM began + :within - casework_now())) AS int) AS left
""")


def count_use(db: Connection, who: str, kind: Kind) -> None:
    """Count one more of this kind by this person or network. Raises AskedTooOften, with how long to wait."""
    allowed = ALLOWANCES[kind]
    row = db.execute(_COUNT, {"who": who, "kind": kind, "most": allowed.most, "within": allowed.within}).one()
    if row.used > allowed.most:
        raise AskedTooOften(max(1, row.left))


#: What was counted is taken back, in the window in which it was.
_GIVE_BACK = text("""
    UPDATE allowances SET used = used - 1 WHERE who = :who AND kind = :kind AND used > 0 AND began + :within > casework_now()
""")


def give_back(db: Connection, who: str, kind: Kind) -> None:
    """Count one less: what was asked for was not made."""
    db.execute(_GIVE_BACK, {"who": who, "kind": kind, "within": ALLOWANCES[kind].within})


def forget_uses(db: Connection) -> int:
    """Remove what no longer counts."""
    longest = max(allowance.within for allowance in ALLOWANCES.values())
    return db.execute(
        text("DELETE FROM allowances WHERE began + :longest < casework_now()"), {"longest": longest}
    ).rowcount


__all__ = ["ALLOWANCES", "Allowance", "Kind", "count_use", "forget_uses", "give_back"]
