"""A technology on the match desk: why it stands there, what decides, what filters say of it, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext
from sqlalchemy import Connection

from casework.json_values import JsonMapping, JsonObject
from casework.matching.marks import telling_sentence
from casework.operations.catalogue import matches
from casework.operations.catalogue.views import Match
from casework.operations.matching.acceptance import Judged
from casework.operations.matching.desk import CandidateFacts
from casework.operations.matching.listing import failed_of
from casework.operations.matching.proposals import Proposal
from casework.operations.matching.runs import Kept
from casework.permissions.actors import Actor
from casework.web.matching.acceptance_form import pair_checks
from casework.web.matching.desk_twins import Behind, decision_of, refusal_of, say_twins
from casework.web.matching.desk_words import Check, Fact, Why, say_apart, say_checks, say_facts, say_why
from casework.web.matching.interest_words import Line, both_said_yes
from casework.web.shell import layout
from casework.web.shell.i18n import listed as said_in_turn

#: So much of a sentence is shown.
_LONGEST = 300
#: In so many parts the matches of a need are read at most.
_PARTS = 10
#: What somebody is still to decide on.
WAITING = ("", "open", "shortlist", "proposal")


@dataclass(frozen=True)
class Card:
    """A candidate as the desk shows it; without a rank it is on no list of this run."""

    technology: str
    title: str
    under: list[str]
    rank: int | None
    score: str
    why: Why | None
    rationale: str
    facts: list[Fact]
    checks: list[Check]
    decision: str
    match: Match | None
    #: What the program alone proposes, and nobody has made a match of.
    proposal: Proposal | None
    case: str | None
    refusal: str
    #: What its record says that answers the need most, and what was not compared.
    sentence: str
    apart: str
    #: What both sides were asked of it, and what they said.
    asked: list[Line]
    #: What stands behind it as it may be the same.
    twins: list[Behind]
    #: The technology that comes next where this one leaves the list.
    next: str = ""

    @property
    def both(self) -> bool:
        return both_said_yes(self.asked)


@dataclass(frozen=True)
class Beside:
    """What is told of technologies beside a run, by their ids: what their records say; of those on no list of it the rest too."""

    facts: Mapping[str, CandidateFacts] = field(default_factory=dict)
    judged: Mapping[str, Judged] = field(default_factory=dict)
    proposals: Mapping[str, Proposal] = field(default_factory=dict)


def cards_of(
    wanted: Sequence[str],
    run: Kept | None,
    found: Sequence[Match],
    decisions: Mapping[str, JsonObject],
    beside: Beside,
) -> list[Card]:
    """What is shown of some technologies, in their order."""
    facts = beside.facts
    listed = {one["technology"]: one for one in run.found["candidates"]} if run else {}
    failed = failed_of(run.evidence) if run else {}
    kept = {one["id"]: one for one in run.evidence["candidates"]} if run else {}
    by_id = {one.id: one for one in found}
    by_technology = {one.technology.id: one for one in reversed(found)}
    cards = []
    for id in wanted:
        decided = decisions.get(id)
        match = by_id.get(decided["match"]) if decided else by_technology.get(id)
        said = kept.get(id, {})
        card = _card(facts.get(id), run, listed.get(id), match, (failed.get(id, []), said))
        twins = say_twins(listed[id], facts, decisions, by_id) if id in listed else []
        card = replace(card, sentence=_sentence(facts.get(id), said.get("counts", ())), twins=twins)
        if card.rank is None:
            card = _unranked(card, id, beside)
        cards.append(card)
    return [replace(card, next=_next(cards, place)) for place, card in enumerate(cards)]


def _unranked(card: Card, id: str, beside: Beside) -> Card:
    """A technology that is on no list of the run: with what filters say of it now, and of a proposal why it was made."""
    pair, proposal = beside.judged.get(id), beside.proposals.get(id) if card.match is None else None
    checks = pair_checks(pair) if pair is not None else []
    if proposal is None:
        return replace(card, checks=checks)
    # What the last list asked beside when it was proposed.
    judged = pair.verdicts if pair is not None else {}
    checks += say_checks([one for one in proposal.filters if one["name"] not in judged], [], {})
    return replace(
        card,
        checks=checks,
        technology=id,
        title=card.title or proposal.technology_title,
        score=format(proposal.share, ".2f"),
        rationale=gettext("says of the need: %(words)s", words=said_in_turn(proposal.words)),
        proposal=proposal,
        decision="proposal",
        twins=[Behind(one["technology"], one["title"], "", None, "") for one in proposal.twins],
    )


def _next(cards: Sequence[Card], place: int) -> str:
    """What to look at once one is decided on: the next that waits, else the one before."""
    for one in (*cards[place + 1 :], *reversed(cards[:place])):
        if one.decision in WAITING:
            return one.technology
    return ""


def _card(
    facts: CandidateFacts | None,
    run: Kept | None,
    one: JsonMapping | None,
    match: Match | None,
    judged: tuple[Sequence[str], JsonMapping],
) -> Card:
    """`judged`: the filters that it fails, those included that were left out, and what the run knows of it."""
    failed, kept = judged
    told: Any = run.evidence if run else {"wanted": {}, "relaxed": {}}
    at: JsonMapping = {"technology": "", "title": "", "score": 0.0} if one is None else one
    score = format(at["score"], ".1f") if one else match.score or "" if match else ""
    return Card(
        technology=match.technology.id if match and one is None else at["technology"],
        title=facts.title if facts else match.technology.title if match else at["title"],
        under=_under(facts),
        rank=one["rank"] if one else None,
        score=score,
        why=say_why(one["explanation"]["parts"]) if one else None,
        rationale=match.rationale or "" if match and one is None else "",
        facts=say_facts(facts, told, one) if facts else [],
        checks=say_checks(one["explanation"]["filters"], failed, told["relaxed"], kept) if one else [],
        decision=decision_of(match),
        match=match,
        proposal=None,
        case=match.case if match else None,
        refusal=refusal_of(match),
        sentence="",
        apart=say_apart(told, one) if one else "",
        asked=[],
        twins=[],
    )


def _sentence(facts: CandidateFacts | None, terms: Collection[str]) -> str:
    """The sentence of a record as it is now that says most of what the run found in it."""
    told = " ".join(filter(None, (facts.description, facts.problem, facts.advantage))) if facts else ""
    found = telling_sentence(told, terms)
    return found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"


def _under(facts: CandidateFacts | None) -> list[str]:
    """Whose it is, from where its record comes, and whether somebody stands for it."""
    if facts is None:
        return []
    stands = gettext("confirmed") if facts.confirmed else gettext("not confirmed")
    return [words for words in (_owner(facts), facts.source, stands) if words]


def _owner(facts: CandidateFacts) -> str:
    if facts.owner and facts.country:
        return f"{facts.owner}, {layout.place_names([facts.country])}"
    return facts.owner or ""


def matches_of(db: Connection, actor: Actor, need: str) -> list[Match]:
    """The matches of a need by their score, however many an import has brought."""
    found, cursor = list[Match](), None
    for _ in range(_PARTS):
        part = matches.list_matches(db, actor, about={"need": need}, cursor=cursor, limit=100)
        found += part.items
        if (cursor := part.next) is None:
            break
    return found
