"""The hand of whoever keeps the records while cases run: two records of one thing become one."""

from __future__ import annotations

from dataclasses import replace

from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.core.idempotency import Request
from casework.operations.core.perform import new_id
from casework.playbook.operations_hand import OperationsHand


def merge(hand: OperationsHand, who: str, gone: str, kept: str, reason: str) -> None:
    """Of two organisations that are one company the second stays."""
    with hand.action() as db:
        request = replace(Request(new_id(), ""), sure=True)
        merge_organisations(db, hand.actor(who), hand.id(gone), into=hand.id(kept), reason=reason, request=request)


__all__ = ["merge"]
