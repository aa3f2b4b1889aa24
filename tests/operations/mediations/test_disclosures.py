"""A sealed mediation is opened by two persons, for a third, for a time; a case in an emergency, by one who says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from sqlalchemy import Engine, text

from casework.engine.case_objects.disclosures import BREAK_GLASS_LASTS
from casework.engine.state.effects_schema import StartedOpening
from casework.engine.state.events import Event
from casework.engine.state.projection import evolve
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.history.point_in_time import Past
from casework.operations.mediations import disclosures
from casework.operations.mediations.service import find_mediation, open_mediation
from casework.operations.people.registry import grant_role, register_person
from casework.operations.people.role_requests import ask_role, decide_role
from casework.operations.verification.authorization.evidence import Evidence
from casework.operations.verification.authorization.judge import reasons_against
from casework.operations.verification.service import verify_case
from casework.permissions.visibility import Sight, sight
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import read_events
from tests.support.world import World, new_request, today

REASON = "The court asks whether a mediation is under way."
EVERYBODY_ELSE = (
    "officer", "other_officer", "supervisor", "compliance", "second_compliance", "manager", "observer", "administrator", "provider",
    "foreign_officer",
)  # fmt: skip


@dataclass
class Scene:
    """A sealed mediation about a case."""

    engine: Engine
    world: World
    number: str
    mediation: str

    def ask(
        self, by: str = "dispute_officer", *, reader: str = "auditor", decider: str = "compliance", days: int = 3
    ) -> str:
        with transaction(self.engine) as db:
            done = disclosures.ask_unsealing(
                db,
                self.world.actor(db, by),
                self.mediation,
                reader=self.world.people[reader],
                decider=self.world.people[decider],
                days=days,
                reason=REASON,
                request=new_request(),
            )
        return str(done.answer["id"])

    def decide(self, opening: str, by: str = "compliance", *, agree: bool = True) -> None:
        with transaction(self.engine) as db:
            disclosures.decide_unsealing(
                db, self.world.actor(db, by), opening, agree=agree, note=None, request=new_request()
            )

    def end(self, opening: str, by: str = "dispute_officer") -> None:
        with transaction(self.engine) as db:
            disclosures.end_unsealing(db, self.world.actor(db, by), opening, request=new_request())

    def tell(self, opening: str, by: str = "dispute_officer", on: str | None = None) -> None:
        with transaction(self.engine) as db:
            disclosures.tell_parties(
                db, self.world.actor(db, by), opening, on=on or today().isoformat(), request=new_request()
            )

    def smash(self, by: str = "administrator", number: str | None = None) -> None:
        with transaction(self.engine) as db:
            disclosures.break_glass(
                db, self.world.actor(db, by), number or self.number, reason="Everybody is away.", request=new_request()
            )

    def reads(self, by: str) -> bool:
        with transaction(self.engine) as db:
            try:
                find_mediation(db, self.world.actor(db, by), self.mediation)
            except NotFound:
                return False
            return True

    def sees(self, by: str) -> Sight:
        with transaction(self.engine) as db:
            home = db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": self.number}).scalar_one()
            return sight(self.world.actor(db, by), load(db, home, "case"))

    def later(self, hours: int) -> None:
        """As if so much time had passed since it was opened."""
        with self.engine.begin() as db:
            db.execute(text("UPDATE openings SET until = until - make_interval(hours => :h)"), {"h": hours})

    def faults(self, log: str | None = None) -> list[str]:
        with transaction(self.engine) as db:
            return [one.sentence for one in verify_case(db, log or self.mediation)]


@pytest.fixture
def scene(engine: Engine, world: World) -> Scene:
    with transaction(engine) as db:
        number = world.open_case(db)
        mediation = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
    return Scene(engine, world, number, str(mediation["id"]))


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
        seen = {name: disclosures.list_unsealings(db, scene.world.actor(db, name)).items for name in scene.world.people}
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


FORGED: dict[str, Callable[[Event, World], Event]] = {
    "asked by itself": lambda one, world: forged(one, "unsealing_asked", actor=world.people["officer"]),
    "agreed by who asked": lambda one, world: forged(
        one, "unsealed", actor=world.people["dispute_officer"], role="dispute_officer"
    ),
    "agreed by the reader": lambda one, world: forged(one, "unsealed", actor=world.people["auditor"], role="auditor"),
    "agreed by another one": lambda one, world: forged(one, "unsealed", actor=world.people["second_compliance"]),
    "agreed in somebody's place": lambda one, world: forged(
        one, "unsealed", acting_for=world.people["second_compliance"]
    ),
    "hidden from the center": lambda one, world: forged(one, "unsealed", track=None),
    "for longer": lambda one, world: lengthened(one, "unsealed"),
    "reader and second person are one": lambda one, world: renamed(one, decider=world.people["auditor"]),
    "for somebody who could not be named": lambda one, world: renamed(one, reader=world.people["provider"]),
    "already open when asked": lambda one, world: renamed(one, state="open", until="2099-01-01T00:00:00.000000Z"),
}


def forged(one: Event, kind: str, **change: Any) -> Event:
    return replace(one, **change) if one.kind == kind else one


def lengthened(one: Event, kind: str) -> Event:
    if one.kind != kind:
        return one
    (told,) = one.effects["opening_states"]
    return replace(one, effects={"opening_states": [told | {"until": "2099-01-01T00:00:00.000000Z"}]})


def renamed(one: Event, **change: Any) -> Event:
    if one.kind != "unsealing_asked":
        return one
    (made,) = one.effects["openings"]
    return replace(one, effects={"openings": [cast(StartedOpening, {**made, **change})]})


def judged(scene: Scene, log: str, change: Callable[[Event], Event]) -> list[str]:
    """What the verification says of a history in which events were made otherwise."""
    with transaction(scene.engine) as db:
        past, case, found = Past(db), None, list[str]()
        evidence = Evidence(past.library, past)
        for one in read_events(db, log):
            found += reasons_against(evidence, case, change(one))
            case = evolve(case, one)
    return found


def test_a_true_history_is_not_blamed(scene: Scene) -> None:
    scene.decide(scene.ask())
    assert judged(scene, scene.mediation, lambda one: one) == []


@pytest.mark.parametrize("forgery", FORGED)
def test_the_verification_finds_what_one_person_did_alone(scene: Scene, forgery: str) -> None:
    scene.decide(scene.ask())
    assert judged(scene, scene.mediation, lambda one: FORGED[forgery](one, scene.world)) != []


def test_it_ends_with_the_role_that_the_reader_was_chosen_for(scene: Scene) -> None:
    scene.decide(scene.ask())
    with scene.engine.begin() as db:
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:p AS uuid)"),
            {"p": scene.world.people["auditor"]},
        )
    assert not scene.reads("auditor")


# --- in an emergency -------------------------------------------------------------------------------------------------


def test_an_administrator_reads_the_case_until_the_glass_is_whole_again(scene: Scene) -> None:
    assert scene.sees("administrator") == Sight.NOTHING
    scene.smash()
    assert scene.sees("administrator") == Sight.ALL
    scene.later(int(BREAK_GLASS_LASTS.total_seconds()) // 3600)
    assert scene.sees("administrator") == Sight.NOTHING


def test_whoever_is_no_administrator_any_more_reads_it_no_longer(scene: Scene) -> None:
    scene.smash()
    with scene.engine.begin() as db:
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:p AS uuid)"),
            {"p": scene.world.people["administrator"]},
        )
    assert scene.sees("administrator") == Sight.NOTHING


def test_it_opens_that_case_alone_and_no_mediation_about_it(scene: Scene) -> None:
    scene.smash()
    assert not scene.reads("administrator")
    with transaction(scene.engine) as db:
        other = scene.world.new_case(db)
        home = db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": other}).scalar_one()
        assert sight(scene.world.actor(db, "administrator"), load(db, home, "case")) == Sight.NOTHING


@pytest.mark.parametrize(
    "who", ["dispute_officer", "observer", "provider", "foreign_officer", "officer", "auditor", "manager"]
)
def test_nobody_but_an_administrator_of_the_programme_does_it(scene: Scene, who: str) -> None:
    with pytest.raises(NotFound):
        scene.smash(who)


def test_a_case_that_is_open_is_not_opened_twice(scene: Scene) -> None:
    scene.smash()
    with pytest.raises(WrongState):
        scene.smash()


def test_it_stands_in_the_history_of_the_case_and_verifies(scene: Scene) -> None:
    scene.smash()
    with transaction(scene.engine) as db:
        home = str(db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": scene.number}).scalar_one())
        kinds = (
            db.execute(text("SELECT kind FROM events WHERE log_id = CAST(:l AS uuid) ORDER BY seq"), {"l": home})
            .scalars()
            .all()
        )
    assert kinds[-1] == "glass_broken"
    assert scene.faults(home) == []


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "officer", "role": "officer"},
        {"acting_for": "supervisor"},
        {"effects": "longer"},
        {"effects": "for another"},
    ],
)
def test_the_verification_finds_a_glass_that_was_broken_otherwise(scene: Scene, change: dict[str, str]) -> None:
    scene.smash()
    with transaction(scene.engine) as db:
        home = str(db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": scene.number}).scalar_one())

    def forge(one: Event) -> Event:
        if one.kind != "glass_broken":
            return one
        (made,) = one.effects["openings"]
        if "effects" in change:
            other = (
                {"until": "2099-01-01T00:00:00.000000Z"}
                if change["effects"] == "longer"
                else {"reader": scene.world.people["officer"]}
            )
            return replace(one, effects={"openings": [cast(StartedOpening, {**made, **other})]})
        told: dict[str, Any] = {
            name: scene.world.people.get(value, value) if name != "role" else value for name, value in change.items()
        }
        return replace(one, **told)

    assert judged(scene, home, lambda one: one) == []
    assert judged(scene, home, forge) != []


ROLE_GIVEN: dict[str, Callable[[Any, World], Any]] = {
    "by another one": lambda told, world: told | {"by": world.people["supervisor"]},
    "agreed by somebody": lambda told, world: told | {"agreed_by": world.people["supervisor"]},
    "by whoever broke it": lambda told, world: told | {"by": world.people.get("puppet", world.people["administrator"])},
    "without who agreed": lambda told, _: {"by": told["by"]},
    "with something more": lambda told, _: told | {"note": "Trust me."},
    "nothing": lambda _, __: None,
    "empty": lambda _, __: {},
    "a name": lambda _, __: "Administrator",
}


@pytest.mark.parametrize("forgery", ROLE_GIVEN)
@pytest.mark.parametrize("by_two", [False, True])
def test_the_verification_finds_another_giver_of_the_role_that_broke_the_glass(
    scene: Scene, forgery: str, by_two: bool
) -> None:
    world = scene.world
    if by_two:
        with transaction(scene.engine) as db:
            world.people["puppet"] = register_person(db, email="puppet@example.org", name="Puppet")
            asked = ask_role(
                db,
                world.people["puppet"],
                "administrator",
                programme=world.programmes["BJ"],
                by=world.people["administrator"],
            )
            decide_role(db, world.actor(db, "second_supervisor"), asked, agree=True, note="", request=new_request())
    scene.smash("puppet" if by_two else "administrator")
    with transaction(scene.engine) as db:
        home = str(db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": scene.number}).scalar_one())

    def forge(one: Event) -> Event:
        if one.kind != "glass_broken":
            return one
        return replace(
            one, effects={**one.effects, "role_given": ROLE_GIVEN[forgery](one.effects["role_given"], world)}
        )

    def before_it_was_kept(one: Event) -> Event:
        return replace(one, effects={"openings": one.effects["openings"]}) if one.kind == "glass_broken" else one

    assert judged(scene, home, lambda one: one) == []
    assert judged(scene, home, before_it_was_kept) == []
    assert any("gave its actor the role" in one for one in judged(scene, home, forge))


def test_without_a_reason_nothing_is_opened(scene: Scene) -> None:
    with transaction(scene.engine) as db, pytest.raises(InvalidForm):
        disclosures.break_glass(
            db, scene.world.actor(db, "administrator"), scene.number, reason=" ", request=new_request()
        )


def test_whoever_was_let_in_and_declares_an_interest_is_out_again(scene: Scene) -> None:
    scene.smash()
    with scene.engine.begin() as db:
        db.execute(text("UPDATE cases SET interests = ARRAY[:p]"), {"p": scene.world.people["administrator"]})
    assert scene.sees("administrator") == Sight.NOTHING
    with pytest.raises(NotAllowed):
        scene.smash()
