"""Match runs: a search for a need that is kept, made again, and decided on."""

from __future__ import annotations

from casework.api.matching import schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.matching import decisions, runs
from casework.operations.matching.ranking import make_ready
from casework.operations.matching.runs import MatchRun


def start_run(call: Call) -> Done:
    body = call.body
    return runs.start_run(
        call.db,
        call.actor,
        call.path["need"],
        said=body.said,
        wanted=body.filters.model_dump(mode="json"),
        relaxed=body.relaxed,
        most=body.most,
        request=call.request,
    )


def show_run(call: Call) -> MatchRun:
    return runs.show_run(call.db, call.actor, call.path["run"])


def replay_run(call: Call) -> Done:
    return runs.replayed(call.db, call.actor, call.path["run"], call.request)


def decide(call: Call) -> Done:
    body = call.body
    return decisions.decide(
        call.db,
        call.actor,
        call.path["run"],
        technology=str(body.technology),
        decision=body.decision,
        code=body.code,
        reason=body.reason,
        relaxed=body.relaxed,
        follows_from=body.follows_from,
        request=call.request,
    )


ROUTES: tuple[Route, ...] = (
    post("/needs/{need}/match-runs", start_run, "Search the catalogue for a need, and keep what was found and why", schemas.RunMade,
        body=schemas.NewRun, status=201, noun="need", ready=make_ready),
    get("/match-runs/{run}", show_run, "Show what a run found, and what was decided since", schemas.RunShown, noun="match"),
    post("/match-runs/{run}/replay", replay_run, "Make a run again of what it has kept, and compare", schemas.Replayed, noun="match"),
    post("/match-runs/{run}/decisions", decide, "Accept a candidate, shortlist it or take it off, or refuse it", schemas.Decided,
        body=schemas.NewDecision, noun="match"),
)  # fmt: skip
