"""The mail of a letter to a party, who has no account: to the address that the letter's event names, the PDF attached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm
from casework.ledger.redactable_bodies import values
from casework.operations.core.perform import new_id


@dataclass(frozen=True)
class LetterMail:
    """A letter that goes by mail now; `file` is where its PDF is kept."""

    id: str
    address: str
    language: str
    at: datetime
    programme: str
    number: str
    title: str
    name: str
    file: str
    content: bytes = b""


def insist_address(written: str) -> str:
    """An address of one mailbox. Raises InvalidForm."""
    try:
        address = Address(addr_spec=written)
        if not address.username or "." not in address.domain:
            raise ValueError(written)
    except (MessageError, ValueError, IndexError) as fault:
        raise InvalidForm(fields={"address": reasons.fields.NO_ADDRESS}) from fault
    return written


def post_letter(db: Connection, file: str) -> None:
    """Queue the mail of a letter that was just filed, in the transaction that filed it."""
    db.execute(_QUEUE, {"id": new_id(), "file": file, "key": f"letter {file}"})


#: Queues the mail that takes a letter along.
_QUEUE = text("""
    INSERT INTO mails (id, file_id, key, kind, sealed, made_at, send_at)
    VALUES (:id, CAST(:file AS uuid), :key, 'letter', false, casework_now(), casework_now())
""")
#: What a letter's mail is written from: its file, what was sent, its case and its programme.
_POSTED = text("""
    SELECT m.id, m.file_id, casework_now() AS at, e.body, e.effects, c.number, p.name, p.name_zh
    FROM mails m JOIN files f ON f.id = m.file_id JOIN cases c ON c.id = f.log_id JOIN programmes p ON p.id = c.programme_id
    JOIN events e ON e.log_id = f.log_id AND e.kind = 'letter_sent' AND e.effects->'files'->0->>'id' = f.id::text
    WHERE m.id = CAST(:mail AS uuid)
""")


def write_letter_mail(db: Connection, mail: str) -> LetterMail | None:
    """The letter of a queued mail; None where its address was erased."""
    row = db.execute(_POSTED, {"mail": mail}).one_or_none()
    body = values(row.body) if row is not None else {}
    address, title, name = (body.get(key) for key in ("address", "title", "file"))
    if row is None or not isinstance(address, str):
        return None
    chinese = row.effects.get("language") == "zh"
    programme = row.name_zh if chinese and row.name_zh else row.name
    return LetterMail(
        row.id,
        address,
        "zh-Hans" if chinese else "en",
        row.at,
        programme,
        row.number,
        title if isinstance(title, str) else "",
        name if isinstance(name, str) else "letter.pdf",
        row.file_id,
    )
