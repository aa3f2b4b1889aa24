"""What an event makes of the case itself: whose it is, how it stands, who proposes, and who reads it for a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.engine.state.case import Case, Join, Opening, Proposal
from casework.engine.state.copies import replace
from casework.engine.state.document_effects_schema import RemovedContents
from casework.engine.state.effects_schema import (
    ErasedWords,
    Hold,
    OpenedProposal,
    OpeningChange,
    StartedOpening,
    WrittenJoin,
)
from casework.engine.state.events import Event
from casework.engine.state.related_cases import RelatedCase, ToldLink
from casework.ledger.canonical_json import parse_instant

Proposals = Mapping[str, Proposal]
Openings = Mapping[str, Opening]
Joins = Mapping[str, Join]
Links = Mapping[str, RelatedCase]


def opened(event: Event) -> Case:
    """The case that a log begins with."""
    about = event.effects["case"]
    return Case(
        log=event.log,
        kind=about["kind"],
        programme=about["programme"],
        seq=0,
        last_at=event.at,
        opened_at=event.at,
        title=event.body.get("title"),
        number=about.get("number"),
        match=about.get("match"),
        need=about.get("need"),
        technology=about.get("technology"),
        phase=about.get("phase"),
        parties=about.get("parties", {}),
        rights=tuple(about.get("rights", ())),
        found=about.get("found"),
        follows_from=about.get("follows_from"),
        about=about.get("about"),
        owner=about.get("owner"),
        team=tuple(about.get("team", ())),
    )


# --- two persons -------------------------------------------------------------------------------------------------------


def proposed(proposals: Proposals, opening: OpenedProposal, event: Event) -> Proposals:
    proposal = Proposal(
        id=opening["id"],
        track=str(event.track),
        transition=opening["transition"],
        actor=event.actor,
        acting_for=event.acting_for,
        seq=event.seq,
        data=event.effects.get("data", {}),
        task=opening["task"],
    )
    return {**proposals, opening["id"]: proposal}


def settled(proposals: Proposals, ids: list[str], event: Event) -> Proposals:
    return {id: proposal for id, proposal in proposals.items() if id not in ids}


# --- readers for a time ------------------------------------------------------------------------------------------------


def readers_asked(openings: Openings, asked: list[StartedOpening], event: Event) -> Openings:
    return {
        **openings,
        **{
            opening["id"]: Opening(
                opening["id"],
                opening["kind"],
                opening["state"],
                opening["reader"],
                event.actor,
                opening["decider"],
                event.at,
                opening["days"],
                parse_instant(opening["until"]) if opening["until"] else None,
                event.at if opening["until"] else None,
            )
            for opening in asked
        },
    }


def readers_changed(openings: Openings, changes: list[OpeningChange], event: Event) -> Openings:
    return {**openings, **{change["id"]: _changed(openings[change["id"]], change, event) for change in changes}}


def _changed(opening: Opening, change: OpeningChange, event: Event) -> Opening:
    values: dict[str, Any] = {}
    if "state" in change:
        values["state"] = change["state"]
        if change["state"] in ("open", "refused"):
            values["decided_at"] = event.at
        if change["state"] == "ended":
            values["ended_at"] = event.at
    if "told_on" in change:
        values["told_on"] = change["told_on"]
    if "until" in change:
        values["until"] = parse_instant(change["until"])
    return replace(opening, **values)


def interested(people: frozenset[str], named: list[str], event: Event) -> frozenset[str]:
    return people | frozenset(named)


def interested_no_longer(people: frozenset[str], named: list[str], event: Event) -> frozenset[str]:
    return people - frozenset(named)


# --- how it stands -----------------------------------------------------------------------------------------------------


def joined(joins: Joins, written: WrittenJoin, event: Event) -> Joins:
    return {**joins, written["id"]: Join.read(written)}


def owned(owner: str | None, new_owner: str, event: Event) -> str | None:
    return new_owner


def staffed(team: tuple[str, ...], new_team: list[str], event: Event) -> tuple[str, ...]:
    return tuple(new_team)


def about_rights(rights: tuple[str, ...], new_rights: list[str], event: Event) -> tuple[str, ...]:
    return tuple(new_rights)


def held(hold: Hold | None, new_hold: Hold | None, event: Event) -> Hold | None:
    return new_hold


def frozen(stands_still: bool, freezes: bool, event: Event) -> bool:
    return freezes


def came_to(outcome: str | None, new_outcome: str | None, event: Event) -> str | None:
    return new_outcome


def came_to_it_by(reasons: tuple[str, ...], new_reasons: list[str], event: Event) -> tuple[str, ...]:
    return tuple(new_reasons)


def closed(at: datetime | None, closes: bool, event: Event) -> datetime | None:
    return event.at if closes else None


def title_erased(title: Any, erased: ErasedWords, event: Event) -> Any:
    return None if erased["title"] else title


def title_removed(title: Any, removal: RemovedContents, event: Event) -> Any:
    return None


def removed(at: datetime | None, removal: RemovedContents, event: Event) -> datetime | None:
    return event.at


def archived(file: str | None, removal: RemovedContents, event: Event) -> str | None:
    return removal["sealed"]["file"] if "sealed" in removal else file


def linked(links: Links, told: ToldLink, event: Event) -> Links:
    return {**links, told["id"]: RelatedCase.read(told)}


def unlinked(links: Links, told: ToldLink, event: Event) -> Links:
    return {id: link for id, link in links.items() if id != told["id"]}
