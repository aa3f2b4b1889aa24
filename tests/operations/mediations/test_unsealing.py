"""A sealed mediation is opened by two persons, for a third, for a time."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from casework.errors import CaseworkError, InvalidForm, NotFound, WrongState
from casework.operations.mediations import unsealing
from casework.operations.people.registry import grant_role
from casework.records.database import transaction
from tests.operations.mediations.openings import REASON, Scene

EVERYBODY_ELSE = (
    "officer", "other_officer", "supervisor", "compliance", "second_compliance", "manager", "observer", "administrator", "provider",
    "foreign_officer",
)  # fmt: skip


def test_two_persons_open_it_to_the_reader_and_to_nobody_else(scene: Scene) -> None:
    opening = scene.ask()
    assert not scene.reads("auditor")
    scene.decide(opening)
    assert scene.reads("auditor")
    assert [one for one in EVERYBODY_ELSE if scene.reads(one)] == []


def test_its_reader_does_nothing_in_it(scene: Scene) -> None:
    scene.decide(scene.ask())
    with pytest.raises(CaseworkError):
        scene.ask("auditor", reader="manager")


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("dispute_officer", NotFound),
        ("second_compliance", NotFound),
        ("auditor", NotFound),
        ("supervisor", NotFound),
    ],
)
def test_nobody_but_the_named_second_person_agrees(scene: Scene, who: str, refusal: type[CaseworkError]) -> None:
    opening = scene.ask()
    with pytest.raises(refusal):
        scene.decide(opening, who)
    assert not scene.reads("auditor")


def test_a_deputy_does_not_agree_in_the_second_persons_place(scene: Scene) -> None:
    opening, world = scene.ask(), scene.world
    with transaction(scene.engine) as db:
        grant_role(
            db,
            world.people["second_supervisor"],
            "compliance",
            programme=world.programmes["BJ"],
            deputy_for=world.people["compliance"],
        )
    with pytest.raises(NotFound):
        scene.decide(opening, "second_supervisor")


@pytest.mark.parametrize(
    ("reader", "decider", "field"),
    [
        ("compliance", "compliance", "decider"),
        ("dispute_officer", "compliance", "reader"),
        ("officer", "compliance", "reader"),
        ("provider", "compliance", "reader"),
        ("auditor", "dispute_officer", "decider"),
        ("auditor", "supervisor", "decider"),
        ("observer", "compliance", "reader"),
        ("foreign_officer", "compliance", "reader"),
    ],
)
def test_who_asks_who_agrees_and_who_reads_are_three_persons_of_the_programme(
    scene: Scene, reader: str, decider: str, field: str
) -> None:
    with pytest.raises(InvalidForm) as refused:
        scene.ask(reader=reader, decider=decider)
    assert field in refused.value.fields


def test_nobody_who_works_on_the_case_may_be_named(scene: Scene) -> None:
    with scene.engine.begin() as db:
        db.execute(text("UPDATE cases SET owner_id = CAST(:p AS uuid)"), {"p": scene.world.people["supervisor"]})
    with pytest.raises(InvalidForm):
        scene.ask(reader="supervisor")


@pytest.mark.parametrize("days", [0, 31])
def test_it_lasts_a_month_at_most(scene: Scene, days: int) -> None:
    with pytest.raises(InvalidForm):
        scene.ask(days=days)


def test_without_being_named_for_it_nobody_asks(scene: Scene) -> None:
    for who in EVERYBODY_ELSE:
        with pytest.raises(NotFound):
            scene.ask(who)


@pytest.mark.parametrize("note", [None, "", "  "])
def test_a_refusal_takes_a_reason_and_an_agreement_none(scene: Scene, note: str | None) -> None:
    opening = scene.ask()
    with pytest.raises(InvalidForm) as refused:
        scene.decide(opening, agree=False, note=note)
    assert set(refused.value.fields) == {"note"}
    scene.decide(opening, note=note)
    assert scene.reads("auditor")


def test_a_refusal_opens_nothing(scene: Scene) -> None:
    opening = scene.ask()
    scene.decide(opening, agree=False)
    assert not scene.reads("auditor")
    with pytest.raises(WrongState):
        scene.decide(opening)


def test_it_ends_by_itself(scene: Scene) -> None:
    scene.decide(scene.ask(days=1))
    scene.later(23)
    assert scene.reads("auditor")
    scene.later(1)
    assert not scene.reads("auditor")


@pytest.mark.parametrize("who", ["dispute_officer", "compliance"])
def test_it_is_ended_early_by_either_of_the_two(scene: Scene, who: str) -> None:
    opening = scene.ask()
    scene.decide(opening)
    scene.end(opening, who)
    assert not scene.reads("auditor")


def test_others_do_not_end_it(scene: Scene) -> None:
    opening = scene.ask()
    scene.decide(opening)
    for who in ("auditor", "second_compliance", "supervisor", "officer"):
        with pytest.raises(NotFound):
            scene.end(opening, who)


def test_what_waits_for_ones_word_is_seen_by_that_person_alone(scene: Scene) -> None:
    opening = scene.ask()
    with transaction(scene.engine) as db:
        seen = {name: unsealing.list_unsealings(db, scene.world.actor(db, name)).items for name in scene.world.people}
    assert {name for name, items in seen.items() if items} == {"compliance"}
    (one,) = seen["compliance"]
    assert (one.id, one.reason, one.reader, one.days, one.mediation) == (
        opening,
        REASON,
        "Auditor",
        3,
        None,
    )


def test_that_the_parties_were_told_is_recorded_once(scene: Scene) -> None:
    opening = scene.ask()
    with pytest.raises(WrongState):
        scene.tell(opening)
    scene.decide(opening)
    with pytest.raises(InvalidForm):
        scene.tell(opening, on="2020-01-01")
    scene.tell(opening)
    with pytest.raises(WrongState):
        scene.tell(opening)


def test_all_of_it_verifies(scene: Scene) -> None:
    opening = scene.ask()
    scene.decide(opening)
    scene.tell(opening)
    scene.end(opening)
    scene.decide(scene.ask(), agree=False)
    assert scene.faults() == []


@pytest.mark.parametrize("change", ["reader_id = decider_id", "until = until + interval '1 hour'", "state = 'asked'"])
def test_what_somebody_changes_in_a_row_is_found(scene: Scene, change: str) -> None:
    scene.decide(scene.ask())
    with scene.engine.begin() as db:
        db.execute(text(f"UPDATE openings SET {change}"))
    assert any("openings" in one for one in scene.faults())


def test_it_ends_with_the_role_that_the_reader_was_chosen_for(scene: Scene) -> None:
    scene.decide(scene.ask())
    with scene.engine.begin() as db:
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:p AS uuid)"),
            {"p": scene.world.people["auditor"]},
        )
    assert not scene.reads("auditor")
