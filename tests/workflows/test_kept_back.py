"""Of all that a provider may do, in every definition: no guard says anything by what the case sheet keeps back from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition
from casework.engine.definition.guard_facts import UNKNOWN, Facts, Sound
from casework.engine.definition.publisher import publish
from casework.engine.definition.sheets import TOLD_PARTS
from casework.engine.execution.guard_refusals import refused_by
from casework.engine.execution.withheld import as_told
from casework.engine.parts import ACCEPTS, REFERRAL
from casework.engine.roles import ORGANISATION_QUEUES, ORGANISATION_ROLES, Role
from casework.engine.state.case import Fired
from casework.engine.state.case_documents import Consent
from casework.engine.state.impacts import Impact
from tests.workflows.test_service_guards import NOW, PLEDGE, RIGHT, YESTERDAY, facts, right
from workflows import DEFINITIONS

EDITIONS = {edition.workflow: edition for edition in map(publish, DEFINITIONS)}
SHEETS = EDITIONS["referral"].sheets
#: What a form says, by the type of the field: whether it fits what is withheld differs between the two worlds.
SAMPLES: Mapping[str, tuple[Any, ...]] = {
    "money": ({"amount": "6.00", "currency": "CNY"}, {"amount": "6.00", "currency": "USD"}),
    "number": ("1", "600"), "date": ("2026-04-01", "2199-01-01"), "yes_no": (True, False), "rights": ([RIGHT],),
    "documents": (["paper"],), "party": ("need_owner", "technology_owner"),
    "rows": ([{"measure": "energy/MWh", "value": "1", "factor": None, "factor_source": None, "by": "2026-04-01", "principal": None}],),
}  # fmt: skip
Deed = tuple[str, tuple[str, ...], str | None]


def deeds(edition: Edition) -> Iterator[Deed]:
    """What a provider does: its name, its guards and its form."""
    for rule in edition.transitions:
        if ORGANISATION_ROLES & set(rule.by) and rule.guards:
            yield rule.name, rule.guards, rule.form
    for key, task in edition.tasks.items():
        if task.queue in ORGANISATION_QUEUES and task.guards:
            yield key, task.guards, task.form


def worlds(edition: Edition, kind: str, *, willing: bool) -> Iterator[Facts]:
    """Twice the same service, but for what the parties may keep back: what was said to the office, the rights, the effect."""
    known = (
        (right(owners=[{"organisation": "maker"}], expires_on="2190-01-01"), {"amount": "5.00", "currency": "CNY"}),
        (
            right(
                owners=[],
                expires_on=YESTERDAY,
                status="lapsed",
                kind="application",
                fee_paid_to=YESTERDAY,
                twin="CN 9",
                confirmed=False,
                encumbrances=[PLEDGE, {"kind": "seizure", "case": None, "from": YESTERDAY, "to": None}],
            ),
            {"amount": "9.00", "currency": "USD"},
        ),
    )
    consents = {
        party: Consent(party, party, None, None, "2026-03-01", None, sheet=True)
        for party in ("need_owner", "technology_owner")
    }
    for n, (rights, amount) in enumerate(known):
        base = facts(rights=rights)
        said: dict[str, dict[str, Any]] = {
            "apply": {"rights": [RIGHT]},
            "eligible": {"pledgor": "technology_owner"},
        }
        for part in TOLD_PARTS:
            for where in "|".join(SHEETS[kind].get(part, ())).split("|"):
                home, _, place = where.partition(".")
                action, _, name = place.partition(".")
                if home == "service" and action not in ("eligible", "valued"):
                    said.setdefault(action, {})[name] = amount if name == "amount" else f"{name} {n}"
        above = replace(
            base.track,
            id="asked",
            workflow="referral",
            edition=EDITIONS["referral"].fingerprint,
            kind=kind,
            provider="bank",
            part=REFERRAL,
            played={ACCEPTS: "accept"},
        )
        below = replace(
            base.track,
            id="below",
            parent="asked",
            workflow=kind,
            edition=EDITIONS.get(kind, edition).fingerprint,
            kind=kind,
            fired={name: Fired(1, NOW, "somebody", None, told) for name, told in said.items()},
        )
        impacts = {} if n else {"before": _baseline()}
        case = replace(
            base.case,
            tracks={"asked": above, "below": below},
            impacts=impacts,
            consents=consents if willing else {},
        )
        yield replace(base, case=case, track=above if edition.workflow == "referral" else below)


def _baseline() -> Impact:
    return Impact(
        id="before",
        seq=1,
        track=None,
        measure="energy/MWh",
        indicator="energy",
        unit="MWh",
        level="baseline",
        value="1",
        from_on="2025-01-01",
        to_on="2025-12-31",
        recorded_at=NOW,
        evidence=(),
    )


def forms(fields: list[WrittenField]) -> Iterator[Mapping[str, Any]]:
    """Nothing yet; the whole form, twice; and each field alone, beside others in which something is wrong."""
    yield UNKNOWN
    named = [field["name"] for field in fields]
    for n in (0, -1):
        yield {field["name"]: _samples(field)[n] for field in fields if field["name"] != "departs"}
    for field in fields:
        for value in _samples(field):
            yield Sound({field["name"]: value}, {name for name in named if name != field["name"]})


def _samples(field: WrittenField) -> tuple[Any, ...]:
    if field["type"] == "choice":
        return tuple(field["choices"])
    if field["type"] == "many":
        return ([*field["choices"]],)
    return SAMPLES.get(field["type"], ("words",))


def told(edition: Edition, deed: Deed, kind: str, role: Role, *, willing: bool) -> list[list[list[str]]]:
    """In each world by form what refuses it."""
    _, guards, form = deed
    editions = {one.fingerprint: one for one in EDITIONS.values()}
    given = list(forms(edition.form(form)))
    return [
        [
            [
                str(why)
                for why in refused_by(edition, guards, (), as_told(replace(world, data=data), editions, role)).reasons
            ]
            for data in given
        ]
        for world in worlds(edition, kind, willing=willing)
    ]


ALL = [
    (edition, deed, kind)
    for edition in EDITIONS.values()
    for deed in deeds(edition)
    for kind in SHEETS
    if edition.workflow in ("referral", kind)
]


@pytest.mark.parametrize(("edition", "deed", "kind"), ALL, ids=[f"{e.workflow}-{d[0]}-{k}" for e, d, k in ALL])
def test_no_guard_tells_a_provider_what_is_withheld(edition: Edition, deed: Deed, kind: str) -> None:
    here, there = told(edition, deed, kind, Role.PROVIDER, willing=False)
    assert here == there


def test_the_same_guards_tell_it_where_nothing_is_withheld() -> None:
    """Else the worlds would not differ in what guards ask, and nothing be found."""
    tell = {
        f"{edition.workflow}.{deed[0]}"
        for edition, deed, kind in ALL
        for here, there in [told(edition, deed, kind, Role.PROVIDER, willing=True)]
        if here != there
    }
    assert tell >= {
        "pledge.eligible",
        "pledge.not_eligible",
        "pledge.apply",
        "pledge.approved",
        "pledge.bank_approved",
        "pledge.registered",
        "pledge.paid_out",
        "pledge.change_registration",
        "pledge.extend_debt",
        "finance.approved",
        "referral.deliver",
        "referral.redeliver",
    }
