"""The part of a file of a case that people read first: it follows from the index, and says nothing else."""

from __future__ import annotations

from typing import Any

READ_ME = "README.txt"
#: As every file of these forms has it.
_WORDS = """{called}
As of {at}.

index.json       the case and its documents
history.ndjson   its history, one sealed event on each line
editions/        the rules of each workflow that it ran by; the SHA-256 of each is its name, which the history has
calendars/       the working days by which its due days were counted, in the same way
roles.json       the roles in which people acted in it, as they were given and ended; who decided that its contents are removed
proof.json       what was signed of the log of all events, and that the history is in it
documents/       every version of every document that may be given out
SHA256SUMS       a checksum of each part

To check the parts:            sha256sum -c SHA256SUMS
To check the history as well:  casework-verify THIS.zip --key KEYS, which needs nothing of the office,
                               or  casework verify --file THIS.zip
"""


def read_me_of(index: Any) -> bytes:
    """What it has to say beside such an index."""
    case = index.get("case")
    told = [case.get(name) for name in ("number", "title")] if isinstance(case, dict) else []
    called = " ".join(one for one in told if isinstance(one, str) and one)
    return _WORDS.format(called=called or index["log"], at=index["at"]).encode("utf-8", "surrogatepass")


__all__ = ["READ_ME", "read_me_of"]
