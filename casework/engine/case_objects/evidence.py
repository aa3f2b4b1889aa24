"""Files that show what a register says: of what lies on an IP right and came of no case, and of how an organisation was screened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casework.engine.state.events import RegisterEvent

#: Somebody has filed what shows an entry of the log.
EVIDENCE_FILED = "evidence_filed"
#: The file's name and the digest of what is in it: words of the event's body.
NAME, DIGEST = "file", "sha256"
#: An extract of a register, the deed by which something ended, and the answer of lists of sanctions.
EXTRACT, DEED, SCREENING = KINDS = ("register_extract", "deed", "screening_extract")


@dataclass(frozen=True)
class Filed:
    """A file as the log tells it."""

    id: str
    #: Its paper, of which it is the one version.
    evidence: str
    #: The encumbrance or the screening that it shows.
    about: str
    kind: str
    programme: str | None
    event: RegisterEvent
    #: Null once erased.
    name: str | None
    digest: str | None


def filed_in(events: Iterable[RegisterEvent], programme: str | None) -> list[Filed]:
    """What was filed in a log, the oldest first; `programme`: the log's own, where an event names none."""
    return [
        Filed(
            id=event.effects["files"][0]["id"],
            evidence=event.effects["evidence"]["id"],
            about=event.effects["evidence"]["about"],
            kind=event.effects["evidence"]["kind"],
            programme=event.effects.get("programme", programme),
            event=event,
            name=_kept(event, NAME),
            digest=_kept(event, DIGEST),
        )
        for event in events
        if event.kind == EVIDENCE_FILED
    ]


def _kept(event: RegisterEvent, name: str) -> str | None:
    value = event.body.get(name)
    return value if isinstance(value, str) else None


def faults_of(event: RegisterEvent) -> Iterable[str]:
    """What is wrong with an event that files something, whatever it is about."""
    files, told = event.effects.get("files", ()), event.effects.get("evidence")
    if told is None or len(files) != 1 or files[0]["document"] != told["id"] or files[0]["version"] != 1:
        yield "it does not file exactly one file"
    elif told["kind"] not in KINDS:
        yield "there is no such kind of evidence"
    if not {NAME, DIGEST} <= event.body.keys():
        yield "it does not say which file it is, or what is in it"
