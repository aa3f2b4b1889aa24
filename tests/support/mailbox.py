"""A mail server in this process that keeps what it takes, and may be told to be difficult."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from casework.settings import Settings


@dataclass
class Mailbox:
    """What has arrived, in order; `refusals` are given out first, each once."""

    taken: list[EmailMessage] = field(default_factory=list)
    #: (at which word of the protocol, the answer): ("RCPT", "550 no such user").
    refusals: list[tuple[str, str]] = field(default_factory=list)
    #: So many seconds before it answers to DATA.
    pause_s: float = 0
    port: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.refusals and self.refusals[0][0] == "RCPT":
            return self.refusals.pop(0)[1]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.pause_s)
        if self.refusals and self.refusals[0][0] == "DATA":
            return self.refusals.pop(0)[1]
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.taken.append(BytesParser(EmailMessage, policy=default).parsebytes(content))
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.taken if one["To"] == address]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def mail_server(port: int = 0) -> Iterator[Mailbox]:
    """It runs for the length of the block."""
    box = Mailbox(port=port or free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def mailing(settings: Settings, port: int, **more: Any) -> Settings:
    """The settings of an installation that mails through this server."""
    given = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "base_url": "https://casework.example",
        "smtp_sender": "Casework <casework@casework.example>",
        "smtp_timeout_s": 5.0,
        "smtp_retry_s": 0.01,
    }
    return settings.model_copy(update=given | more)


def text_of(message: EmailMessage) -> str:
    """Both of its parts, as they are read."""
    return "\n".join(str(part.get_content()) for part in message.iter_parts())
