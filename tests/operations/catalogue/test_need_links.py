"""What an enterprise does behind its link: it opens, keeps, sends and takes back its need, and learns of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import InvalidForm, NotFound, Refused
from casework.operations.catalogue import need_links as links
from casework.operations.catalogue import need_statements
from casework.operations.catalogue.kept_records import set_owner
from casework.operations.catalogue.need_links import Said
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_use import end_record
from casework.operations.links import office_links
from casework.operations.notifications.mail_outbox import OFFICE_LINKS
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.event_log import lock_log, try_lock
from casework.records.row_security import whole
from tests.operations.catalogue.test_need_statements import SAID, invited, sent
from tests.support.case_ends import close, reopen
from tests.support.world import World, add_match, add_record, new_request


def stored(db: Connection, column: str) -> list[Any]:
    return list(db.execute(text(f"SELECT {column} FROM office_link_secrets ORDER BY id")).scalars())


def test_nothing_is_told_to_a_browser_that_has_not_opened_the_link(world: World, db: Connection) -> None:
    _, token = invited(db, world)
    assert office_links.language_of(db, STATEMENT, token)[:2] == (True, "zh-Hans")
    opened = office_links.open_link(db, STATEMENT, token)
    assert links.show_statement_of(db, token, opened).state == "draft"
    tries: tuple[Callable[[str, str], object], ...] = (
        lambda token, opened: links.show_statement_of(db, token, opened),
        lambda token, opened: office_links.keep_typed(db, STATEMENT, token, opened, {"f-title": ["x"]}),
        lambda token, opened: links.send_statement(db, token, opened, SAID),
        lambda token, opened: links.withdraw_statement(db, token, opened),
    )
    for given in ((token, ""), (token, "another"), ("another", opened), ("", "")):
        for one in tries:
            with pytest.raises(NotFound):
                one(*given)
    with pytest.raises(NotFound):
        office_links.open_link(db, STATEMENT, "another")
    # What opens it is kept by its hash alone.
    assert token.encode() not in bytes(stored(db, "token")[0])


def test_what_is_typed_is_kept_sealed_and_goes_with_the_decision(world: World, db: Connection) -> None:
    id, token = invited(db, world)
    opened = office_links.open_link(db, STATEMENT, token)
    office_links.keep_typed(db, STATEMENT, token, opened, {"f-title": ["余热\0"], "f-by": ["周敏"]})
    assert links.show_statement_of(db, token, opened).typed == {"f-title": ["余热"], "f-by": ["周敏"]}
    with pytest.raises(InvalidForm):
        office_links.keep_typed(db, STATEMENT, token, opened, {"f-title": ["x" * office_links.LARGEST]})
    assert need_statements.show_statement(db, world.actor(db, "officer"), id).fields == {}
    links.send_statement(db, token, opened, SAID)
    assert links.show_statement_of(db, token, opened).typed
    need_statements.refuse(db, world.actor(db, "officer"), id, reason="So.", request=new_request())
    assert stored(db, "typed") == [None]


def test_a_need_that_is_taken_back_is_said_no_more_of(world: World, db: Connection) -> None:
    _, token, opened = sent(db, world)
    links.withdraw_statement(db, token, opened)
    assert links.show_statement_of(db, token, opened).state == "withdrawn"
    acts: tuple[Callable[[], None], ...] = (
        lambda: links.withdraw_statement(db, token, opened),
        lambda: links.send_statement(db, token, opened, SAID),
        lambda: office_links.keep_typed(db, STATEMENT, token, opened, {}),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_what_was_said_goes_with_the_need_that_is_taken_back_or_was_refused(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        back, token, opened = sent(db, world)
        links.withdraw_statement(db, token, opened)
        shown = need_statements.show_statement(db, officer, back)
        assert (shown.fields, shown.by, shown.position) == ({}, "", "")
        refused, token, opened = sent(db, world)
        need_statements.refuse(db, officer, refused, reason="So.", request=new_request())
        kept, _, _ = sent(db, world)
        assert links.forget_statements(db) == 0
        assert links.show_statement_of(db, token, opened).said == SAID
    with transaction(engine) as db, whole(db):
        db.execute(text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'"))
        assert links.forget_statements(db) == 1
    with transaction(engine) as db:
        said = {one.id: one.by for one in need_statements.list_statements(db, officer).items}
        assert said == {back: "", refused: "", kept: SAID.by}
        assert links.forget_statements(db) == 0
    assert list(verify_all(engine)) == []


def test_under_its_link_an_enterprise_reads_how_its_need_stands_by_its_cases(world: World, db: Connection) -> None:
    id, token, opened = sent(db, world)
    officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
    need = str(need_statements.accept(db, officer, id, request=new_request()).answer["need"])
    set_owner(
        db, officer, "need", need, organisation=world.organisations["need_owner"], reason="So.", request=new_request()
    )
    world.matches.append(add_match(db, officer, programme, need, world.technologies[0]))
    read = [links.show_statement_of(db, token, opened).becomes]
    number = world.open_case(db, -1)
    read.append(links.show_statement_of(db, token, opened).becomes)
    close(db, world, number, "deployed_measured")
    read.append(links.show_statement_of(db, token, opened).becomes)
    # The one in its place answers for it.
    kept = add_record(
        db, programme, "need", "kept", {"title": "Waste heat", "owner_id": world.organisations["need_owner"]}
    )
    merge_records(db, officer, "need", need, into=kept, reason="One call.", request=new_request())
    reopen(db, world, number)
    assert [*read, links.show_statement_of(db, token, opened).becomes] == ["published", "matched", "met", "matched"]


def over(db: Connection) -> None:
    with whole(db):
        db.execute(text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'"))


def test_what_was_said_goes_with_the_link_where_what_was_asked_back_has_no_answer(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        asked, _, _ = sent(db, world)
        need_statements.ask_back(db, officer, asked, question="So?", request=new_request())
        waits, _, _ = sent(db, world)
        assert links.forget_statements(db) == 0
        over(db)
        assert links.forget_statements(db) == 1
        one = need_statements.show_statement(db, officer, asked)
        assert (one.state, one.fields, one.by) == ("over", {}, "")
        # What waits for the office is the office's to decide.
        assert need_statements.show_statement(db, officer, waits).by == SAID.by
    acts: dict[str, dict[str, str]] = {"accept": {}, "refuse": {"reason": "So."}, "ask_back": {"question": "So?"}}
    for act, words in acts.items():
        with pytest.raises(Refused) as refused, transaction(engine) as db:
            getattr(need_statements, act)(db, officer, asked, request=new_request(), **words)
        assert refused.value.reasons == [reasons.catalogue.STATEMENT_DECIDED]
    assert list(verify_all(engine)) == []


def test_what_the_office_decides_meanwhile_is_not_forgotten(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = world.actor(db, "officer")
    id, _, _ = sent(db, world)
    need_statements.ask_back(db, officer, id, question="So?", request=new_request())
    over(db)

    def wait(db: Connection, programme: str) -> bool:
        need_statements.ask_back(db, officer, id, question="And so?", request=new_request())
        return try_lock(db, programme)

    monkeypatch.setattr(links, "try_lock", wait)
    assert links.forget_statements(db) == 0
    assert need_statements.show_statement(db, officer, id).by == SAID.by


def test_where_a_need_that_is_taken_back_was_mailed_is_forgotten_and_nothing_goes_there(
    world: World, db: Connection
) -> None:
    id, token, opened = sent(db, world)
    db.execute(text("UPDATE office_link_secrets SET address = 'zhou@campus.example'"))
    office_links.tell(db, STATEMENT, id)
    links.withdraw_statement(db, token, opened)
    mails = text("SELECT state FROM mails WHERE office_link_id = CAST(:id AS uuid)")
    assert (stored(db, "address"), list(db.execute(mails, {"id": id}).scalars())) == ([None], ["cancelled"])


def test_wrong_figures_are_said_at_their_cells(world: World, db: Connection) -> None:
    _, token = invited(db, world)
    opened = office_links.open_link(db, STATEMENT, token)
    wrong = Said(fields={"title": "x", "figures": [{"parameter": "NOx", "target": "30"}]}, by="Zhou", position="")
    with pytest.raises(InvalidForm) as refused:
        links.send_statement(db, token, opened, wrong)
    assert list(refused.value.fields) == ["figures.0.comparison"]


def test_a_link_that_is_over_opens_nothing_and_is_forgotten(world: World, db: Connection) -> None:
    _, token = invited(db, world, address="zhou@campus.example")
    (secret,) = stored(db, "id")
    assert office_links.forget_over(db, OFFICE_LINKS) == 0
    db.execute(text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'"))
    assert office_links.forget_over(db, OFFICE_LINKS) == 1
    assert (stored(db, "address"), stored(db, "id")) == ([None], [secret])
    with pytest.raises(NotFound):
        office_links.open_link(db, STATEMENT, token)
    (listed,) = need_statements.list_statements(db, world.actor(db, "officer")).items
    assert listed.state == "over"


def test_what_waits_for_the_office_keeps_its_address_though_the_link_is_over(world: World, db: Connection) -> None:
    id, _, _ = sent(db, world)
    db.execute(text("UPDATE office_link_secrets SET address = 'zhou@campus.example'"))
    ended = text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'")
    db.execute(ended)
    assert office_links.forget_over(db, OFFICE_LINKS) == 0
    need_statements.ask_back(db, world.actor(db, "officer"), id, question="So?", request=new_request())
    mails = text("SELECT count(*) FROM mails WHERE office_link_id = CAST(:id AS uuid) AND state = 'queued'")
    assert (stored(db, "address"), db.execute(mails, {"id": id}).scalar_one()) == (["zhou@campus.example"], 1)
    # Until the time is over that asking back has given.
    assert office_links.forget_over(db, OFFICE_LINKS) == 0
    db.execute(ended)
    assert office_links.forget_over(db, OFFICE_LINKS) == 1
    assert stored(db, "address") == [None]


def test_where_a_need_was_mailed_is_kept_as_long_as_it_is_in_use(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    needs = []
    for _ in range(3):
        id, _, _ = sent(db, world)
        needs.append(str(need_statements.accept(db, officer, id, request=new_request()).answer["need"]))
    db.execute(text("UPDATE office_link_secrets SET address = 'zhou@campus.example'"))
    over(db)
    assert office_links.forget_over(db, OFFICE_LINKS) == 0
    used_no_more, anothers, _ = needs
    end_record(db, officer, "need", used_no_more, status="withdrawn", reason="So.", request=new_request())
    assert office_links.forget_over(db, OFFICE_LINKS) == 1
    other = world.organisations["technology_owner"]
    set_owner(db, officer, "need", anothers, organisation=other, reason="So.", request=new_request())
    assert office_links.forget_over(db, OFFICE_LINKS) == 1
    assert stored(db, "address") == [None, None, "zhou@campus.example"]
    db.execute(text("UPDATE needs SET status = 'met' WHERE id = CAST(:id AS uuid)"), {"id": needs[2]})
    assert office_links.forget_over(db, OFFICE_LINKS) == 1


def test_nothing_is_kept_of_what_was_taken_back_meanwhile(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = invited(db, world)
    opened = office_links.open_link(db, STATEMENT, token)
    real = office_links.insist_here

    def late(found: Any) -> Any:
        db.execute(text("UPDATE need_statements SET state = 'withdrawn'"))
        return real(found)

    monkeypatch.setattr(office_links, "insist_here", late)
    with pytest.raises(NotFound):
        office_links.keep_typed(db, STATEMENT, token, opened, {"f-title": ["x"]})


def test_who_waited_for_the_programmes_turn_sends_only_while_the_link_runs(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = invited(db, world)
    opened = office_links.open_link(db, STATEMENT, token)

    def wait(db: Connection, programme: str) -> None:
        lock_log(db, programme)
        db.execute(text("UPDATE office_link_secrets SET until = casework_now()"))

    monkeypatch.setattr(office_links, "lock_log", wait)
    with pytest.raises(NotFound):
        links.send_statement(db, token, opened, SAID)
