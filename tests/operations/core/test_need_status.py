"""A need stands as its cases tell from the transaction on that opens, closes or reopens one, and its history says by which."""

from __future__ import annotations

from random import Random
from threading import Thread
from time import sleep

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotFound, Refused
from casework.matching.facets import Facet
from casework.operations.catalogue import kept_records
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_unmerging import unmerge_record
from casework.operations.catalogue.record_use import bring_back, end_record
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need
from casework.operations.core.perform import home_of
from casework.operations.matching.desk import list_open_needs
from casework.operations.matching.listed_records import list_found
from casework.operations.matching.published import show_published
from casework.operations.verification.service import verify_case
from casework.records.database import run, transaction
from casework.records.event_log import lock_log, lock_logs
from casework.records.row_security import whole
from tests.operations.people.test_public_catalogues import show
from tests.support.case_ends import close, reopen
from tests.support.world import World, add_match, add_record, new_request, note_records

WELL, BADLY = ("deployed_verified", "agreement_no_site"), ("no_agreement", "dormant", "duplicate", "need_met_elsewhere")
WHY = "As both sides say."


def stands(db: Connection, world: World, need: str) -> str:
    return show_record(db, world.actor(db, "officer"), Need, need).status


def another(db: Connection, world: World, need: str, name: str) -> str:
    """One more match of a need, which has no case yet; gives the number of the case that is opened from it."""
    programme, officer = world.programmes["BJ"], world.actor(db, "officer")
    owner = {"owner_id": world.organisations["technology_owner"]}
    technology = add_record(db, programme, "technology", name, {"title": f"Boiler {name}"} | owner)
    world.matches.append(add_match(db, officer, programme, need, technology))
    return world.open_case(db, -1)


def test_it_is_matched_while_a_case_runs_met_once_one_ends_well_and_open_again_else(
    world: World, db: Connection
) -> None:
    need = world.needs[0]
    assert stands(db, world, need) == "published"
    number = world.open_case(db)
    assert stands(db, world, need) == "matched"
    close(db, world, number, "no_agreement")
    assert stands(db, world, need) == "published"
    reopen(db, world, number)
    assert stands(db, world, need) == "matched"
    close(db, world, number, "deployed_measured")
    assert stands(db, world, need) == "met"
    reopen(db, world, number)
    assert stands(db, world, need) == "matched"
    assert verify_case(db, need) == []


def test_another_case_keeps_it_matched_and_one_that_ended_well_keeps_it_met(world: World, db: Connection) -> None:
    need = world.needs[0]
    first, second, third = (
        world.open_case(db),
        another(db, world, need, "second"),
        another(db, world, need, "third"),
    )
    close(db, world, first, "not_viable")
    assert stands(db, world, need) == "matched"
    close(db, world, second, "deployed_unmeasured")
    assert stands(db, world, need) == "met"
    close(db, world, third, "dormant")
    assert stands(db, world, need) == "met"
    reopen(db, world, second)
    assert stands(db, world, need) == "matched"
    assert verify_case(db, need) == []


def test_its_history_says_by_whom_and_which_case(world: World, db: Connection) -> None:
    need, officer = world.needs[0], world.actor(db, "officer")
    number = world.open_case(db)
    close(db, world, number, "deployed_verified")
    told = kept_records.read_entries(db, officer, "need", need)[:2]
    assert [(one.kind, one.changes, one.case, one.who, one.imported) for one in told] == [
        ("followed", {"status": ("matched", "met")}, number, "Supervisor", False),
        ("followed", {"status": ("published", "matched")}, number, "Officer", False),
    ]
    # The need of another case has nothing to tell of it.
    assert all(one.kind != "followed" for one in kept_records.read_entries(db, officer, "need", world.needs[1]))


def test_a_draft_and_what_was_withdrawn_stay_so_until_somebody_says_otherwise(world: World, db: Connection) -> None:
    need, officer = world.needs[0], world.actor(db, "officer")
    number = world.open_case(db)
    end_record(db, officer, "need", need, status="withdrawn", reason=WHY, request=new_request())
    close(db, world, number, "deployed_verified")
    assert stands(db, world, need) == "withdrawn"
    done = bring_back(db, officer, "need", need, reason=WHY, request=new_request())
    assert done.answer["status"] == stands(db, world, need) == "met"
    reopen(db, world, number)
    assert stands(db, world, need) == "matched"
    draft = add_record(db, world.programmes["BJ"], "need", "a draft", {"title": "Steam", "status": "draft"})
    with pytest.raises(InvalidForm):  # nothing is matched with a draft
        another(db, world, draft, "for a draft")
    assert stands(db, world, draft) == "draft"
    assert not any(verify_case(db, one) for one in (need, draft))


