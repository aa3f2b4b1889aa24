"""The hand of whoever keeps the records while cases run: two records of one thing become one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.catalogue.right_merging import merge_rights
from casework.operations.core.idempotency import Request
from casework.operations.core.perform import new_id
from casework.playbook.operations_hand import OperationsHand


def merge(hand: OperationsHand, who: str, gone: str, kept: str, reason: str) -> None:
    """Of two organisations that are one company the second stays."""
    with hand.action() as db:
        request = replace(Request(new_id(), ""), sure=True)
        merge_organisations(db, hand.actor(who), hand.id(gone), into=hand.id(kept), reason=reason, request=request)


def merge_two_rights(
    hand: OperationsHand, who: str, gone: str, kept: str, *, chosen: Collection[str], reason: str
) -> None:
    """Of two records of one right the second stays."""
    with hand.action() as db:
        request = replace(Request(new_id(), ""), sure=True)
        merge_rights(
            db, hand.actor(who), hand.id(gone), into=hand.id(kept), chosen=chosen, reason=reason, request=request
        )


__all__ = ["merge", "merge_two_rights"]
