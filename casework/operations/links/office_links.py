"""Links that the office sends beside the cases: an enterprise states a need by one, a side says whether a match is of interest, or a
party whether the story of its case may be told.

Whoever has the secret opens the link, and one browser at a time. The secret is kept nowhere: it is made again for each mail. What a
kind of link opens, and what its mails say, its own module tells (`Kind`); giving, opening, keeping and mailing is the same for all.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm, NotFound
from casework.json_values import Answers, JsonMapping, JsonObject
from casework.operations.core.drafts import letters_of, without_nul
from casework.operations.core.encryption import SecretBox
from casework.operations.core.organisations import STANDING
from casework.operations.core.perform import new_id
from casework.operations.core.views import NamedInBoth
from casework.operations.links.mail import OFFICE, secret_again, token_hash
from casework.records.database import sealing_of
from casework.records.event_log import lock_log, now
from casework.records.row_security import whole

#: Once opened, a link stays open in that browser for so long.
OPEN_FOR = timedelta(hours=12)
#: How many letters what is typed may have.
LARGEST = 100_000
#: What a link opens, by the column that says which one.
Opens = Literal["statement_id", "request_id", "consent_id"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Says:
    """What a mail says of how its link stands: what it is about, and what its template is given."""

    subject: str
    given: JsonMapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of link: what it opens, where it leads, and what is told of it by mail."""

    #: Of mails, their kind, and their template.
    mail: str
    template: str
    #: The column that says what it opens, and what the secret of one is made for, before its id.
    opens: Opens
    purpose: str
    #: Where it leads; what follows the mark never leaves the browser but in a form.
    page: str
    #: What it opens, as `q`: a statement that begins with LINK, has programme, organisation, language and state, and no condition.
    found: str
    #: What else is held before it is locked, by its `:id`.
    holds: str | None = None
    #: How it stands while something may be typed.
    writable: tuple[str, ...]
    #: What a mail says of how it stands; None where nothing is left to be said.
    says: Callable[[Any], Says | None]
    #: So long before its end it is mailed again, unless nothing is left to be said by then.
    reminds: timedelta | None = None
    #: Whether it waits for the office, which then answers by mail: nothing of it goes, though the link is over. A condition over `s`.
    waits: str = "false"
    #: Whether whoever had it is written to later, though the link is over: where to is kept for so long. A condition over `s`.
    written_to: str = "false"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownLink:
    """What every link shows to whoever has opened it."""

    id: str
    programme: str
    office: NamedInBoth
    organisation: NamedInBoth
    language: str
    state: str
    until: datetime
    #: As it was typed, by the names of the form.
    typed: JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficeLinkMail:
    """A link that goes out by mail now, with what is said of how it stands."""

    id: str
    address: str
    language: str
    at: datetime
    programme: str
    organisation: str
    path: str
    until: datetime
    template: str
    says: Says
    #: Whether the same was said by a mail before this one.
    again: bool


#: Of a link: what it opens, what is typed, and whether it runs and was opened by who asks. For a statement over `s`.
LINK = """
    s.id::text, s.until, s.typed, s.until > casework_now() AS running, s.address, s.token,
    coalesce(s.opened = :opened AND s.opened_until > casework_now(), false) AS here
"""
#: One link by its secret, or by what it opens.
_BY_TOKEN, _BY_ID = " WHERE s.token = :token", " WHERE s.id = CAST(:id AS uuid)"
#: The same for who changes it, and as it stands after who changes it now has done so.
_LOCKED, _HELD = f"{_BY_TOKEN} FOR UPDATE OF q", f"{_BY_TOKEN} FOR SHARE OF q"
#: What the office and an organisation are called.
_NAMES = text(f"""
    SELECT {OFFICE}, o.name AS organisation, o.name_zh AS organisation_zh FROM programmes p
    LEFT JOIN letterheads h ON h.programme_id = p.id
    JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = CAST(:organisation AS uuid) WHERE p.id = CAST(:programme AS uuid)
""")
#: Which link a mail is about, and whether it was mailed before.
_MAIL = text("""
    SELECT m.id::text, m.office_link_id::text AS link, casework_now() AS at,
        EXISTS (SELECT FROM mails x WHERE x.office_link_id = m.office_link_id AND x.id <> m.id AND x.state = 'sent') AS again
    FROM mails m WHERE m.id = CAST(:mail AS uuid)
""")
#: Keeps what opens a link, until its end.
_GIVE = """
    INSERT INTO office_link_secrets (id, {opens}, token, address, until)
    VALUES (CAST(:id AS uuid), CAST(:id AS uuid), :token, :address, :until)
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
#: Forgets what was typed, and where it was mailed, of links of a kind that are over; its conditions say what is kept.
_FORGET_OVER = """
    UPDATE office_link_secrets s SET address = CASE WHEN {written_to} THEN s.address END, typed = NULL, opened = NULL, opened_until = NULL
    WHERE s.{opens} IS NOT NULL AND s.until <= casework_now() AND NOT ({waits})
    AND (s.typed IS NOT NULL OR s.address IS NOT NULL AND NOT ({written_to}))
