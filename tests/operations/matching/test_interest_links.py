"""Behind its link a side says once what it thinks of each match, and learns nothing but what was fixed when it was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.parties import PARTIES
from casework.errors import InvalidForm, NotFound
from casework.operations.cases.opening import open_case
from casework.operations.catalogue.matches import judge_match
from casework.operations.links import office_links
from casework.operations.matching import interest_links as links
from casework.operations.matching.interest import show_interest
from casework.operations.matching.interest_links import Says
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.shortlist import set_shortlisted
from casework.operations.people.letterheads import set_letterhead
from casework.records.event_log import lock_log
from tests.operations.matching.test_interest import asked, publish
from tests.support.world import World, new_request

YES = Says(says="yes")


def test_nothing_is_told_to_a_browser_that_has_not_opened_the_link(world: World, db: Connection) -> None:
    _, token = asked(db, world)
    assert office_links.language_of(db, INTEREST, token)[:2] == (True, "zh-Hans")
    opened = office_links.open_link(db, INTEREST, token)
    shown = links.show_interest_of(db, token, opened)
    assert (shown.state, shown.side, len(shown.matches)) == ("open", "need_owner", 1)
    tries: tuple[Callable[[str, str], object], ...] = (
        lambda token, opened: links.show_interest_of(db, token, opened),
        lambda token, opened: office_links.keep_typed(db, INTEREST, token, opened, {"f-by": ["x"]}),
        lambda token, opened: links.send_interest(db, token, opened, {world.matches[0]: YES}, by="x"),
    )
    for given in ((token, ""), (token, "another"), ("another", opened), ("", "")):
        for one in tries:
            with pytest.raises(NotFound):
                one(*given)


def test_what_is_typed_is_kept_for_the_side_alone_until_it_is_sent(world: World, db: Connection) -> None:
    id, token = asked(db, world)
    opened = office_links.open_link(db, INTEREST, token)
    office_links.keep_typed(db, INTEREST, token, opened, {"f-words_0": ["半句话"]})
    assert links.show_interest_of(db, token, opened).typed == {"f-words_0": ["半句话"]}
    assert show_interest(db, world.actor(db, "officer"), id).answers == []
    links.send_interest(db, token, opened, {world.matches[0]: YES}, by="周敏")
    shown = links.show_interest_of(db, token, opened)
    assert show_interest(db, world.actor(db, "officer"), id).address is None
    # Whoever finds the link later reads nothing of what was asked or said.
    assert (shown.state, shown.typed, shown.matches, shown.message, shown.need) == ("answered", {}, [], "", {})
    with pytest.raises(NotFound):
        office_links.keep_typed(db, INTEREST, token, opened, {})
    with pytest.raises(NotFound):
        links.send_interest(db, token, opened, {}, by="x")


@pytest.mark.parametrize(
    ("says", "field"),
    [
        (Says(says="perhaps"), "says"),
        (Says(says="no"), "why"),
        (Says(says="no", why="rights_unclear"), "why"),
        (Says(says="question"), "words"),
    ],
)
def test_of_each_match_something_is_said(world: World, db: Connection, says: Says, field: str) -> None:
    _, token = asked(db, world)
    opened = office_links.open_link(db, INTEREST, token)
    match = world.matches[0]
    with pytest.raises(InvalidForm) as wrong:
        links.send_interest(db, token, opened, {match: says}, by="x")
    assert list(wrong.value.fields) == [f"{match}.{field}"]
    for other in ({}, {match: YES, world.technologies[0]: YES}):
        with pytest.raises(InvalidForm):
            links.send_interest(db, token, opened, other, by="x")


def test_a_link_that_is_over_opens_nothing(world: World, db: Connection) -> None:
    id, token = asked(db, world)
    opened = office_links.open_link(db, INTEREST, token)
    db.execute(text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'"))
    assert office_links.language_of(db, INTEREST, token)[0] is False
    with pytest.raises(NotFound):
        office_links.open_link(db, INTEREST, token)
    with pytest.raises(NotFound):
        links.show_interest_of(db, token, opened)
    assert show_interest(db, world.actor(db, "officer"), id).state == "over"


def refuse(db: Connection, world: World) -> None:
    judge_match(
        db,
        world.actor(db, "officer"),
        world.matches[0],
        refused=True,
        code="other",
        reason="No.",
        request=new_request(),
    )


def take_off(db: Connection, world: World) -> None:
    set_shortlisted(db, world.actor(db, "officer"), world.matches[0], on=False, request=new_request())


def begin(db: Connection, world: World) -> None:
    open_case(db, world.actor(db, "officer"), world.matches[0], new_request())


def withdraw_need(db: Connection, _: World) -> None:
    db.execute(text("UPDATE needs SET status = 'withdrawn'"))


@pytest.mark.parametrize("decide", [refuse, take_off, begin, withdraw_need])
def test_once_all_that_is_asked_about_is_decided_the_link_is_over(
    world: World, db: Connection, decide: Callable[[Connection, World], None]
) -> None:
    _, token = asked(db, world)
    opened = office_links.open_link(db, INTEREST, token)
    decide(db, world)
    shown = links.show_interest_of(db, token, opened)
    assert (shown.state, shown.matches, shown.message, shown.need) == ("withdrawn", [], "", {})
    with pytest.raises(NotFound):
        office_links.keep_typed(db, INTEREST, token, opened, {"f-by": ["x"]})
    with pytest.raises(NotFound):
        links.send_interest(db, token, opened, {world.matches[0]: YES}, by="x")


def test_of_a_need_that_was_closed_since_the_owner_reads_the_officers_words_alone(world: World, db: Connection) -> None:
    publish(db, world, "public")
    tokens = {side: asked(db, world, side=side, need_words="Heat.")[1] for side in PARTIES}
    publish(db, world, "closed")
    needs = {
        side: links.show_interest_of(db, one, office_links.open_link(db, INTEREST, one)).need
        for side, one in tokens.items()
    }
    assert needs["technology_owner"] == {"words": "Heat."}
    assert "title" in needs["need_owner"]


def test_of_a_need_that_is_shown_on_request_since_the_owner_reads_its_title_alone(world: World, db: Connection) -> None:
    publish(db, world, "public")
    _, token = asked(db, world, side="technology_owner", need_words="Heat.")
    opened = office_links.open_link(db, INTEREST, token)
    assert links.show_interest_of(db, token, opened).need["problem"] == "Heat is lost."
    publish(db, world, "on_request")
    need = links.show_interest_of(db, token, opened).need
    assert (set(need), bool(need["title"]), need["words"]) == ({"title", "title_zh", "words"}, True, "Heat.")


def restrict(db: Connection, level: str) -> None:
    statement = "UPDATE technologies SET publication = :level, description = 'Takes heat back.', developed_in = '{DE}'"
    db.execute(text(statement), {"level": level})


def shown(db: Connection, token: str) -> links.ShownInterest:
    return links.show_interest_of(db, token, office_links.open_link(db, INTEREST, token))


def test_of_a_technology_that_was_closed_since_nothing_is_told(world: World, db: Connection) -> None:
    restrict(db, "public")
    tokens = {side: asked(db, world, side=side, need_words="Heat.")[1] for side in PARTIES}
    opened = office_links.open_link(db, INTEREST, tokens["need_owner"])
    assert "Takes heat back." in str(links.show_interest_of(db, tokens["need_owner"], opened))
    restrict(db, "closed")
    told = links.show_interest_of(db, tokens["need_owner"], opened)
    assert (told.state, told.matches) == ("withdrawn", [])
    with pytest.raises(NotFound):
        links.send_interest(db, tokens["need_owner"], opened, {world.matches[0]: YES}, by="x")
    # An owner knows its own technology.
    assert shown(db, tokens["technology_owner"]).matches[0]["title"]
    restrict(db, "public")
    assert links.show_interest_of(db, tokens["need_owner"], opened).matches[0]["title"]


def test_of_a_technology_that_is_shown_on_request_since_its_outline_is_told(world: World, db: Connection) -> None:
    restrict(db, "public")
    _, token = asked(db, world)
    restrict(db, "on_request")
    (told,) = shown(db, token).matches
    assert (told["says"]["developed_in"], "description" in told["says"], bool(told["title"])) == (["DE"], False, True)


def test_what_an_officer_told_of_a_closed_technology_stays_told(world: World, db: Connection) -> None:
    restrict(db, "closed")
    _, token = asked(db, world)
    assert shown(db, token).matches[0]["says"]["description"] == "Takes heat back."


def test_nothing_is_kept_of_what_was_taken_back_meanwhile(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = asked(db, world)
    opened = office_links.open_link(db, INTEREST, token)
    real = office_links.insist_here

    def late(found: Any) -> Any:
        query = "UPDATE interest_requests SET state = 'withdrawn', ended_at = now(), withdrawn_by = asked_by"
        db.execute(text(query))
        return real(found)

    monkeypatch.setattr(office_links, "insist_here", late)
    with pytest.raises(NotFound):
        office_links.keep_typed(db, INTEREST, token, opened, {"f-by": ["x"]})


def test_who_waited_for_the_programmes_turn_answers_only_while_the_link_runs(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = asked(db, world)
    opened = office_links.open_link(db, INTEREST, token)

    def wait(db: Connection, programme: str) -> None:
        lock_log(db, programme)
        db.execute(text("UPDATE office_link_secrets SET until = casework_now()"))

    monkeypatch.setattr(office_links, "lock_log", wait)
    with pytest.raises(NotFound):
        links.send_interest(db, token, opened, {world.matches[0]: YES}, by="x")


def test_the_office_of_the_letters_asks_on_the_page(world: World, db: Connection) -> None:
    _, token = asked(db, world)
    set_letterhead(
        db,
        world.actor(db, "supervisor"),
        world.programmes["BJ"],
        fields={"office": "Green Office", "office_zh": "绿色办公室"},
        reason="It is called so.",
        request=new_request(),
    )
    shown = links.show_interest_of(db, token, office_links.open_link(db, INTEREST, token))
    assert (shown.office.name, shown.office.name_zh) == ("Green Office", "绿色办公室")
