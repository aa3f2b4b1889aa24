"""Samples that auditors keep: which there are, keeping one, and saying what came of each case."""

from __future__ import annotations

from casework.api.audit import kept_sample_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.errors import NotFound
from casework.operations.audit.views import KeptSampleDetails, KeptSampleRow
from casework.operations.core.idempotency import Done
from casework.operations.core.views import Items
from casework.operations.verification import kept_samples


def list_kept_samples(call: Call) -> Items[KeptSampleRow]:
    return kept_samples.list_samples(call.db, call.actor, call.path["programme"])


def show_kept_sample(call: Call) -> KeptSampleDetails:
    return kept_samples.show_sample(call.db, call.actor, call.path["programme"], _number(call))


def keep_sample(call: Call) -> Done:
    body = call.body
    return kept_samples.keep_sample(
        call.db,
        call.actor,
        call.path["programme"],
        seed=body.seed,
        size=body.size,
        as_of=body.as_of,
        request=call.request,
    )


def look_at_sampled_case(call: Call) -> Done:
    body = call.body
    finding = str(body.finding) if body.finding is not None else None
    look = kept_samples.Result(case=body.case, result=body.result, finding=finding)
    return kept_samples.look_at(
        call.db, call.actor, call.path["programme"], _number(call), look=look, request=call.request
    )


def _number(call: Call) -> int:
    given = call.path["kept"]
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise NotFound("sample")
    return int(given)


_ALL = "/programmes/{programme}/samples"
_ONE = f"{_ALL}/{{kept}}"

ROUTES: tuple[Route, ...] = (
    get(_ALL, list_kept_samples, "List the samples that auditors keep of a programme", schemas.KeptSamples, noun="programme"),
    post(_ALL, keep_sample, "Draw cases of a programme by a seed and keep which ones; for its auditors", schemas.SampleKept,
        body=schemas.NewKeptSample, status=201, noun="programme"),
    get(_ONE, show_kept_sample, "Show a sample that is kept: its cases and what came of each", schemas.KeptSampleShown, noun="sample"),
    post(f"{_ONE}/looks", look_at_sampled_case, "Say what came of looking at a case of a sample; the last word on a case counts",
        schemas.SampleKept, body=schemas.NewLook, noun="sample"),
)  # fmt: skip
