"""The removal of contents under retention: what two persons decided, which case is named in it, and what became of each.

Pure. A removal names its cases by digests of their logs: who reads the decision learns of no case that it does not know already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.engine import setting_proposals
from casework.engine.deadlines.calendars import Calendar
from casework.engine.retention import ARCHIVED, CaseFacts, Kept, RetentionClass, class_of, judge
from casework.engine.setting_proposals import Proposal
from casework.engine.state.events import RegisterEvent
from casework.engine.two_person import AGREED
from casework.ledger.canonical_json import digest

#: What the log of a programme says was done: proposed, agreed to, not agreed to; and by the worker, case by case.
REMOVAL_ASKED, REMOVAL_AGREED, REMOVAL_REFUSED = "removal_asked", "removal_agreed", "removal_refused"
CASE_REMOVED, CASE_LEFT = "case_removed", "case_left"
OF_REMOVAL = (REMOVAL_ASKED, REMOVAL_AGREED, REMOVAL_REFUSED)
#: So many cases are named in one removal; what is due beyond that is proposed after it.
MOST = 1_000
#: Why a case is left out that was named: beside what keeps a case, that its class is another one now or says another end, or that it was
#: removed before.
OTHER_CLASS, REMOVED_BEFORE = "other_class", "removed_before"
#: Or that it could not be written into the archive so that it was judged whole there.
NOT_SEALED = "not_sealed"


def digest_of_case(log: str) -> str:
    """By what a removal names a case."""
    return hashlib.sha256(log.encode()).hexdigest()


def asked_for(by: str, cases: Mapping[str, str], archiving: Collection[str] = ()) -> dict[str, Any]:
    """What is proposed: by class the digests of the cases that may be removed by a day, of which classes the contents go into the archive,
    and one digest over all of it."""
    listed: dict[str, list[str]] = {}
    for log, code in cases.items():
        listed.setdefault(code, []).append(digest_of_case(log))
    classes = {code: sorted(some) for code, some in sorted(listed.items())}
    whole: dict[str, Any] = {"by": by, "classes": classes}
    if archived := sorted(classes.keys() & set(archiving)):
        whole["archived"] = archived
    return whole | {"digest": digest(whole)}


@dataclass(frozen=True, slots=True)
class Removal:
    """A decision, and how far it has come."""

    proposal: Proposal
    #: What became of each case so far, by the digest of its log.
    done: Mapping[str, RegisterEvent] = field(default_factory=dict)

    @property
    def classes(self) -> dict[str, str]:
        """By the digest of a case the class under which it was due."""
        asked = self.proposal.asked.effects.get("removal_asked") or {}
        return {one: code for code, some in asked.get("classes", {}).items() for one in some}

    def archives(self, case: str) -> bool:
        """Whether the contents of a case that it names go into the archive."""
        asked = self.proposal.asked.effects.get("removal_asked") or {}
        return self.classes.get(case) in asked.get("archived", ())

    @property
    def decision(self) -> int | None:
        """The number of the event by which the second person agreed."""
        decided = self.proposal.decided
        return decided.seq if decided is not None and self.proposal.state == AGREED else None

    @property
    def waiting(self) -> list[str]:
        """The cases that the worker has not come to, in order; none before somebody agreed."""
        return [one for one in sorted(self.classes) if one not in self.done] if self.decision is not None else []


def fold(events: Iterable[RegisterEvent]) -> list[Removal]:
    """The removals that a programme's log adds up to, in order."""
    events = list(events)
    done: dict[int, dict[str, RegisterEvent]] = {}
    for event in events:
        if event.kind in (CASE_REMOVED, CASE_LEFT):
            what: dict[str, Any] = {**event.effects.get("case_removal", {})}
            done.setdefault(what.get("decision", 0), {}).setdefault(str(what.get("case")), event)
    removals = [Removal(one) for one in setting_proposals.fold(events, OF_REMOVAL)]
    return [Removal(one.proposal, done.get(one.decision or 0, {})) for one in removals]


def under_way(removals: Sequence[Removal]) -> Removal | None:
    """The one that the worker is at."""
    return next((one for one in removals if one.waiting), None)


def row_after(removals: Sequence[Removal]) -> dict[str, Any]:
    """What the programme's row says: which decision is carried out."""
    one = under_way(removals)
    return {} if one is None else {"decision": one.decision}


def why_not_agreed(removals: Sequence[Removal], event: RegisterEvent) -> str | None:
    """What speaks against an event by which somebody agrees, after what the log told before; None where it may be."""
    last = removals[-1].proposal if removals else None
    if last is None or not last.matter.waits:
        return "nobody had proposed this removal"
    asked = last.asked.effects.get("removal_asked") or {}
    if event.effects.get("removal_agreed") != {"asked": last.asked.seq, "digest": asked.get("digest")}:
        return "another removal was agreed to than the one that was proposed"
    if last.matter.is_party(event.actor):
        return "the person who proposed the removal also agreed to it"
    if under_way(removals) is not None:
        return "another removal was not carried out to its end"
    return None


def why_not_asked(event: RegisterEvent) -> str | None:
    """What speaks against a list of cases that was proposed."""
    asked = event.effects.get("removal_asked") or {}
    classes = asked.get("classes") or {}
    said = {name: value for name, value in asked.items() if name != "digest"}
    if asked.get("digest") != digest({"by": None, "classes": {}} | said):
        return "its list of cases is not what its digest was made of"
    named = [one for some in classes.values() for one in some]
    if not 1 <= len(named) <= MOST or len(set(named)) < len(named):
        return "it names no case, too many, or one of them twice"
    return None


#: What speaks against the removal of a case that was kept then, whatever its holds, which are judged with the log of the programme.
_KEPT_THEN = {
    Kept.OPEN: "the case was open",
    Kept.FOR_GOOD: "its retention class keeps it for good",
    Kept.NOT_DUE: "its removal date had not come",
}


def kept_then(facts: CaseFacts, classes: Iterable[RetentionClass], at: datetime, calendar: Calendar) -> str | None:
    """What speaks against removing a case then, by the rule by which its date is shown and the worker judges it."""
    return next((_KEPT_THEN[one] for one in judge(facts, classes, (), calendar.local_date(at), calendar).why), None)


def fate_against(
    removal: Removal, case: str, facts: CaseFacts, classes: Iterable[RetentionClass], *, sealed: bool
) -> str | None:
    """What speaks against what became of a case's contents: two persons and its class said the archive and no sealed file is named, or the
    other way about."""
    if removal.archives(case) != sealed:
        return "its contents went into the archive, or did not, as the removal that was agreed to does not say"
    if (class_of(facts, classes).fate == ARCHIVED) != sealed:
        return "its retention class did not say that about the archive"
    return None


__all__ = [
    "CASE_LEFT", "CASE_REMOVED", "MOST", "NOT_SEALED", "OF_REMOVAL", "OTHER_CLASS", "REMOVAL_AGREED", "REMOVAL_ASKED", "REMOVAL_REFUSED",
    "REMOVED_BEFORE", "Removal", "asked_for", "digest_of_case", "fate_against", "fold", "kept_then", "row_after", "under_way",
    "why_not_agreed", "why_not_asked",
]  # fmt: skip
