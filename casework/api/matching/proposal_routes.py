"""What the program proposes for needs, what was searched for them so far, and what followed from decisions on that."""

from __future__ import annotations

from casework.api.matching import proposal_schemas as schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.core.views import Items
from casework.operations.matching import desk, follow_up, proposals
from casework.operations.matching.desk import RunTold
from casework.operations.matching.follow_up import RanksTold, ToCorrect
from casework.operations.matching.proposals import Proposal


def list_proposals(call: Call) -> Page[Proposal]:
    asked = call.query
    return proposals.list_waiting_proposals(
        call.db,
        call.actor,
        need=None if asked.need is None else str(asked.need),
        technology=None if asked.technology is None else str(asked.technology),
        cursor=asked.cursor,
        limit=asked.limit,
    )


def show_proposal(call: Call) -> Proposal:
    return proposals.show_proposal(call.db, call.actor, call.path["proposal"])


def take_up_proposal(call: Call) -> Done:
    return proposals.take_up(call.db, call.actor, call.path["proposal"], request=call.request)


def dismiss_proposal(call: Call) -> Done:
    return proposals.dismiss(call.db, call.actor, call.path["proposal"], reason=call.body.reason, request=call.request)


def list_runs(call: Call) -> Items[RunTold]:
    return Items(items=desk.list_runs(call.db, call.actor, call.path["need"]))


def list_to_correct(call: Call) -> Page[ToCorrect]:
    asked = call.query
    return follow_up.page_to_correct(call.db, call.actor, cursor=asked.cursor, limit=asked.limit)


def tell_ranks(call: Call) -> RanksTold:
    return follow_up.tell_ranks(call.db, call.actor)


ROUTES: tuple[Route, ...] = (
    get("/proposals", list_proposals, "List the technologies that are proposed for needs and wait for a decision",
        schemas.MatchProposalPage, query=schemas.ProposalQuery, noun="match"),
    get("/proposals/{proposal}", show_proposal, "Show a proposal", schemas.MatchProposal, noun="match"),
    post("/proposals/{proposal}/match", take_up_proposal, "Make a match of a proposal, which opens no case by itself", shared.Made,
        status=201, noun="match"),
    post("/proposals/{proposal}/dismiss", dismiss_proposal, "Say why a proposal does not fit its need: it is proposed no more",
        schemas.ProposalDismissed, body=shared.Reason, noun="match"),
    get("/records-to-correct", list_to_correct, "List the technologies whose record a refusal says is wrong", schemas.RecordsToCorrect,
        query=schemas.ToCorrectQuery, noun="technology"),
    get("/match-ranks", tell_ranks, "Tell how often candidates of each rank were accepted, in all and week by week", schemas.RanksAccepted,
        noun="match"),
    get("/needs/{need}/match-runs", list_runs, "List what was searched for a need so far", schemas.RunList),
)  # fmt: skip
