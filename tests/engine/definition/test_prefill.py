"""One fact is typed once: what is known is offered, and what is unsaid stays open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.prefill import Source, prefill, sources
from casework.engine.definition.sheets import KeptBack
from casework.engine.parts import CHANGES_PLAN
from casework.engine.state.case import COMPLETED, Case, Fired, Task, Track

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def track(id: str, workflow: str, *, fired: dict[str, dict[str, object]] | None = None, **more: object) -> Track:
    told = {name: Fired(1, NOW, "p1", None, data) for name, data in (fired or {}).items()}
    plain = {"edition": "e", "kind": workflow, "parent": None, "provider": None, "states": ("x",)} | more
    return Track(id=id, workflow=workflow, entered_at=NOW, opened_at=NOW, fired=told, **plain)  # type: ignore[arg-type]  # the plain rest of a track


def done(name: str, result: dict[str, object]) -> Task:
    return Task(
        id=name,
        track="m",
        name=name,
        edition="e",
        rule=name,
        type="side",
        queue="officer",
        organisation=None,
        state=COMPLETED,
        opened_at=NOW,
        due_at=None,
        closed_at=NOW,
        result=result,
    )


CASE = Case(
    log="l",
    kind="case",
    programme="p",
    seq=1,
    last_at=NOW,
    opened_at=NOW,
    rights=("r1",),
    outcome=None,
    tracks={
        "m": track("m", "case", fired={"ready_to_sign": {"territory": "CN"}}),
        "a1": track("a1", "agreement", fired={"sign_local": {"executed_on": "2026-01-01"}}),
        "a2": track("a2", "agreement", fired={"sign_cross": {"executed_on": "2026-02-01"}}),
        "r": track("r", "referral", kind="pledge", provider="bank", given={"question": "How much?"}),
        "s": track("s", "pledge", parent="r"),
    },
    tasks={"service_plan": done("service_plan", {"pledge": "bank"})},
)


@pytest.mark.parametrize(
    ("where", "source", "value"),
    [
        ("m", "case.rights", ["r1"]),
        ("m", "case.outcome", None),
        ("m", "service_plan.pledge", "bank"),
        ("m", "service_plan.finance", None),
        ("m", "ready_to_sign.territory", "CN"),
        ("r", "track.kind", "pledge"),
        ("s", "track.provider", "bank"),
        ("r", "track.question", "How much?"),
        ("m", "agreement.sign_local.executed_on|agreement.sign_cross.executed_on", "2026-02-01"),
        ("m", "deployment.plan_set.baseline", None),
    ],
)
def test_a_field_is_filled_from_where_it_says(where: str, source: str, value: object) -> None:
    found = prefill(CASE, CASE.tracks[where], [cast(WrittenField, {"name": "field", "prefill": source})])
    assert found == ({} if value is None else {"field": value})


@pytest.mark.parametrize("source", ["case.rights", "m.sign.rights"])
def test_no_form_is_filled_with_a_right_that_is_kept_back(source: str) -> None:
    signed = track("m", "m", fired={"sign": {"rights": ["r1", "r2"]}})
    case = replace(CASE, tracks={"m": signed}, rights=("r1", "r2"))
    form = [cast(WrittenField, {"name": "rights", "prefill": source})]
    assert prefill(case, signed, form, kept=KeptBack(rights=frozenset({"r1"}))) == {"rights": ["r2"]}
    assert prefill(case, signed, form, kept=KeptBack(rights=frozenset({"r1", "r2"}))) == {}


@pytest.mark.parametrize(
    ("given", "plan", "change", "known"),
    [
        ({}, {"pledge": "bank", "pledge_on": "2026-05-01"}, None, "2026-05-01"),
        ({"wanted_on": "2026-06-01"}, {"pledge": "bank", "pledge_on": "2026-05-01"}, None, "2026-06-01"),
        (
            {},
            {"pledge": "bank", "pledge_on": "2026-05-01"},
            {"pledge": "bank", "pledge_on": "2026-07-01"},
            "2026-07-01",
        ),
        ({}, {"pledge": "bank", "pledge_on": "2026-05-01"}, {"pledge": "bank"}, None),
        ({}, {"assessment": "lab", "assessment_on": "2026-05-01"}, None, None),
    ],
)
def test_a_request_is_wanted_by_the_day_of_the_plan_in_force(
    given: dict[str, object], plan: dict[str, object], change: dict[str, object] | None, known: str | None
) -> None:
    main = track(
        "m", "case", fired={"amend": change} if change else {}, played={CHANGES_PLAN: "amend"} if change else {}
    )
    if change:
        main = replace(main, fired={"amend": replace(main.fired["amend"], at=NOW + timedelta(days=1))})
    request = track("r", "referral", kind="pledge", provider="bank", given=given)
    case = replace(CASE, tracks={"m": main, "r": request}, tasks={"plan": replace(done("plan", plan), track="m")})
    form = [cast(WrittenField, {"name": "wanted_on", "prefill": "track.wanted_on"})]
    assert prefill(case, request, form).get("wanted_on") == known
    told = sources(case, request, form).get("wanted_on")
    assert (told and told.kind) == (None if known is None else "track" if given else "action" if change else "task")


def test_of_several_sources_the_newest_that_was_said_counts() -> None:
    """Signed, given up, agreed anew: what was agreed last fills the form, and what nobody dates only where nothing was said."""
    written = "agreement.sign_local.rights|agreement.sign_cross.rights|ready_to_sign.rights|case.rights"
    form = [cast(WrittenField, {"name": "rights", "prefill": written})]

    def known(**days: int) -> object:
        said = {
            name: Fired(1, NOW + timedelta(days=days), "o", None, {"rights": [name]}) for name, days in days.items()
        }
        main = replace(CASE.main, fired={name: said[name] for name in said.keys() & {"ready_to_sign"}})
        deal = replace(CASE.tracks["a2"], fired={name: said[name] for name in said.keys() - {"ready_to_sign"}})
        case = replace(CASE, tracks={"m": main, "a2": deal})
        return prefill(case, deal, form)["rights"]

    assert known() == ["r1"]
    assert known(ready_to_sign=1) == ["ready_to_sign"]
    assert known(ready_to_sign=1, sign_local=2) == ["sign_local"]
    assert known(ready_to_sign=1, sign_local=2, sign_cross=5) == ["sign_cross"]
    assert known(ready_to_sign=9, sign_local=2, sign_cross=5) == ["ready_to_sign"]
    # Of the same moment the one that is named first.
    assert known(sign_local=2, sign_cross=2) == ["sign_local"]


def test_a_field_without_a_source_stays_open() -> None:
    assert prefill(CASE, CASE.main, [cast(WrittenField, {"name": "field"})]) == {}


@pytest.mark.parametrize(("reader", "known"), [("p7", {"field": "p7"}), (None, {})])
def test_a_field_names_whoever_fills_it_in(reader: str | None, known: dict[str, str]) -> None:
    field = cast(WrittenField, {"name": "field", "prefill": "reader"})
    assert prefill(CASE, CASE.main, [field], reader=reader) == known


@pytest.mark.parametrize(
    ("where", "source", "told"),
    [
        ("m", "case.rights", Source("case")),
        ("r", "track.question", Source("track")),
        ("m", "service_plan.pledge", Source("task", "e", "service_plan", NOW)),
        ("m", "ready_to_sign.territory", Source("action", "e", "ready_to_sign", NOW)),
        (
            "m",
            "agreement.sign_local.executed_on|agreement.sign_cross.executed_on",
            Source("action", "e", "sign_cross", NOW),
        ),
        ("m", "case.outcome", None),
        ("m", "service_plan.finance", None),
    ],
)
def test_each_known_value_tells_where_it_comes_from(where: str, source: str, told: Source | None) -> None:
    form = [cast(WrittenField, {"name": "field", "prefill": source})]
    assert sources(CASE, CASE.tracks[where], form) == ({} if told is None else {"field": told})
    # There is a source where there is a value, and nowhere else.
    assert sources(CASE, CASE.tracks[where], form).keys() == prefill(CASE, CASE.tracks[where], form).keys()


def test_what_a_party_has_said_is_known_of_that_party_on_that_track_alone() -> None:
    def said(id: str, track: str, party: str, answer: str) -> Task:
        return replace(done("comment", {"answer": answer}), id=id, track=track, about=party)

    tasks = (
        said("1", "m", "need_owner", "commented"),
        said("2", "s", "need_owner", "no_comments"),
        said("3", "s", "technology_owner", "silent"),
    )
    case = replace(CASE, tasks={task.id: task for task in tasks})
    form = [
        cast(WrittenField, {"name": party, "type": "choice", "prefill": f"comment@{party}.answer"})
        for party in ("need_owner", "technology_owner")
    ]
    assert prefill(case, case.tracks["m"], form) == {"need_owner": "commented"}
    assert prefill(case, case.tracks["s"], form) == {"need_owner": "no_comments", "technology_owner": "silent"}
    assert prefill(CASE, CASE.tracks["m"], form) == {}
