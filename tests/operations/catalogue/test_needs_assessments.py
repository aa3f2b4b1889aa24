"""Assessments of a city's needs: planned, changed, asked, visited, concluded; each change told, and nobody else's to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.catalogue import assessment_parts as parts
from casework.operations.catalogue import assessment_visits as visits
from casework.operations.catalogue import needs_assessments as assessments
from casework.operations.catalogue.assessment_needs import find_origin, set_origin
from casework.operations.catalogue.assessment_queries import list_assessments, read_entries, show_assessment
from casework.operations.catalogue.need_links import send_statement, withdraw_statement
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.catalogue.need_statements import accept
from casework.operations.catalogue.organisation_use import expire_organisation
from casework.operations.links.office_links import open_link
from casework.operations.verification.service import verify_all
from casework.permissions.actors import Actor
from casework.records.database import transaction
from tests.operations.catalogue.test_merged_meanwhile import meanwhile
from tests.operations.catalogue.test_need_statements import BOX, SAID
from tests.operations.catalogue.test_organisation_merging import enter, merge
from tests.support.world import World, new_request

FIELDS: Mapping[str, Any] = {
    "title": "Heat in the north of the city", "title_zh": "城北供热", "starts_on": "2026-03-01", "ends_on": "2026-06-30",
    "sectors": ["Energy"], "districts": ["Changping"], "enterprises_target": "20", "needs_target": 6,
}  # fmt: skip
VISIT: Mapping[str, Any] = {"kind": "visit", "day": "2026-04-02", "title": "Data centre of the campus"}


def planned(db: Connection, world: World, *, who: str = "officer", **more: Any) -> str:
    """An assessment: its id."""
    done = assessments.plan_assessment(
        db,
        world.actor(db, who),
        programme=world.programmes["SH" if who == "foreign_officer" else "BJ"],
        fields={**FIELDS, **more},
        source="The plan of the city",
        request=new_request(),
    )
    return str(done.answer["id"])


def listed(db: Connection, world: World, assessment: str, *names: str, who: str = "officer") -> list[str]:
    """Enterprises that it asks: their ids."""
    organisations = [world.organisations[name] for name in names]
    done = assessments.add_enterprises(
        db, world.actor(db, who), assessment, organisations=organisations, request=new_request()
    )
    return [str(id) for id in done.answer["ids"]]


def visited(db: Connection, world: World, assessment: str, **more: Any) -> str:
    """A visit of it: its id."""
    fields = {**VISIT, **more}
    done = visits.add_visit(db, world.actor(db, "officer"), assessment, fields=fields, request=new_request())
    return str(done.answer["id"])


def asked(db: Connection, world: World, enterprise: str) -> tuple[str, str]:
    """A link by which an enterprise is asked: the statement, and the secret of its link."""
    done = assessments.ask_enterprise(
        db,
        world.actor(db, "officer"),
        BOX,
        enterprise,
        address="",
        language="en",
        days=30,
        request=new_request(),
    )
    return str(done.answer["id"]), str(done.answer["path"]).partition("#")[2]


def test_it_counts_whom_it_asks_and_what_came_of_it(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        id = planned(db, world)
        first, second = listed(db, world, id, "need_owner", "technology_owner")
        statement, token = asked(db, world, first)
        one = show_assessment(db, officer, id)
        assert {row.id: row.state for row in one.enterprises} == {first: "asked", second: "to_ask"}
        assert one.enterprises[1].statement == statement
    with transaction(engine) as db:
        send_statement(db, token, open_link(db, STATEMENT, token), SAID)
        assert show_assessment(db, officer, id).progress.answered == 1
        need = str(accept(db, officer, statement, request=new_request()).answer["need"])
        one = show_assessment(db, officer, id)
        assert (one.progress.enterprises, one.progress.asked, one.progress.answered) == (2, 1, 1)
        assert (one.progress.needs, one.progress.published) == (1, 1)
        assert [row.id for row in one.needs] == [need]
        origin = find_origin(db, officer, need)
        assert origin is not None
        assert (origin.assessment, origin.visit) == (id, None)
        assert (one.enterprises_target, one.needs_target, one.status) == (20, 6, "planned")
        (row,) = list_assessments(db, officer).items
        assert row.progress == one.progress
    assert list(verify_all(engine)) == []


def test_what_is_taken_back_is_no_answer_and_what_an_officer_says_stands(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    (enterprise,) = listed(db, world, id, "need_owner")
    statement, token = asked(db, world, enterprise)
    opened = open_link(db, STATEMENT, token)
    send_statement(db, token, opened, SAID)
    assert show_assessment(db, officer, id).enterprises[0].state == "answered"
    withdraw_statement(db, token, opened)
    assert show_assessment(db, officer, id).enterprises[0].state == "asked"
    assessments.set_enterprise(db, officer, enterprise, state="refused", source="A call", request=new_request())
    assert show_assessment(db, officer, id).enterprises[0].state == "refused"
    assert show_assessment(db, officer, id).progress.refused == 1
    assert statement


def test_each_change_is_told_with_who_before_after_source_and_reason(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        officer, supervisor = world.actor(db, "officer"), world.actor(db, "supervisor")
        id = planned(db, world)
        assessments.change_assessment(
            db, supervisor, id, fields={"needs_target": 8}, reason="The city asked.", request=new_request()
        )
        (enterprise,) = listed(db, world, id, "need_owner")
        visit = visited(
            db,
            world,
            id,
            participants=[{"organisation": world.organisations["need_owner"], "name": "Zhou Min", "role": "Manager"}],
            staff=[officer.person],
        )
        visits.change_visit(
            db, officer, visit, fields={"place": "Changping"}, reason="It was there.", request=new_request()
        )
        parts.take_out(db, officer, "visits", visit, reason="Entered twice.", request=new_request())
        out, moved, came, put, changed, begun = read_entries(db, officer, id)
        query = text("SELECT name FROM organisations WHERE id = CAST(:id AS uuid)")
        owner = db.execute(query, {"id": world.organisations["need_owner"]}).scalar_one()
    assert (begun.kind, begun.source, begun.changes["title"]) == (
        "assessment_kept",
        "The plan of the city",
        [None, FIELDS["title"]],
    )
    assert (changed.changes, changed.reason) == ({"needs_target": [6, 8]}, "The city asked.")
    assert (put.what, put.about) == ("enterprises", [owner])
    assert came.changes["participants"] == [None, [f"{owner} · Zhou Min · Manager"]]
    assert came.changes["staff"][1] == [came.who]
    assert (moved.changes, moved.reason) == ({"place": [None, "Changping"]}, "It was there.")
    assert (out.kind, out.what, out.about) == ("assessment_taken_out", "visits", [VISIT["title"]])
    assert len({entry.who for entry in (begun, changed)}) == 2
    assert list(verify_all(engine)) == []
    with transaction(engine) as db:
        db.execute(text("UPDATE assessment_enterprises SET state = 'answered'"))
    assert any("assessment_enterprises.state" in found.sentence for found in verify_all(engine))
    assert enterprise


def test_what_is_concluded_says_how_and_changes_with_a_reason_alone(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    (enterprise,) = listed(db, world, id, "need_owner")
    visit = visited(db, world, id)

    def change(reason: str = "", **fields: Any) -> None:
        assessments.change_assessment(db, officer, id, fields=fields, reason=reason, request=new_request())

    with pytest.raises(InvalidForm) as refused:
        change(status="concluded")
    assert refused.value.fields == {"conclusion": reasons.fields.REQUIRED}
    change(status="concluded", conclusion="Six needs.\nMost are for heat.")
    for act in (
        lambda: listed(db, world, id, "technology_owner"),
        lambda: visited(db, world, id),
        lambda: asked(db, world, enterprise),
        lambda: parts.take_out(db, officer, "visits", visit, reason="So.", request=new_request()),
        lambda: visits.change_visit(db, officer, visit, fields={"place": "x"}, reason="So.", request=new_request()),
    ):
        with pytest.raises(Refused) as closed:
            act()
        assert closed.value.reasons == [reasons.catalogue.ASSESSMENT_CONCLUDED]
    with pytest.raises(InvalidForm) as unsaid:
        change(status="under_way")
    assert unsaid.value.fields == {"reason": reasons.fields.REQUIRED}
    change("The city asked for more.", status="under_way")
    assert listed(db, world, id, "technology_owner")


def test_every_fault_is_told_at_its_field(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    with pytest.raises(InvalidForm) as refused:
        planned(db, world, title=" ", starts_on="2026-13-01", sectors=["nothing"], needs_target="0")
    assert set(refused.value.fields) == {"title", "starts_on", "sectors", "needs_target"}
    with pytest.raises(InvalidForm) as early:
        planned(db, world, ends_on="2026-02-01")
    assert early.value.fields == {"ends_on": reasons.fields.NOT_BEFORE_FIRST_DAY}
    id = planned(db, world)
    for organisations, why in (
        ([], reasons.fields.REQUIRED),
        (["00000000-0000-7000-8000-000000000000"], reasons.fields.NOT_KNOWN_HERE),
    ):
        with pytest.raises(InvalidForm) as wrong:
            assessments.add_enterprises(db, officer, id, organisations=organisations, request=new_request())
        assert wrong.value.fields == {"organisations": why}
    listed(db, world, id, "need_owner")
    with pytest.raises(InvalidForm) as twice:
        listed(db, world, id, "need_owner")
    assert twice.value.fields == {"organisations": reasons.catalogue.ENTERPRISE_THERE}


def test_only_who_reads_closed_needs_reads_them_and_only_officers_change_them(world: World, db: Connection) -> None:
    id = planned(db, world)
    (enterprise,) = listed(db, world, id, "need_owner")
    visit = visited(db, world, id)
    for who in ("officer", "supervisor", "auditor"):
        assert show_assessment(db, world.actor(db, who), id).title == FIELDS["title"]
    for who in ("compliance", "manager", "provider", "observer"):
        with pytest.raises(NotFound):
            list_assessments(db, world.actor(db, who))
    foreign, auditor = world.actor(db, "foreign_officer"), world.actor(db, "auditor")
    assert list_assessments(db, foreign).items == []
    new: dict[str, Any] = {"request": new_request()}
    acts: tuple[Callable[[Actor], Any], ...] = (
        lambda who: assessments.change_assessment(db, who, id, fields={}, **new),
        lambda who: assessments.set_enterprise(db, who, enterprise, state="asked", source=None, **new),
        lambda who: visits.change_visit(db, who, visit, fields={}, reason="So.", **new),
        lambda who: parts.take_out(db, who, "enterprises", enterprise, reason="So.", **new),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act(foreign)
        with pytest.raises(NotAllowed):
            act(auditor)
    for read in (show_assessment, read_entries):
        with pytest.raises(NotFound):
            read(db, foreign, id)


def test_what_others_have_changed_meanwhile_is_not_overwritten(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    seen = parts.read_count(db, world.programmes["BJ"], id)
    assessments.change_assessment(db, officer, id, fields={"needs_target": 8}, seen=seen, request=new_request())
    with pytest.raises(RecordHasMoved):
        assessments.change_assessment(db, officer, id, fields={"needs_target": 9}, seen=seen, request=new_request())


def test_of_enterprises_that_are_one_the_one_that_stands_is_asked(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    gone, kept = (enter(db, world, name, kind="company") for name in ("Heat Works", "Heat Works Ltd"))
    assessments.add_enterprises(db, officer, id, organisations=[gone], request=new_request())
    merge(db, world, gone, kept)
    (row,) = show_assessment(db, officer, id).enterprises
    assert (row.organisation, row.name) == (kept, "Heat Works Ltd")
    asked(db, world, row.id)
    with pytest.raises(InvalidForm):
        assessments.add_enterprises(db, officer, id, organisations=[kept], request=new_request())


def test_the_same_request_asks_once(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    (enterprise,) = listed(db, world, id, "need_owner")
    request = new_request()
    for _ in range(2):
        assessments.ask_enterprise(db, officer, BOX, enterprise, address="", language="en", days=30, request=request)
    assert db.execute(text("SELECT count(*) FROM need_statements")).scalar_one() == 1


def test_the_same_request_is_answered_as_before_though_the_assessment_was_concluded_since(
    world: World, db: Connection
) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    (enterprise,) = listed(db, world, id, "need_owner")
    link, visit = new_request(), new_request()

    def act() -> tuple[Any, Any]:
        asking: dict[str, Any] = {"address": "", "language": "en", "days": 30, "request": link}
        asked = assessments.ask_enterprise(db, officer, BOX, enterprise, **asking)
        return asked, visits.add_visit(db, officer, id, fields=VISIT, request=visit)

    first = act()
    concluded = {"status": "concluded", "conclusion": "Six needs."}
    assessments.change_assessment(db, officer, id, fields=concluded, request=new_request())
    again = act()
    assert [done.repeated for done in again] == [True, True]
    assert [done.answer["id"] for done in again] == [done.answer["id"] for done in first]


def test_an_enterprise_is_asked_by_one_link_until_that_is_over(world: World, db: Connection) -> None:
    id = planned(db, world)
    (enterprise,) = listed(db, world, id, "need_owner")

    def refused() -> None:
        with pytest.raises(Refused) as twice:
            asked(db, world, enterprise)
        assert twice.value.reasons == [reasons.catalogue.ENTERPRISE_STILL_ASKED]

    over = text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'")
    asked(db, world, enterprise)
    refused()
    db.execute(over)
    _, token = asked(db, world, enterprise)
    opened = open_link(db, STATEMENT, token)
    send_statement(db, token, opened, SAID)
    # What it sent waits for the office, whether its link still works or not.
    db.execute(over)
    refused()
    db.execute(text("UPDATE office_link_secrets SET until = casework_now() + interval '1 day'"))
    db.execute(text("UPDATE need_statements SET state = 'withdrawn'"))
    asked(db, world, enterprise)
    assert db.execute(text("SELECT count(*) FROM need_statements")).scalar_one() == 3


def test_an_enterprise_whose_record_has_expired_since_is_not_asked(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    gone = enter(db, world, "Heat Works", kind="company")
    done = assessments.add_enterprises(db, officer, id, organisations=[gone], request=new_request())
    expire_organisation(db, officer, gone, reason="Closed down.", request=new_request())
    with pytest.raises(Refused) as refused:
        asked(db, world, done.answer["ids"][0])
    assert refused.value.reasons == [reasons.catalogue.ORGANISATION_EXPIRED]


# --- while others change it ------------------------------------------------------------------------------------------


class Raced:
    """An assessment with an enterprise and a visit, and what is done of it: `late` by one who waits meanwhile."""

    def __init__(self, engine: Engine, world: World) -> None:
        self.engine, self.world = engine, world
        with transaction(engine) as db:
            self.id = planned(db, world)
            (self.enterprise,) = listed(db, world, self.id, "need_owner")
            self.visit = visited(db, world, self.id)

    def change(self, db: Connection, **fields: Any) -> None:
        officer = self.world.actor(db, "officer")
        assessments.change_assessment(db, officer, self.id, fields=fields, request=new_request())

    def conclude(self, db: Connection) -> None:
        self.change(db, status="concluded", conclusion="Six needs.")

    def take_out(self, db: Connection, what: str, id: str) -> None:
        officer = self.world.actor(db, "officer")
        parts.take_out(db, officer, what, id, reason="So.", request=new_request())

    def set_enterprise(self, db: Connection, state: str) -> None:
        officer = self.world.actor(db, "officer")
        assessments.set_enterprise(db, officer, self.enterprise, state=state, source=None, request=new_request())

    def change_visit(self, db: Connection) -> None:
        officer = self.world.actor(db, "officer")
        visits.change_visit(db, officer, self.visit, fields={"place": "x"}, reason="So.", request=new_request())

    def refused(self, first: Callable[[Connection], Any], then: Callable[[Connection], Any]) -> Any:
        return meanwhile(self.engine, first, then).refused


@pytest.fixture
def raced(world: World, engine: Engine) -> Raced:
    return Raced(engine, world)


LATE: Mapping[str, Callable[[Raced, Connection], Any]] = {
    "list": lambda on, db: listed(db, on.world, on.id, "technology_owner"),
    "set": lambda on, db: on.set_enterprise(db, "refused"),
    "ask": lambda on, db: asked(db, on.world, on.enterprise),
    "enter": lambda on, db: visited(db, on.world, on.id),
    "change": lambda on, db: on.change_visit(db),
    "take out": lambda on, db: on.take_out(db, "visits", on.visit),
}


@pytest.mark.parametrize("what", LATE)
def test_nothing_is_done_of_what_is_concluded_while_one_waits(raced: Raced, what: str) -> None:
    refused = raced.refused(raced.conclude, lambda db: LATE[what](raced, db))
    assert isinstance(refused, Refused)
    assert refused.reasons == [reasons.catalogue.ASSESSMENT_CONCLUDED]
    assert list(verify_all(raced.engine)) == []


def test_a_change_is_judged_on_what_stands_once_it_is_its_turn(raced: Raced) -> None:
    early = raced.refused(
        lambda db: raced.change(db, ends_on="2026-04-01"), lambda db: raced.change(db, starts_on="2026-05-01")
    )
    assert isinstance(early, InvalidForm)
    assert early.fields == {"ends_on": reasons.fields.NOT_BEFORE_FIRST_DAY}
    unsaid = raced.refused(raced.conclude, lambda db: raced.change(db, needs_target=9))
    assert isinstance(unsaid, InvalidForm)
    assert unsaid.fields == {"reason": reasons.fields.REQUIRED}


def test_what_is_taken_out_while_one_waits_is_named_and_asked_no_more(raced: Raced) -> None:
    world, out = raced.world, raced.take_out

    def name(db: Connection) -> None:
        set_origin(db, world.actor(db, "officer"), world.needs[0], origin=raced.visit, request=new_request())

    unknown = raced.refused(lambda db: out(db, "visits", raced.visit), name)
    assert isinstance(unknown, InvalidForm)
    assert unknown.fields == {"origin": reasons.fields.NOT_KNOWN_HERE}
    gone = raced.refused(
        lambda db: out(db, "enterprises", raced.enterprise), lambda db: asked(db, world, raced.enterprise)
    )
    assert isinstance(gone, NotFound)


def test_who_has_refused_while_one_waits_stays_so_though_a_link_is_made(raced: Raced) -> None:
    refused = raced.refused(
        lambda db: raced.set_enterprise(db, "refused"), lambda db: asked(db, raced.world, raced.enterprise)
    )
    assert refused is None
    with transaction(raced.engine) as db:
        (row,) = show_assessment(db, raced.world.actor(db, "officer"), raced.id).enterprises
    assert (row.state, row.statement is None) == ("refused", False)


def test_of_two_who_ask_an_enterprise_at_once_one_does(raced: Raced) -> None:
    def ask(db: Connection) -> Any:
        return asked(db, raced.world, raced.enterprise)

    refused = raced.refused(ask, ask)
    assert isinstance(refused, Refused)
    assert refused.reasons == [reasons.catalogue.ENTERPRISE_STILL_ASKED]
