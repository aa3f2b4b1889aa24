"""Links that the office sends beside the cases: an enterprise states a need by one, or a side says whether a match is of interest.

Whoever has the secret opens the link, and one browser at a time. The secret is kept nowhere: it is made again for each mail.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm, NotFound
from casework.json_values import Answers
from casework.operations.core.drafts import letters_of, without_nul
from casework.operations.core.encryption import SecretBox
from casework.operations.core.perform import new_id
from casework.operations.links.mail import token_hash
from casework.records.database import sealing_of
from casework.records.row_security import whole

#: Once opened, a link stays open in that browser for so long.
OPEN_FOR = timedelta(hours=12)
#: How many letters what is typed may have.
LARGEST = 100_000
#: What a link opens, by the column that says which one.
Opens = Literal["statement_id", "request_id"]

#: Of a link by its secret: what it opens, what is typed, and whether it runs and was opened by who asks. For a statement over `s`.
LINK = """
    s.id::text, s.until, s.typed, s.until > casework_now() AS running,
    coalesce(s.opened = :opened AND s.opened_until > casework_now(), false) AS here
"""
#: Keeps what opens a link, until its end.
_GIVE = """
    INSERT INTO office_link_secrets (id, {opens}, token, address, until)
    VALUES (CAST(:id AS uuid), CAST(:id AS uuid), :token, :address, {until})
"""
#: Notes in which browser a link was opened.
_OPEN = text("""
    UPDATE office_link_secrets SET opened = :opened, opened_until = casework_now() + :lasts WHERE id = CAST(:id AS uuid)
""")
#: Keeps what was typed.
_TYPED = text("""
    UPDATE office_link_secrets SET typed = to_jsonb(CAST(:typed AS text)) WHERE id = CAST(:id AS uuid)
""")
#: What a link opens.
_ID = text("SELECT id::text FROM office_link_secrets WHERE token = :token")
#: Forgets what was typed.
_FORGET_TYPED = text("UPDATE office_link_secrets SET typed = NULL WHERE id = CAST(:id AS uuid)")
#: Forgets that, and where it was mailed.
_END = text("UPDATE office_link_secrets SET typed = NULL, address = NULL WHERE id = CAST(:id AS uuid)")
#: Forgets what was typed, and where it was mailed, of links that are over; what waits for the office is answered by mail first.
_FORGET_OVER = text("""
    UPDATE office_link_secrets s SET address = NULL, typed = NULL, opened = NULL, opened_until = NULL
    WHERE (s.address IS NOT NULL OR s.typed IS NOT NULL) AND s.until <= casework_now()
    AND NOT EXISTS (SELECT FROM need_statements n WHERE n.id = s.statement_id AND n.state = 'submitted')
""")
#: Cancels what waits to be sent of a link.
_CANCEL = text("""
    UPDATE mails SET state = 'cancelled', ended_at = casework_now()
    WHERE office_link_id = CAST(:id AS uuid) AND state = 'queued'
""")
#: Queues a mail of a link that has an address.
_QUEUE = text("""
    INSERT INTO mails (id, office_link_id, key, kind, sealed, made_at, send_at)
    SELECT CAST(:mail AS uuid), s.id, :key, :kind, false, casework_now(), coalesce(:at, casework_now()) FROM office_link_secrets s
    WHERE s.id = CAST(:id AS uuid) AND s.address IS NOT NULL
""")


def give(
    db: Connection, opens: Opens, id: str, secret: str, *, address: str | None, until: datetime | timedelta
) -> None:
    """Keep what opens a link: until a moment, or for so long."""
    end = "casework_now() + :until" if isinstance(until, timedelta) else ":until"
    db.execute(
        text(_GIVE.format(opens=opens, until=end)),
        {"id": id, "token": token_hash(secret), "address": address, "until": until},
    )


def open_here(db: Connection, found: Any) -> str:
    """The secret that keeps a link open in this browser. Raises NotFound where it opens nothing."""
    if not found.running:
        raise NotFound("link")
    secret = secrets.token_urlsafe(32)
    with whole(db):
        db.execute(_OPEN, {"id": found.id, "opened": token_hash(secret), "lasts": OPEN_FOR})
    return secret


def insist_here(found: Any) -> Any:
    """A link that was opened in the browser that asks. Raises NotFound."""
    if not found.running or not found.here:
        raise NotFound("link")
    return found


def id_of(db: Connection, token: str) -> str | None:
    """What a link opens, by its secret; None for none."""
    with whole(db):
        found: str | None = db.execute(_ID, {"token": token_hash(token)}).scalar_one_or_none()
    return found


def kept(typed: Answers) -> Answers:
    """What was typed, as it may be kept. Raises InvalidForm for too many letters, in whatever script."""
    told = without_nul(typed)
    if letters_of(told) > LARGEST:
        raise InvalidForm(fields={"form": reasons.fields.TOO_LARGE_TO_KEEP})
    return told


def keep(db: Connection, id: str, told: Answers) -> None:
    """Keep it, sealed."""
    db.execute(_TYPED, {"id": id, "typed": sealing_of(db).seal(id, told)})


def forget_typed(db: Connection, id: str) -> None:
    """What was typed goes: it is used, or decided on as it was sent."""
    db.execute(_FORGET_TYPED, {"id": id})


def end(db: Connection, id: str) -> None:
    """A link was used, or taken back: nothing is mailed any more, and where to is forgotten with what was typed."""
    cancel_mails(db, id)
    db.execute(_END, {"id": id})


def forget_over(db: Connection) -> int:
    """Of links that are over, what was typed and where they were mailed goes, unless the office still has to decide."""
    with whole(db):
        return db.execute(_FORGET_OVER).rowcount


def post(db: Connection, id: str, kind: str, *, at: datetime | None = None) -> None:
    """Queue a mail with the link, for now or for a moment."""
    mail = new_id()
    db.execute(_QUEUE, {"mail": mail, "id": id, "key": f"{kind} {id} {mail}", "kind": kind, "at": at})


def cancel_mails(db: Connection, id: str) -> None:
    """What waits to be sent of a link goes no more."""
    db.execute(_CANCEL, {"id": id})


def secret_again(secret_box: SecretBox, purpose: str, token: bytes) -> str | None:
    """The secret of a link, made again: another key may have come since, and then there is none."""
    return next((one for one in secret_box.secrets_of(purpose) if token_hash(one) == token), None)


__all__ = [
    "LARGEST", "LINK", "OPEN_FOR", "Opens", "cancel_mails", "end", "forget_over", "forget_typed", "give", "id_of", "insist_here", "keep",
    "kept", "open_here", "post", "secret_again",
]  # fmt: skip
