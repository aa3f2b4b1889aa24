"""A mail as it comes in, read from its bytes: from whom, to which addresses, whether a person wrote it, and what. Pure.

Nothing that stands in it is believed: not who it says it is from, nor what a mail server said of it, unless that server is named.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import EmailPolicy

from casework.operations.core.email_addresses import canonical
from casework.operations.notifications.mail_words import own_words, plain, text_of_html

#: Of a mail with its files so much is read, and of its head so much: more is no answer that somebody wrote.
MOST_BYTES, MOST_HEAD = 10_000_000, 65_536
#: More parts than this is no mail of a person either; each begins with such a line, and is not even looked for among more of them.
MOST_PARTS, MOST_DASHED = 100, 2_000
#: Of one line in the head of a part so much is read, and of all such lines together as much as of the mail's own head.
MOST_LINE = 4_096
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


class _Heads(EmailPolicy):
    """What heads say of parts is parsed when it is asked for, and takes long where it is long: such a mail is not read."""

    #: Of each line that says something of a part, in one mail.
    sizes: list[int] = []

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if name.lower().startswith("content-"):
            self.sizes.append(len(value))
            if len(value) > MOST_LINE or sum(self.sizes) > MOST_HEAD:
                raise ValueError("it says too much of a part")
        return name, value


def _read(raw: bytes) -> Incoming:
    heads = _Heads(sizes=[])  # type: ignore[call-overload]  # a policy is made so with what its class declares
    message = BytesParser(EmailMessage, policy=heads).parsebytes(raw)
    found = _ID.search(str(message.get("Message-ID", "")))
    if any(place >= MOST_PARTS for place, _ in enumerate(message.walk())):
        raise ValueError("it has too many parts")
    texts, files = _texts(message)
    senders = _addresses(message, "From")
    return Incoming(
        sender=senders[0] if len(senders) == 1 else "",
        to=tuple(dict.fromkeys(address for name in _TO for address in _addresses(message, name))),
        id=found[1] if found else hashlib.sha256(raw).hexdigest(),
        automatic=_automatic(message),
        words=own_words(*_read_texts(texts)),
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


def _texts(part: MIMEPart) -> tuple[list[MIMEPart], int]:
    """The parts with text in their order, one of each choice, and how many others are left out."""
    kind, _, form = part.get_content_type().partition("/")
    if kind != "multipart" or not part.is_multipart():
        taken = (
            kind == "text" and form in ("plain", "html") and not part.is_attachment() and part.get_filename() is None
        )
        return ([part], 0) if taken else ([], 1)
    inner = [_texts(one) for one in part.iter_parts()]
    if form != "alternative":
        return [text for texts, _ in inner for text in texts], sum(files for _, files in inner)
    with_text = [texts for texts, _ in inner if texts]
    plain_alone = [texts for texts in with_text if all(text.get_content_type() == "text/plain" for text in texts)]
    chosen = (plain_alone or with_text[::-1] or [[]])[0]
    # What is another form of the text is not left out; a file beside it is.
    return chosen, sum(files for _, files in inner)


def _read_texts(texts: list[MIMEPart]) -> Iterator[str]:
    left = MOST_TEXT
    for part in texts:
        words = _text(part)[:left]
        left -= len(words)
        yield plain(text_of_html(words) if part.get_content_type() == "text/html" else words)


def _text(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = (part.get_content_charset() or "utf-8").lower()
    try:
        return raw.decode(_WIDER.get(charset, charset), "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


__all__ = ["MOST_BYTES", "Incoming", "is_empty_sender", "read_mail"]
