"""What an answer and a mail tell, so that those of two worlds can be compared: all of it, but for what is drawn by lot."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from werkzeug.test import TestResponse

#: Of a page, what is new each time it is made; of headers, those that name the request alone.
_FRESH = re.compile(
    r'(name="(?:csrf_token|key|done|seal|seed)" value=")[^"]*|("request_id": ?")[^"]*|(name="csrf-token" content=")[^"]*'
    r'|([1-5]\d\d · <code>)[^<]*|(class="code-told">)[^<]*|("(?:half|challenge|code)": ?")[^"]*'
)
_OF_THE_REQUEST = {"set-cookie", "date", "x-request-id"}
#: While the clock stands still, each event of a log follows the one before by a microsecond.
_FOLLOWING = re.compile(r"(\d\d:\d\d:\d\d\.0000)\d\d(?=Z|\+)")
#: Where the next page of a list begins: a moment and an id.
_CURSOR = re.compile(r"\bWyI[\w-]+")
#: What is drawn by lot in each world: ids, sums of what has ids in it, and secrets.
_LOTS = re.compile(
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{64}\b|\b[0-9a-f]{16}\b|(?:cw[ast]|whsec)_[\w+/=-]+)"
)


def _opened(cursor: re.Match[str]) -> str:
    return base64.urlsafe_b64decode(cursor[0] + "==").decode("utf-8", "replace")


def told(answer: TestResponse) -> str:
    """All that an answer tells, but for what is new each time."""
    if answer.data[:2] == b"PK":
        # A sheet or a case's file: what is in it. Of a sheet the moment of its making stands beside.
        with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
            parts = {
                name: file.read(name).decode("utf-8", "replace")
                for name in file.namelist()
                if name != "docProps/core.xml"
            }
        return f"{answer.status} {parts}"
    headers = sorted((name, value) for name, value in answer.headers if name.lower() not in _OF_THE_REQUEST)
    said = _FOLLOWING.sub(r"\1", _CURSOR.sub(_opened, answer.data.decode("utf-8", "replace")))
    return (
        f"{answer.status} {headers} {_FRESH.sub(lambda found: next(one for one in found.groups() if one) or '', said)}"
    )


@dataclass
class Names:
    """What is drawn by lot: what it is called in one world, and in the other."""

    ways: tuple[dict[str, str], dict[str, str]] = field(default_factory=lambda: ({}, {}))

    def know(self, ids: Sequence[str]) -> None:
        """These both worlds have had from the beginning, under the same name."""
        for way in self.ways:
            way.update({one: one for one in ids})

    def same(self, one: str, other: str) -> bool:
        if one == other:
            return True
        first, second = _LOTS.split(one), _LOTS.split(other)
        if first[::2] != second[::2]:
            return False
        ways = {}, {}  # type: tuple[dict[str, str], dict[str, str]]
        for pair in zip(first[1::2], second[1::2], strict=True):
            for known, new, here, there in zip(self.ways, ways, pair, reversed(pair), strict=True):
                if known.get(here, new.setdefault(here, there)) != there:
                    return False
        for known, new in zip(self.ways, ways, strict=True):
            known.update(new)
        return True


def plainly(words: str) -> str:
    return _LOTS.sub("-", words)


def written(mail: EmailMessage) -> str:
    """A mail as it is read; its own number and moment are new each time."""
    head = sorted(
        f"{name}: {value}" for name, value in mail.items() if name not in ("Date", "Message-ID", "Content-Type")
    )
    return "\n".join([*head, *(str(part.get_content()) for part in mail.walk() if not part.is_multipart())])


def first_difference(one: str, other: str) -> str:
    """Where two texts part, but for what is drawn by lot."""
    plain, there = plainly(one), plainly(other)
    if plain == there:
        plain, there = one, other
    at = next((n for n, (a, b) in enumerate(zip(plain, there, strict=False)) if a != b), min(len(plain), len(there)))
    return f"…{plain[max(0, at - 90) : at + 90]!r} is …{there[max(0, at - 90) : at + 90]!r}"
