"""A mail as it comes in, read from its bytes: from whom, to which addresses, whether a person wrote it, and what. Pure.

Nothing that stands in it is believed: not who it says it is from, nor what a mail server said of it, unless that server is named.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from casework.operations.core.email_addresses import canonical
from casework.operations.notifications.mail_words import own_words, plain, text_of_html

#: Of a mail with its files so much is read, and of its head so much: more is no answer that somebody wrote.
MOST_BYTES, MOST_HEAD = 10_000_000, 65_536
#: More parts than this is no mail of a person either; each begins with such a line, and is not even looked for among more of them.
MOST_PARTS, MOST_DASHED = 100, 2_000
#: What stands further down was not written for an answer.
MOST_TEXT = 500_000
#: Where mail servers and senders say to whom it goes, those first who saw the envelope.
_TO = ("X-Original-To", "Delivered-To", "To", "Cc")
_MANY = ("bulk", "junk", "list", "auto_reply")
_OF_LISTS = ("List-Id", "List-Unsubscribe", "List-Post", "List-Help")
_OF_PROGRAMS = ("X-Autoreply", "X-Autorespond", "X-Failed-Recipients")
_REPORTS = ("multipart/report", "message/disposition-notification", "message/delivery-status")
_ID = re.compile(r"<([^<>\s]{1,900})>")
#: Under these names mails come in the larger set of characters.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}


@dataclass(frozen=True)
class Incoming:
    """What was read of a mail."""

    #: Of "From", "" unless it names one address alone.
    sender: str
    to: tuple[str, ...]
    #: Its Message-ID; of a mail without one a digest of its bytes.
    id: str
    #: Why no person wrote it, "" where one may have.
    automatic: str
    words: str
    #: Files that came with it.
    files: int
    #: The first words of each server about who sent it, by that server's name.
    judged: tuple[tuple[str, str], ...]

    def proved_by(self, server: str) -> bool:
        """Whether this mail server says that "From" is true (DMARC); of what it says twice the topmost counts, which is its own."""
        said = next((words for name, words in self.judged if name == server.lower()), "")
        return re.search(r"(^|[;\s])dmarc\s*=\s*pass($|[;\s(])", said) is not None


def read_mail(raw: bytes) -> Incoming | None:
    """What stands in a mail; None for what is none, or is larger than what a person sends."""
    head = re.split(rb"\r?\n\r?\n", raw[: MOST_HEAD + 4], maxsplit=1)[0]
    if len(raw) > MOST_BYTES or len(head) > MOST_HEAD or raw.count(b"\n--") + raw.count(b"\r--") > MOST_DASHED:
        return None
    try:
        return _read(raw)
    except Exception:
        return None


def is_empty_sender(sender: str) -> bool:
    """Whether an envelope says that nobody wants an answer: bounces come so."""
    return sender.strip().strip("<>").lower().partition("@")[0] in ("", "mailer-daemon")


def _read(raw: bytes) -> Incoming:
    message = BytesParser(EmailMessage, policy=default).parsebytes(raw)
    found = _ID.search(str(message.get("Message-ID", "")))
    files = 0
    for place, part in enumerate(message.walk()):
        if place >= MOST_PARTS:
            raise ValueError("it has too many parts")
        files += part.get_content_disposition() == "attachment"
    senders = _addresses(message, "From")
    return Incoming(
        sender=senders[0] if len(senders) == 1 else "",
        to=tuple(dict.fromkeys(address for name in _TO for address in _addresses(message, name))),
        id=found[1] if found else hashlib.sha256(raw).hexdigest(),
        automatic=_automatic(message),
        words=own_words(plain(_text(message))),
        files=files,
        judged=tuple(_judged(message)),
    )


def _addresses(message: EmailMessage, name: str) -> list[str]:
    found = [header.addresses if hasattr(header, "addresses") else None for header in message.get_all(name, [])]
    written = [str(header) for header in message.get_all(name, [])]
    addresses: list[str] = []
    for parsed, words in zip(found, written, strict=True):
        addresses += [one.addr_spec for one in parsed] if parsed is not None else [words.strip().strip("<>")]
    return [canonical(address) for address in addresses if "@" in address]


def _automatic(message: EmailMessage) -> str:
    """Why a program wrote it and not a person: to answer such a one would begin a loop."""
    if "Return-Path" in message and is_empty_sender(str(message["Return-Path"])):
        return "bounce"
    if message.get_content_type() in _REPORTS:
        return "report"
    if str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower() != "no":
        return "auto-submitted"
    if str(message.get("Precedence", "")).strip().lower() in _MANY or any(name in message for name in _OF_LISTS):
        return "list"
    if any(name in message for name in _OF_PROGRAMS):
        return "program"
    if any(address.startswith("mailer-daemon@") for address in _addresses(message, "From")):
        return "bounce"
    return ""


def _judged(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for header in message.get_all("Authentication-Results", []):
        server, _, said = str(header).lower().partition(";")
        yield (server.split() or [""])[0], re.sub(r"\([^()]*\)|\"[^\"]*\"", "", said)


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    payload = body.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = (body.get_content_charset() or "utf-8").lower()
    try:
        words = raw.decode(_WIDER.get(charset, charset), "replace")
    except LookupError:
        words = raw.decode("utf-8", "replace")
    words = words[:MOST_TEXT]
    return text_of_html(words) if body.get_content_type() == "text/html" else words


__all__ = ["MOST_BYTES", "Incoming", "is_empty_sender", "read_mail"]
