"""Papers that an action asks for and that whoever does it hands in with it, in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from casework.engine.definition.required_documents import OF_PAPERS, PENDING, THERE
from casework.engine.state.case import Case
from casework.operations.cases.action_views import ActionView, NeededPaper
from casework.operations.documents.service import why_not
from casework.permissions.actors import Actor
from casework.reasons import Reason, Why


def to_hand_in(actor: Actor, case: Case, action: ActionView) -> tuple[NeededPaper, ...]:
    """Those not in order that the actor can hand in: neither what another service's provider must, nor what is still checked.

    What was asked for is agreed to without a form, so nothing comes with that.
    """
    if action.proposed or not action.yours or case.kind != "case":
        return ()
    lacking = tuple(paper for paper in action.papers if paper.of is None and paper.state not in (THERE, PENDING))
    if not lacking or why_not(actor, case, case.referral_of(case.tracks[action.track])) is not None:
        return ()
    return lacking


def against(why: Iterable[Why], handed_in: Collection[NeededPaper]) -> tuple[Why, ...]:
    """What stands against an action beside the papers that are handed in with it."""
    kinds = {paper.kind for paper in handed_in}
    return tuple(one for one in why if _kind(one) not in kinds)


def _kind(why: Why) -> str | None:
    """The kind of the paper that is missed; None of what is said of anything else."""
    if not isinstance(why, Reason) or why.code not in OF_PAPERS:
        return None
    return str(getattr(why.values["paper"], "code", "")).rpartition(".")[2]


__all__ = ["against", "to_hand_in"]
