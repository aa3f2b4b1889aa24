"""What the event of a message tells, beside its words."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class MessageEffects(TypedDict, total=False):
    """Keys of an event's effects that tell of a message, or whom it mentions."""

    #: A message, the one that it answers, the documents that it names, and whom it mentions.
    message: str
    reply_to: str
    attached: list[str]
    mentions: list[str]
    #: Where it came by neither a page nor the API: it was an answer to a mail.
    channel: Literal["mail"]


__all__ = ["MessageEffects"]
