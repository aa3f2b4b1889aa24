"""What is changed of an account stands in its person's log, and the person is told: on the pages, and by mail at once."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection, text
from typing_extensions import Unpack

from casework.engine.state.register_effects import AccountChange, RegisterEffects
from casework.json_values import JsonMapping
from casework.operations.core.register_log import append
from casework.records.event_log import lock_log

#: The kind of these events, and of the notices of them.
ACCOUNT = "account"

PASSWORD_CHANGED, PASSWORD_SET = "password_changed", "password_set"
LINK_SENT = "link_sent"
APP_SET_UP, APP_REMOVED, CODES_MADE = "app_set_up", "app_removed", "codes_made"
PASSKEY_MADE, PASSKEY_REMOVED = "passkey_made", "passkey_removed"
TOKEN_MADE, SESSIONS_ENDED = "token_made", "sessions_ended"
NEW_BROWSER, CODES_MISSED = "new_browser", "codes_missed"
RECOVERY_ASKED, RECOVERY_AGREED, RECOVERY_REFUSED, RECOVERED = (
    "recovery_asked", "recovery_agreed", "recovery_refused", "recovered",
)  # fmt: skip
ROLE_GIVEN, ROLE_ENDED = "role_given", "role_ended"
CLOSED, REOPENED = "closed", "reopened"
IDENTITY_LINKED, IDENTITY_REMOVED = "identity_linked", "identity_removed"
WHAT = (
    PASSWORD_CHANGED, PASSWORD_SET, LINK_SENT, APP_SET_UP, APP_REMOVED, CODES_MADE, PASSKEY_MADE, PASSKEY_REMOVED, TOKEN_MADE,
    SESSIONS_ENDED, NEW_BROWSER, CODES_MISSED, RECOVERY_ASKED, RECOVERY_AGREED, RECOVERY_REFUSED, RECOVERED, ROLE_GIVEN,
    ROLE_ENDED, CLOSED, REOPENED, IDENTITY_LINKED, IDENTITY_REMOVED,
)  # fmt: skip


def note_account(
    db: Connection,
    person: str,
    what: str,
    by: str,
    *,
    body: JsonMapping | None = None,
    **more: Unpack[AccountChange],
) -> None:
    """Write down what was changed of an account and by whom, and have its person told. Never a secret, nor a hash of one.

    `body` says what stands in rows that were changed with it, as `records.register_entries.body_of` gives it.
    """
    log = lock_log(db, person)
    effects = cast(RegisterEffects, {"what": what, **more})
    append(db, log, [log.next_event(ACCOUNT, by, effects=effects, body=body)])
    db.execute(
        text("INSERT INTO outbox (log_id, seq) VALUES (CAST(:log AS uuid), :seq)"), {"log": log.id, "seq": log.seq + 1}
    )


def what_of(effects: JsonMapping) -> str:
    """What an event of an account tells."""
    return str(effects["what"])


__all__ = ["ACCOUNT", "WHAT", "note_account", "what_of"]