def test_no_day_ends_one_for_which_a_case_runs(world: World, db: Connection) -> None:
    need, officer = world.needs[0], world.actor(db, "officer")
    number = world.open_case(db)
    db.execute(text("UPDATE needs SET valid_until = '2020-01-01' WHERE id = CAST(:need AS uuid)"), {"need": need})
    note_records(db, "needs")
    assert need in {one.id for one in list_open_needs(db, officer).items}
    other = another(db, world, need, "after its last day")
    close(db, world, number, "no_agreement")
    assert need in {one.id for one in list_open_needs(db, officer).items}
    close(db, world, other, "no_agreement")
    # Now its last day counts again.
    assert stands(db, world, need) == "published"
    assert need not in {one.id for one in list_open_needs(db, officer).items}


def test_whoever_may_find_it_finds_it_as_it_stands(world: World, db: Connection) -> None:
    need, officer = world.needs[0], world.actor(db, "officer")

    def among(status: str) -> bool:
        listed = list_found(db, officer, Need, said="", facets=[Facet("status", status)], cursor=None)
        return need in {one.id for one in listed.items}

    number = world.open_case(db)
    assert (among("published"), among("matched"), among("met")) == (False, True, False)
    close(db, world, number, "deployed_verified")
    assert (among("published"), among("matched"), among("met")) == (False, False, True)


def test_it_stays_in_the_public_catalogue_and_nobody_is_told_there_how_it_stands(world: World, db: Connection) -> None:
    show(db, world)
    need = add_record(
        db,
        world.programmes["BJ"],
        "need",
        "public",
        {"title": "Cold storage", "publication": "public", "owner_id": world.organisations["need_owner"]},
    )
    before = show_published(db, "need", need)
    number = another(db, world, need, "public")
    assert show_published(db, "need", need) == before
    close(db, world, number, "deployed_verified")
    assert show_published(db, "need", need) == before


@pytest.mark.parametrize("met", [False, True])
def test_nobody_reads_one_beyond_its_day_which_would_tell_that_it_is_met(
    world: World, db: Connection, met: bool
) -> None:
    show(db, world)
    need, number = world.needs[0], world.open_case(db)
    if met:
        close(db, world, number, "deployed_verified")
    else:
        close(db, world, number, "no_agreement")
    db.execute(text("UPDATE needs SET publication = 'public', valid_until = '2020-01-01' WHERE id = :id"), {"id": need})
    with pytest.raises(NotFound):
        show_published(db, "need", need)


@pytest.mark.parametrize("seed", range(6))
def test_however_cases_and_twins_come_and_go_each_need_stands_as_its_cases_tell(
    world: World, db: Connection, seed: int
) -> None:
    life = Life(db, world, Random(seed))
    for step in range(14):
        life.move(step)
        life.compare()
    assert not any(verify_case(db, need) for need in life.needs)


