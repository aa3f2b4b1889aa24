"""What a case is about: to whoever sees it whole, as far as it is recorded, each amount by how sure it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import Connection, event, text

from casework.definitions import load_library
from casework.engine.state.case import Case, Fired, Track
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.cases.about import (
    AGREED,
    CONFIRMED,
    SAID,
    Amount,
    amounts_of,
    prices_of,
    show_about,
    show_party,
)
from casework.operations.cases.contracts import MoneyView
from casework.operations.catalogue.kept_records import set_owner
from casework.operations.core.perform import home_of
from casework.operations.core.views import Names
from casework.operations.people.programme_lists import set_entry
from casework.operations.people.registry import register_organisation, register_phase
from casework.records.case_loader import load
from tests.engine.test_random_walks import walked
from tests.operations.catalogue.test_screenings import screen
from tests.support.world import World, new_request, today
from tests.workflows.case_facts import facts as a_case
from tests.workflows.case_facts import track as a_track

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def test_a_case_says_its_need_its_technology_and_why_they_were_matched(db: Connection, world: World) -> None:
    case = case_of(db, world.open_case(db))
    db.execute(
        text(
            "UPDATE needs SET district = 'Changping', problem = 'Heat is lost', budget = 25000000, budget_currency = 'CNY'"
        )
    )
    rows = '[{"parameter": "Heat", "unit": "MW", "comparison": "at_least", "target": "8"}]'
    db.execute(text("UPDATE needs SET figures = CAST(:rows AS jsonb)"), {"rows": rows})
    db.execute(text("UPDATE technologies SET developed_in = '{NO}', readiness_low = 8, readiness_high = 9"))
    db.execute(text("UPDATE matches SET rationale = 'It lifts 30 to 70 degrees'"))
    told = show_about(db, world.actor(db, "officer"), case)
    assert told.need is not None
    assert told.need.title.name.startswith("Steam without coal")
    assert told.need.owner is not None
    assert told.need.owner.name == "Hebei Steam Works"
    assert (told.need.district, told.need.problem) == ("Changping", "Heat is lost")
    assert told.need.figures == [{"parameter": "Heat", "unit": "MW", "comparison": "at_least", "target": "8"}]
    assert told.technology is not None
    assert told.technology.developed_in == ["NO"]
    assert (told.technology.readiness_low, told.technology.readiness_high) == (8, 9)
    assert told.match is not None
    assert (told.match.proposed_by, told.match.rationale) == ("matching day", "It lifts 30 to 70 degrees")
    assert told.amounts == [Amount(track=None, amount="25000000", currency="CNY", certainty=SAID)]


def test_whoever_the_record_names_now_is_the_owner(db: Connection, world: World) -> None:
    case, officer = case_of(db, world.open_case(db)), world.actor(db, "officer")
    other = str(register_organisation(db, name="Whoever it is", country="CN", programme=case.programme))
    reason = "The contract names it."
    set_owner(db, officer, "need", str(case.need), organisation=other, reason=reason, request=new_request())
    screen(db, world, other)
    told, party = show_about(db, officer, case), show_party(db, officer, case, "need_owner")
    assert told.need is not None
    assert told.need.owner is not None
    assert party is not None
    assert told.need.owner.name == party.name == "Whoever it is"
    assert told.screened.keys() == {"need_owner"}


def test_only_whoever_sees_the_whole_case_is_told(db: Connection, world: World) -> None:
    case = case_of(db, world.open_case(db))
    assert show_about(db, world.actor(db, "auditor"), case).need is not None
    for who in ("observer", "provider", "foreign_officer"):
        with pytest.raises(NotFound):
            show_about(db, world.actor(db, who), case)


def test_a_case_without_records_says_nothing_of_them(db: Connection, world: World) -> None:
    case = replace(case_of(db, world.open_case(db)), need=None, technology=None, match=None, parties={})
    told = show_about(db, world.actor(db, "officer"), case)
    assert (told.need, told.technology, told.match, told.amounts) == (None, None, None, [])


def test_the_phase_is_told_where_the_case_has_one(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    assert show_about(db, officer, case_of(db, world.open_case(db, 0))).phase is None
    first = today() - timedelta(days=9)
    register_phase(db, world.programmes["BJ"], name="Pilot", name_zh="试点", starts_on=first)
    assert show_about(db, officer, case_of(db, world.open_case(db, 1))).phase == Names(name="Pilot", name_zh="试点")


def test_sector_and_district_are_called_what_the_programme_calls_them(db: Connection, world: World) -> None:
    case, actor = case_of(db, world.open_case(db)), world.actor(db, "officer")
    for name, code, label, label_zh in (
        ("sectors", "steel", "Iron and steel", "钢铁"),
        ("districts", "binhai", "Binhai", "滨海新区"),
    ):
        fields: JsonObject = {"code": code, "label": label, "label_zh": label_zh}
        administrator = world.actor(db, "administrator")
        set_entry(db, administrator, case.programme, name, fields=fields, reason=None, request=new_request())
    db.execute(text("UPDATE needs SET sector = 'steel', district = 'binhai'"))
    need = show_about(db, actor, case).need
    assert need is not None
    assert need.called["sector"] == {"steel": Names(name="Iron and steel", name_zh="钢铁")}
    assert need.called["district"] == {"binhai": Names(name="Binhai", name_zh="滨海新区")}
    # What another source wrote stays as it is.
    db.execute(text("UPDATE needs SET sector = 'Water', district = 'Somewhere'"))
    need = show_about(db, actor, case).need
    assert need is not None
    assert need.called["sector"] == {"Water": Names(name="Water", name_zh="水")}
    assert need.called["district"] == {}


def test_it_takes_one_statement(db: Connection, world: World) -> None:
    case, actor = case_of(db, world.open_case(db)), world.actor(db, "officer")
    asked: list[str] = []
    event.listen(db, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    show_about(db, actor, case)
    assert len(asked) == 1


# --- amounts ---------------------------------------------------------------------------------------------------------


def money(amount: str) -> dict[str, dict[str, str]]:
    return {"amount": {"amount": amount, "currency": "CNY"}}


def track_of(workflow: str, state: str, *fired: tuple[str, str], ended: bool = False) -> Track:
    """A service's track that stands somewhere, after some actions with amounts."""
    edition = load_library().newest[workflow]
    return Track(
        id=f"{workflow} {state}",
        workflow=workflow,
        edition=edition,
        kind=workflow,
        parent="referral",
        provider=None,
        states=(state,),
        entered_at=NOW,
        opened_at=NOW,
        ended_at=NOW if ended else None,
        fired={
            name: Fired(1, NOW + timedelta(hours=n), "someone", None, money(amount))
            for n, (name, amount) in enumerate(fired)
        },
    )


