"""A batch: a plan by which many cases move to another edition, or go back, decided by two persons and carried out by the worker.

Pure. It names its cases by digests of their logs, as a removal does: who reads the decision learns of no case that they do not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from casework.engine import setting_proposals
from casework.engine.definition.migration_plans import digest_of
from casework.engine.removals import digest_of_case
from casework.engine.setting_proposals import Proposal
from casework.engine.state.events import RegisterEvent
from casework.engine.two_person import AGREED
from casework.ledger.canonical_json import digest

#: What the log of a programme says was done: proposed, agreed to, not agreed to.
BATCH_ASKED, BATCH_AGREED, BATCH_REFUSED = "batch_asked", "batch_agreed", "batch_refused"
OF_BATCH = (BATCH_ASKED, BATCH_AGREED, BATCH_REFUSED)
#: That somebody stopped it for now, let it go on, and ended it.
BATCH_SUSPENDED, BATCH_RESUMED, BATCH_CANCELLED = "batch_suspended", "batch_resumed", "batch_cancelled"
STEERS = (BATCH_SUSPENDED, BATCH_RESUMED, BATCH_CANCELLED)
#: And by the worker, case by case.
BATCH_CASE = "batch_case"
#: Every kind of event of a batch.
ALL = (*OF_BATCH, *STEERS, BATCH_CASE)
#: So many cases are named in one batch; what is left is proposed after it.
MOST = 1_000
#: What became of a case: it moved, or went back; it stayed, with the reasons; it could not be tried to its end.
MOVED, STAYED, FAILED = "moved", "stays", "failed"
#: How a batch stands that was agreed to.
RUNNING, SUSPENDED, CANCELLED, ENDED = "running", "suspended", "cancelled", "ended"
#: From which states each step may follow, and to which it leads.
_STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    BATCH_SUSPENDED: ((RUNNING,), SUSPENDED),
    BATCH_RESUMED: ((SUSPENDED,), RUNNING),
    BATCH_CANCELLED: ((RUNNING, SUSPENDED), CANCELLED),
}


def asked_for(id: str, plan: Mapping[str, Any], cases: Iterable[str], *, reverts: int | None = None) -> dict[str, Any]:
    """What is proposed: the plan with its editions, the cases by digests of their logs, and one digest over all of it.

    `reverts`: the number of the decision of the batch that is taken back.
    """
    said = {"id": id, **plan, "cases": sorted(digest_of_case(log) for log in cases)}
    if reverts is not None:
        said["reverts"] = reverts
    return {**said, "digest": digest(said)}


def of_plan(workflow: str, old: str, new: str, mapping: Mapping[str, Any], plan: str) -> dict[str, Any]:
    """How a batch names its plan: by the fingerprints of both editions, what was said by hand, and the digest of these."""
    return {"workflow": workflow, "from": old, "to": new, "mapping": dict(mapping), "plan": plan}


@dataclass(frozen=True, slots=True)
class Batch:
    """What two persons decided, and how far it has come."""

    proposal: Proposal
    #: What became of each case so far, by the digest of its log.
    done: Mapping[str, RegisterEvent] = field(default_factory=dict)
    #: Who stopped it, let it go on or ended it, in order.
    steered: Sequence[RegisterEvent] = ()

    @property
    def asked(self) -> dict[str, Any]:
        """What was proposed, whatever somebody has made of it."""
        return asked_of(self.proposal.asked)

    @property
    def id(self) -> str:
        return str(self.asked.get("id"))

    @property
    def cases(self) -> list[str]:
        """The digests of its cases, in order."""
        cases = self.asked.get("cases")
        return [one for one in cases if isinstance(one, str)] if isinstance(cases, list) else []

    @property
    def named(self) -> frozenset[str]:
        return frozenset(self.cases)

    @property
    def reverts(self) -> int | None:
        return self.asked.get("reverts")

    @property
    def decision(self) -> int | None:
        """The number of the event by which the second person agreed."""
        decided = self.proposal.decided
        return decided.seq if decided is not None and self.proposal.state == AGREED else None

    @property
    def waiting(self) -> list[str]:
        """The cases that the worker has not come to, whether it goes on or not; none before somebody agreed."""
        return [one for one in self.cases if one not in self.done] if self.decision is not None else []

    @property
    def state(self) -> str:
        """How it stands: as its proposal does, and once it is agreed to, how far it has come."""
        if self.decision is None:
            return self.proposal.state
        if not self.waiting:
            return ENDED
        return _STEPS[self.steered[-1].kind][1] if self.steered else RUNNING

    @property
    def goes_on(self) -> bool:
        """Whether the worker is at it, or will be again once somebody says so."""
        return self.state in (RUNNING, SUSPENDED)


def outcome_of(event: RegisterEvent | None) -> str | None:
    """What became of a case by the event that says so."""
    return None if event is None else said_of(event).get("outcome")


def asked_of(event: RegisterEvent) -> dict[str, Any]:
    """What an event proposes, whatever somebody has made of it."""
    asked: Any = event.effects.get("batch_asked")
    return asked if isinstance(asked, dict) else {}


#: What a proposal says, and of which kind it is.
_FORM: Mapping[str, type] = {"from": str, "to": str, "plan": str, "mapping": dict, "cases": list, "digest": str}


def _has_form(asked: Mapping[str, Any]) -> bool:
    """Whether a proposal is written as one is."""
    if not all(type(asked.get(name)) is kind for name, kind in _FORM.items()):
        return False
    return all(type(one) is str for one in asked["cases"]) and type(asked.get("reverts", 0)) is int


def said_of(event: RegisterEvent) -> dict[str, Any]:
    """What an event says of a case, whatever somebody has made of it."""
    what: Any = event.effects.get("batch_case")
    return what if isinstance(what, dict) else {}


def fold(events: Iterable[RegisterEvent]) -> list[Batch]:
    """The batches that a programme's log adds up to, in order."""
    events = list(events)
    done: dict[int, dict[str, RegisterEvent]] = {}
    steered: dict[int, list[RegisterEvent]] = {}
    for event in events:
        if event.kind == BATCH_CASE:
            what = said_of(event)
            done.setdefault(_number(what.get("decision")), {}).setdefault(str(what.get("case")), event)
        elif event.kind in STEERS:
            steered.setdefault(_number(event.effects.get("batch")), []).append(event)
    batches = [Batch(one) for one in setting_proposals.fold(events, OF_BATCH)]
    return [
        Batch(one.proposal, done.get(one.decision or 0, {}), tuple(steered.get(one.decision or 0, ())))
        for one in batches
    ]