class Life:
    """A few needs, what happens to them by chance, and how they stand by a reckoning of its own."""

    def __init__(self, db: Connection, world: World, chance: Random) -> None:
        self.db, self.world, self.chance, self.officer = db, world, chance, world.actor(db, "officer")
        owner = {"owner_id": world.organisations["need_owner"]}
        self.needs = [
            add_record(db, world.programmes["BJ"], "need", f"n{n}", {"title": f"Steam {n}"} | owner) for n in range(3)
        ]
        #: By number the need that a case was opened with, and its outcome; of one that runs None.
        self.cases: dict[str, tuple[str, str | None]] = {}
        #: By need which one stands in its place.
        self.place = {need: need for need in self.needs}
        self.withdrawn: set[str] = set()

    def move(self, step: int) -> None:
        running = [number for number, (_, outcome) in self.cases.items() if outcome is None]
        over = [number for number, (_, outcome) in self.cases.items() if outcome is not None]
        heads = [need for need in self.needs if self.place[need] == need]
        what = self.chance.choice(
            ["open", "open", "close", "close", "reopen", "merge", "unmerge", "withdraw", "return"]
        )
        if what == "open" and (free := [one for one in heads if one not in self.withdrawn]):
            need = self.chance.choice(free)
            self.cases[another(self.db, self.world, need, f"t{step}")] = (need, None)
        elif what == "close" and running:
            number, outcome = self.chance.choice(running), self.chance.choice([*WELL, *BADLY])
            close(self.db, self.world, number, outcome)
            self.cases[number] = (self.cases[number][0], outcome)
        elif what == "reopen" and over:
            number = self.chance.choice(over)
            reopen(self.db, self.world, number)
            self.cases[number] = (self.cases[number][0], None)
        elif what == "merge" and len(heads) > 1:
            gone, kept = self.chance.sample(heads, 2)
            if kept in self.withdrawn:
                return
            merge_records(self.db, self.officer, "need", gone, into=kept, reason=WHY, request=new_request())
            self.place = {need: kept if place == gone else place for need, place in self.place.items()}
            self.withdrawn.discard(gone)
        elif what == "unmerge" and (gone_ones := [need for need in self.needs if self.place[need] != need]):
            need = self.chance.choice(gone_ones)
            self._unmerge(need)
        elif what == "withdraw" and (used := [one for one in heads if one not in self.withdrawn]):
            need = self.chance.choice(used)
            end_record(self.db, self.officer, "need", need, status="withdrawn", reason=WHY, request=new_request())
            self.withdrawn.add(need)
        elif what == "return" and self.withdrawn:
            need = self.chance.choice(sorted(self.withdrawn))
            bring_back(self.db, self.officer, "need", need, reason=WHY, request=new_request())
            self.withdrawn.discard(need)

    def _unmerge(self, need: str) -> None:
        try:
            unmerge_record(self.db, self.officer, "need", need, reason=WHY, request=new_request())
        except Refused:
            return  # Another one had been merged into it before.
        self.place[need] = need
        if self._row(need) == "withdrawn":
            self.withdrawn.add(need)

    def _row(self, need: str) -> str:
        statement = text("SELECT status FROM needs WHERE id = CAST(:need AS uuid)")
        return str(self.db.execute(statement, {"need": need}).scalar_one())

    def compare(self) -> None:
        for need in self.needs:
            if self.place[need] != need:
                continue
            mine = [outcome for of, outcome in self.cases.values() if self.place[of] == need]
            told = "met" if {*mine} & {*WELL} else "matched" if None in mine else "published"
            assert self._row(need) == ("withdrawn" if need in self.withdrawn else told)


def test_two_that_end_at_once_do_not_miss_each_other(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        first, second = world.open_case(db), another(db, world, world.needs[0], "beside")

    def end_the_other() -> None:
        with transaction(engine) as other:
            close(other, world, second, "dormant")

    waiting = Thread(target=end_the_other)
    with transaction(engine) as db:
        close(db, world, first, "no_agreement")
        run(db, "SELECT 1", ())
        waiting.start()
        sleep(0.3)
        assert waiting.is_alive()
    waiting.join(5)
    with transaction(engine) as db:
        assert stands(db, world, world.needs[0]) == "published"


def test_two_open_at_once_for_one_need_and_neither_waits_for_ever(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        programme, officer = world.programmes["BJ"], world.actor(db, "officer")
        owner = {"owner_id": world.organisations["technology_owner"]}
        technology = add_record(db, programme, "technology", "beside", {"title": "Boiler beside"} | owner)
        world.matches.append(add_match(db, officer, programme, world.needs[0], technology))

    def open_one(match: int) -> None:
        with transaction(engine) as db:
            world.open_case(db, match)

    both = [Thread(target=open_one, args=(match,)) for match in (0, -1)]
    for one in both:
        one.start()
    for one in both:
        one.join(5)
    with transaction(engine) as db:
        assert stands(db, world, world.needs[0]) == "matched"
        assert db.execute(text("SELECT count(*) FROM cases")).scalar_one() == 2
        assert verify_case(db, world.needs[0]) == []


def test_whoever_locks_a_case_and_its_programme_at_once_keeps_none_waiting_who_has_the_case(
    world: World, engine: Engine
) -> None:
    """As who ends a role does, while somebody closes one of its cases: the programme's turn is to be had meanwhile."""
    with transaction(engine) as db:
        case, programme = home_of(db, world.open_case(db)), world.programmes["BJ"]
    assert programme < case

    def end_a_role() -> None:
        with transaction(engine) as other, whole(other):
            lock_logs(other, [programme, case])

    waiting = Thread(target=end_a_role)
    with transaction(engine) as db, whole(db):
        lock_log(db, case)
        waiting.start()
        sleep(0.3)
        assert waiting.is_alive()
        lock_log(db, programme)
    waiting.join(5)
    assert not waiting.is_alive()