def told_of(db: Connection, world: World, track: Track) -> list[tuple[str, str]]:
    case = replace(case_of(db, world.open_case(db)), tracks={track.id: track})
    return [(one.amount, one.certainty) for one in amounts_of(case, load_library().editions)]


@pytest.mark.parametrize(
    ("track", "amounts"),
    [
        (track_of("pledge", "due_diligence", ("apply", "8.00")), [("8.00", SAID)]),
        (track_of("pledge", "contracts", ("apply", "8.00"), ("bank_approved", "7.00")), [("7.00", AGREED)]),
        (track_of("pledge", "servicing", ("apply", "8.00"), ("paid_out", "6.00")), [("6.00", CONFIRMED)]),
        # What is paid back late is not what was lent.
        (track_of("pledge", "servicing", ("paid_out", "6.00"), ("miss", "1.00")), [("6.00", CONFIRMED)]),
        (track_of("pledge", "refused", ("apply", "8.00"), ended=True), []),
        (track_of("finance", "funded", ("ready", "12.00"), ("cp_met", "11.00"), ended=True), [("11.00", CONFIRMED)]),
        # What is paid so far is paid, and the rest of what was approved still comes; or does not, once that is said.
        (
            track_of("finance", "closing", ("ready", "12.00"), ("approved", "11.00"), ("pay_part", "4.00")),
            [("4.00", CONFIRMED), ("7.00", AGREED)],
        ),
        (track_of("finance", "closing", ("approved", "11.00"), ("pay_part", "11.00")), [("11.00", CONFIRMED)]),
        (
            track_of("finance", "declined", ("approved", "11.00"), ("pay_part", "4.00"), ended=True),
            [("4.00", CONFIRMED)],
        ),
        (track_of("finance", "matching"), []),
    ],
)
def test_an_amount_is_said_agreed_or_confirmed_by_how_far_its_service_came(
    db: Connection, world: World, track: Track, amounts: list[tuple[str, str]]
) -> None:
    assert told_of(db, world, track) == amounts