def _number(value: object) -> int:
    """The number of an event that is named; that of none for what is no number."""
    return value if type(value) is int else 0


def came_to(batches: Sequence[Batch], event: RegisterEvent) -> list[Batch]:
    """The batches after the worker has said what became of one more case."""
    what = said_of(event)
    return [
        replace(one, done={str(what.get("case")): event, **one.done})
        if one.decision is not None and one.decision == what.get("decision")
        else one
        for one in batches
    ]


def under_way(batches: Sequence[Batch]) -> Batch | None:
    """The one that is carried out, or waits to go on."""
    return next((one for one in batches if one.goes_on), None)


def row_after(batches: Sequence[Batch]) -> dict[str, Any]:
    """What the programme's row says: which decision is carried out, and whether the worker is to go on with it."""
    one = under_way(batches)
    return {} if one is None else {"decision": one.decision, "state": one.state}


def may_follow(batch: Batch, step: str) -> bool:
    """Whether somebody may stop it, let it go on or end it, as it stands."""
    return batch.state in _STEPS[step][0]


def why_not_agreed(batches: Sequence[Batch], event: RegisterEvent) -> str | None:
    """What speaks against an event by which somebody agrees, after what the log told before; None where it may be."""
    last = batches[-1] if batches else None
    if last is None or not last.proposal.matter.waits:
        return "nobody had proposed this batch"
    if event.effects.get("batch_agreed") != {"asked": last.proposal.asked.seq, "digest": last.asked.get("digest")}:
        return "another batch was agreed to than the one that was proposed"
    if last.proposal.matter.is_party(event.actor):
        return "the person who proposed the batch also agreed to it"
    if under_way(batches) is not None:
        return "another batch was not carried out to its end"
    return None


def why_not_asked(batches: Sequence[Batch], event: RegisterEvent) -> str | None:
    """What speaks against a batch that was proposed, after what the log told before."""
    asked = asked_of(event)
    if not _has_form(asked):
        return "it is not written as a proposal is"
    if asked.get("digest") != digest({name: value for name, value in asked.items() if name != "digest"}):
        return "its list of cases is not what its digest was made of"
    cases = asked["cases"]
    if not 1 <= len(cases) <= MOST or len(set(cases)) < len(cases):
        return "it names no case, too many, or one of them twice"
    old, new = asked["from"], asked["to"]
    if "reverts" not in asked:
        return None if digest_of(old, new, asked["mapping"]) == asked["plan"] else "its plan has another digest"
    taken = next((one for one in batches if one.decision is not None and one.decision == asked["reverts"]), None)
    if (
        taken is None
        or taken.reverts is not None
        or any(taken.asked.get(name) != asked[name] for name in ("plan", "mapping"))
    ):
        return "it takes back a batch that there is not"
    if (taken.asked.get("from"), taken.asked.get("to")) != (new, old):
        return "it takes back to another edition than the cases came from"
    if any(outcome_of(taken.done.get(one)) != MOVED for one in cases):
        return "it takes back a case that the batch has not moved"
    return None


def why_not_steered(batches: Sequence[Batch], event: RegisterEvent) -> str | None:
    """What speaks against an event by which a batch is stopped, goes on or ends."""
    one = next(
        (one for one in batches if one.decision is not None and one.decision == event.effects.get("batch")), None
    )
    if one is None:
        return "no second person had agreed to a batch of this number"
    return None if may_follow(one, event.kind) else f"the batch was {one.state} then"


def why_not_carried(batches: Sequence[Batch], event: RegisterEvent) -> str | None:
    """What speaks against an event by which the worker says what became of a case."""
    what = said_of(event)
    one = next((one for one in batches if one.decision is not None and one.decision == what.get("decision")), None)
    if one is None:
        return "no second person had agreed to a batch of this number"
    if what.get("case") not in one.cases:
        return "the batch does not name this case"
    if what.get("case") in one.done:
        return "the batch had come to this case before"
    if one.state != RUNNING:
        return f"the batch was {one.state} then"
    if (what.get("outcome") == MOVED) != ("event" in what) or (what.get("outcome") in (STAYED, FAILED)) != bool(
        what.get("why")
    ):
        return "it does not say what became of the case"
    return None


__all__ = [
    "ALL", "BATCH_AGREED", "BATCH_ASKED", "BATCH_CANCELLED", "BATCH_CASE", "BATCH_REFUSED", "BATCH_RESUMED", "BATCH_SUSPENDED",
    "CANCELLED", "ENDED", "FAILED", "MOST", "MOVED", "OF_BATCH", "RUNNING", "STAYED", "STEERS", "SUSPENDED", "Batch", "asked_for",
    "came_to", "fold", "may_follow", "of_plan", "outcome_of", "row_after", "said_of", "under_way", "why_not_agreed", "why_not_asked",
    "why_not_carried", "why_not_steered",
]  # fmt: skip