"""
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


def secret_of(secret_box: SecretBox, kind: Kind, id: str) -> str:
    """The secret of a link, which opens it as long as the key is the same."""
    return secret_box.secrets_of(f"{kind.purpose} {id}")[0]


def give(
    db: Connection,
    secret_box: SecretBox,
    kind: Kind,
    id: str,
    *,
    address: str | None,
    lasts: timedelta,
    reminds: timedelta | None = None,
) -> str:
    """Keep what opens a link for so long, and mail it where there is an address; `reminds` goes before what its kind says. Gives where it
    leads."""
    secret, until = secret_of(secret_box, kind, id), now(db) + lasts
    db.execute(
        text(_GIVE.format(opens=kind.opens)),
        {"id": id, "token": token_hash(secret), "address": address, "until": until},
    )
    tell(db, kind, id)
    # What is answered by then is not asked again: the mail looks when it goes.
    before = reminds or kind.reminds
    if before is not None and lasts - before > timedelta(days=1):
        _post(db, id, kind.mail, at=until - before)
    return f"{kind.page}#{secret}"


def _find(db: Connection, kind: Kind, more: str, **given: Any) -> Any:
    """What a link opens. Raises NotFound."""
    with whole(db):
        row = db.execute(text(kind.found + more), {"opened": b"", **given}).one_or_none()
    if row is None:
        raise NotFound("link")
    return row


def language_of(db: Connection, kind: Kind, token: str) -> tuple[bool, str, NamedInBoth]:
    """Whether a link still opens something, its language, and whose it is. Raises NotFound for none."""
    row = _find(db, kind, _BY_TOKEN, token=token_hash(token))
    return row.running, row.language, _names_of(db, row)[0]


def open_link(db: Connection, kind: Kind, token: str) -> str:
    """The secret that keeps a link open in this browser. Raises NotFound where it opens nothing."""
    row = _find(db, kind, _BY_TOKEN, token=token_hash(token))
    if not row.running:
        raise NotFound("link")
    secret = secrets.token_urlsafe(32)
    with whole(db):
        db.execute(_OPEN, {"id": row.id, "opened": token_hash(secret), "lasts": OPEN_FOR})
    return secret


def read_link(db: Connection, kind: Kind, token: str, opened: str, more: str = _BY_TOKEN) -> Any:
    """What a link opens in the browser that has opened it. Raises NotFound."""
    return insist_here(_find(db, kind, more, token=token_hash(token), opened=token_hash(opened)))


def lock_link(db: Connection, kind: Kind, token: str, opened: str) -> Any:
    """The same for who changes it, in its programme's turn: of two who do so at once the second one finds it done. Raises NotFound."""
    row = read_link(db, kind, token, opened)
    lock_log(db, row.programme)
    if kind.holds is not None:
        db.execute(text(kind.holds), {"id": row.id})
    return read_link(db, kind, token, opened, _LOCKED)


def insist_here(found: Any) -> Any:
    """A link that was opened in the browser that asks. Raises NotFound."""
    if not found.running or not found.here:
        raise NotFound("link")
    return found


