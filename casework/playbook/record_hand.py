"""The hand of whoever keeps the records while cases run: two records of one thing become one, and organisations are screened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from casework.engine.case_objects.screenings import CLEAR
from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.catalogue.organisation_use import expire_organisation
from casework.operations.catalogue.right_merging import merge_rights
from casework.operations.catalogue.screenings import owners_to_screen, record_screening, usual_end
from casework.operations.core.idempotency import Request
from casework.operations.core.perform import new_id
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.speakers import said_by


def merge(hand: OperationsHand, who: str, gone: str, kept: str, reason: str) -> None:
    """Of two organisations that are one company the second stays."""
    with hand.action() as db:
        request = replace(Request(new_id(), ""), sure=True)
        merge_organisations(db, hand.actor(who), hand.id(gone), into=hand.id(kept), reason=reason, request=request)


def expire(hand: OperationsHand, who: str, organisation: str, reason: str) -> None:
    """Nothing new names an organisation any more; cases that run go on."""
    with hand.action() as db:
        expire_organisation(db, hand.actor(who), hand.id(organisation), reason=reason, request=Request(new_id(), ""))


def merge_two_rights(
    hand: OperationsHand, who: str, gone: str, kept: str, *, chosen: Collection[str], reason: str
) -> None:
    """Of two records of one right the second stays."""
    with hand.action() as db:
        request = replace(Request(new_id(), ""), sure=True)
        merge_rights(
            db, hand.actor(who), hand.id(gone), into=hand.id(kept), chosen=chosen, reason=reason, request=request
        )


def screen_organisation(hand: OperationsHand, who: str, organisation: str, result: str = CLEAR) -> None:
    """Somebody looks an organisation up in the lists, with its owners, and records on its page what they say."""
    with hand.action() as db:
        actor, today = hand.actor(who), hand.stage.today
        record_screening(
            db,
            actor,
            organisation,
            fields={
                "result": result,
                "checked_on": today.isoformat(),
                "valid_until": usual_end(today).isoformat(),
                "lists": said_by(db, actor.person, "Consolidated lists as of the first of this month"),
                "evidence": said_by(
                    db,
                    actor.person,
                    "No entry under the name or the number" if result == CLEAR else "One entry under the name",
                ),
                "finding": None if result == CLEAR else said_by(db, actor.person, "Name, place and number agree."),
            },
            owners={owner.id: CLEAR for owner in owners_to_screen(db, actor, organisation)},
            request=Request(new_id(), ""),
        )


__all__ = ["expire", "merge", "merge_two_rights", "screen_organisation"]
