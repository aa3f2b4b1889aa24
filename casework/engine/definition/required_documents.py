"""Papers that must be on file before an action: whether one is there that counts, and what is said where none does.

On a service's track only the papers of its referral count, so that nobody learns of papers that are not theirs to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework import reasons
from casework.engine.definition.editions import Edition, PaperRule, TransitionRule
from casework.engine.definition.guard_facts import Facts
from casework.engine.state.case_documents import Document
from casework.reasons import Why

#: What a paper that is asked for can be; only one that is there lets the action through.
THERE, MISSING, EXPIRED, PENDING, BLOCKED = "there", "missing", "expired", "pending", "blocked"
#: The codes of the reasons that say that a paper is not in order.
OF_PAPERS = frozenset(
    template.code
    for template in (
        reasons.cases.PAPER_MISSING,
        reasons.cases.PAPER_EXPIRED,
        reasons.cases.PAPER_PENDING,
        reasons.cases.PAPER_BLOCKED,
    )
)
#: The fact from outside the log: what the scanner has not cleared, by document.
SCANS = "scans"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that is asked for, as it stands; `document` is the one that counts, or that would if it were in order."""

    rule: PaperRule
    state: str
    document: str | None = None
    valid_until: str | None = None


def papers_for(facts: Facts, rule: TransitionRule) -> list[Paper]:
    """How it stands with each paper that a transition asks for."""
    return [_paper(facts, need) for need in rule.needs]


def _paper(facts: Facts, rule: PaperRule) -> Paper:
    scans: Mapping[str, str] = facts.from_outside(SCANS)
    today, home = facts.today.isoformat(), _home(facts, rule)
    documents = [
        document
        for document in facts.case.documents.values()
        if document.kind == rule.kind and document.withdrawn_at is None and (home is None or document.track in home)
    ]
    # The newest first; of those that do not count, the newest is told of.
    judged = [
        Paper(rule, _state(document, rule, scans, today), document.id, document.valid_until)
        for document in reversed(documents)
    ]
    return next((paper for paper in judged if paper.state == THERE), judged[0] if judged else Paper(rule, MISSING))


def _home(facts: Facts, rule: PaperRule) -> frozenset[str] | None:
    """The referrals whose papers count; None where all of the case do."""
    if rule.of is not None:
        # Several providers may have been asked side by side.
        return frozenset(referral.id for referral in facts.referrals(rule.of))
    referral = facts.case.referral_of(facts.track)
    return None if referral is None else frozenset({referral.id})


def _state(document: Document, rule: PaperRule, scans: Mapping[str, Any], today: str) -> str:
    if document.id in scans:
        return BLOCKED if scans[document.id] == BLOCKED else PENDING
    if rule.valid and document.valid_until is not None and document.valid_until < today:
        return EXPIRED
    return THERE


def reason(edition: Edition, paper: Paper) -> Why | None:
    """Why a paper stands against the action, for a person; None where it does not."""
    name = edition.as_reason(f"papers.{paper.rule.kind}")
    return {
        THERE: None,
        MISSING: reasons.cases.PAPER_MISSING(paper=name),
        EXPIRED: reasons.cases.PAPER_EXPIRED(day=paper.valid_until, paper=name),
        PENDING: reasons.cases.PAPER_PENDING(paper=name),
        BLOCKED: reasons.cases.PAPER_BLOCKED(paper=name),
    }[paper.state]