def shown_of(db: Connection, row: Any) -> dict[str, Any]:
    """What every link shows."""
    office, organisation = _names_of(db, row)
    return {
        "id": row.id,
        "programme": row.programme,
        "office": office,
        "organisation": organisation,
        "language": row.language,
        "state": row.state,
        "until": row.until,
        "typed": row.typed or {},
    }


def _names_of(db: Connection, row: Any) -> tuple[NamedInBoth, NamedInBoth]:
    with whole(db):
        names = db.execute(_NAMES, {"programme": row.programme, "organisation": row.organisation}).one()
    return (
        NamedInBoth(id=row.programme, name=names.office, name_zh=names.office_zh),
        NamedInBoth(id=row.organisation, name=names.organisation, name_zh=names.organisation_zh),
    )


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


def keep_typed(db: Connection, kind: Kind, token: str, opened: str, typed: Answers) -> None:
    """Keep what is typed, sealed, until it is decided or used, or the link is over. Raises NotFound and InvalidForm."""
    told = kept(typed)
    read_link(db, kind, token, opened)
    row = read_link(db, kind, token, opened, _HELD)
    if row.state not in kind.writable:
        raise NotFound("link")
    keep(db, row.id, told)


def keep(db: Connection, id: str, told: Answers) -> None:
    """Keep what was typed, sealed."""
    with whole(db):
        db.execute(_TYPED, {"id": id, "typed": sealing_of(db).seal(id, told)})


def forget_typed(db: Connection, id: str) -> None:
    """What was typed goes: it is used, or decided on as it was sent."""
    db.execute(_FORGET_TYPED, {"id": id})


def end(db: Connection, id: str) -> None:
    """A link was used, or taken back: nothing is mailed any more, and where to is forgotten with what was typed."""
    cancel_mails(db, id)
    db.execute(_END, {"id": id})


def forget_over(db: Connection, kinds: Iterable[Kind]) -> int:
    """Of links of these kinds that are over, what was typed and where they were mailed goes, unless the kind says that it is kept."""
    with whole(db):
        return sum(
            db.execute(
                text(_FORGET_OVER.format(opens=kind.opens, waits=kind.waits, written_to=kind.written_to))
            ).rowcount
            for kind in kinds
        )


def tell(db: Connection, kind: Kind, id: str) -> None:
    """Queue the mail that says how a link stands; one that was not sent yet goes, for this one says it."""
    cancel_mails(db, id)
    _post(db, id, kind.mail)


def _post(db: Connection, id: str, kind: str, *, at: datetime | None = None) -> None:
    """Queue a mail with the link, for now or for a moment."""
    mail = new_id()
    db.execute(_QUEUE, {"mail": mail, "id": id, "key": f"{kind} {id} {mail}", "kind": kind, "at": at})


def cancel_mails(db: Connection, id: str) -> None:
    """What waits to be sent of a link goes no more."""
    db.execute(_CANCEL, {"id": id})


def write_office_mail(kind: Kind, db: Connection, mail: str, secret_box: SecretBox) -> OfficeLinkMail | None:
    """What the mail of a link says; None where nothing is left to be said, or the link opens nothing any more."""
    of = db.execute(_MAIL, {"mail": mail}).one()
    row = _find(db, kind, _BY_ID, id=of.link)
    if row.address is None or not row.running or (says := kind.says(row)) is None:
        return None
    secret = secret_again(secret_box, f"{kind.purpose} {row.id}", bytes(row.token))
    if secret is None:
        return None
    names = [(row.language == "zh-Hans" and one.name_zh) or one.name for one in _names_of(db, row)]
    return OfficeLinkMail(
        id=of.id,
        address=row.address,
        language=row.language,
        at=of.at,
        programme=names[0],
        organisation=names[1],
        path=f"{kind.page}#{secret}",
        until=row.until,
        template=kind.template,
        says=says,
        again=kind.reminds is not None and of.again,
    )


__all__ = [
    "LARGEST", "LINK", "OPEN_FOR", "Kind", "OfficeLinkMail", "Opens", "Says", "ShownLink", "cancel_mails", "end", "forget_over",
    "forget_typed", "give", "id_of", "insist_here", "keep", "keep_typed", "kept", "language_of", "lock_link", "open_link", "read_link",
    "secret_of", "shown_of", "tell", "write_office_mail",
]  # fmt: skip