def test_what_a_right_is_worth_is_not_what_is_lent(db: Connection, world: World) -> None:
    track = track_of("pledge", "approval", ("apply", "8.00"))
    valued = Fired(1, NOW + timedelta(days=1), "someone", None, {"value": money("30.00")["amount"]})
    assert told_of(db, world, replace(track, fired={**track.fired, "valued": valued})) == [("8.00", SAID)]


def test_a_replaced_service_counts_for_nothing(db: Connection, world: World) -> None:
    assert told_of(db, world, replace(track_of("pledge", "contracts", ("apply", "8.00")), replaced=True)) == []


@pytest.mark.parametrize("name", ["pledge in a referral", "finance in a referral", "case"])
def test_amounts_are_whole_on_random_walks(name: str) -> None:
    seen = set()
    for walk in walked(name):
        for amount in amounts_of(walk.case, load_library().editions):
            assert Decimal(amount.amount) > 0
            assert len(amount.currency) == 3
            seen.add(amount.certainty)
    assert name == "case" or seen


def test_the_milestones_asked_for_are_those_of_the_services_that_pay() -> None:
    library = load_library()
    paying = sorted(
        name for name, edition in library.newest.items() if {"offered", "paid"} <= set(library[edition].milestones)
    )
    assert paying == ["finance", "pledge"]
    assert all(a != b for a, b in pairwise(paying))


def test_a_party_is_told_to_whoever_sees_the_case_whole(db: Connection, world: World) -> None:
    case = case_of(db, world.open_case(db))
    db.execute(
        text("UPDATE organisations SET country = 'CN', register_number = '91110' WHERE name = 'Hebei Steam Works'")
    )
    party = show_party(db, world.actor(db, "compliance"), case, "need_owner")
    assert party is not None
    assert (party.name, party.country, party.register_number) == ("Hebei Steam Works", "CN", "91110")
    for who, side in (
        ("provider", "need_owner"),
        ("foreign_officer", "need_owner"),
        ("officer", None),
        ("officer", "nobody"),
    ):
        assert show_party(db, world.actor(db, who), case, side) is None


def test_the_price_of_what_was_signed_is_told_and_of_what_was_replaced_is_not() -> None:
    library = load_library()
    edition = library.latest("agreement")
    assert edition is not None
    money = {"amount": "2600000.00", "currency": "CNY"}
    signed = {"kind": "know_how_licence", "price_form": "fixed", "contract_value": money, "technology_value": money}
    signed |= {"executed_on": "2026-02-27"}
    deal = replace(
        a_track("agreement", "in_force", fired={"sign_local": Fired(1, NOW, "p", None, signed)}),
        edition=edition.fingerprint,
    )
    base = a_case().case
    (told,) = prices_of(replace(base, tracks={deal.id: deal}), library.editions)
    assert (told.kind, told.form, told.none, told.signed_on) == ("know_how_licence", "fixed", None, "2026-02-27")
    assert told.contract_value == told.technology_value == MoneyView(amount="2600000.00", currency="CNY")
    unpriced = {"kind": "nda", "price_form": "none", "no_price": "prepares"}
    talks = replace(deal, fired={"sign_local": Fired(1, NOW, "p", None, unpriced)})
    (told,) = prices_of(replace(base, tracks={deal.id: talks}), library.editions)
    assert (told.contract_value, told.none) == (None, ("no_price", "prepares"))
    assert list(prices_of(replace(base, tracks={deal.id: replace(deal, replaced=True)}), library.editions)) == []
    assert list(prices_of(replace(base, tracks={deal.id: replace(deal, fired={})}), library.editions)) == []
