"""One-time links: who gives one for what, what it may show, how it ends, and what could not have been."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.definitions import load_library
from casework.engine.case_objects.party_links import (
    DAYS,
    LEAST_DAYS,
    MOST_DAYS,
    asked_fields,
    days_for,
    given_against,
    is_open,
    may_give,
    may_show,
    parties_of,
    refusal,
    standing,
    used_against,
)
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import RevokeLink
from casework.engine.parts import MAIN
from casework.engine.roles import Role
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import LINK_GIVEN, LINK_REVOKED, Event
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from tests.engine.asked import BOILERS, answer, asked, give, paper
from tests.engine.toys import COMPLIANCE, DAY, OFFICER, PROVIDER, SUPERVISOR, Play


def test_a_link_is_for_one_task_and_one_party_until_a_moment() -> None:
    play = asked()
    link = give(play)
    assert (link.task, link.party, link.organisation, link.given_by) == (
        play.task("ask").id,
        "need_owner",
        "n",
        "officer-1",
    )
    assert link.until == play.events[-1].at + timedelta(days=14)
    assert play.events[-1].kind == LINK_GIVEN
    assert play.folded() == play.case


@pytest.mark.parametrize(
    ("by", "may"), [(OFFICER, True), (SUPERVISOR, True), (COMPLIANCE, False), (PROVIDER, False), (BOILERS, False)]
)
def test_whoever_does_the_task_or_leads_its_queue_gives_links(by: By, may: bool) -> None:
    play = asked()
    assert may_give(play.case, play.task("ask"), by) is may
    if may:
        give(play, by)
    else:
        with pytest.raises(NotAllowed):
            give(play, by)


def test_a_new_one_takes_the_place_of_the_one_before() -> None:
    play = asked()
    first, second = give(play), give(play)
    assert [link.state for link in play.case.party_links.values()] == ["revoked", "open"]
    give(play, party="technology_owner")
    assert [link.state for link in play.case.party_links.values()] == ["revoked", "open", "open"]
    assert is_open(play.case, play.case.party_links[second.id], play.now)
    assert not is_open(play.case, play.case.party_links[first.id], play.now)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"party": "both"}, "party"),
        ({"language": "fr"}, "language"),
        ({"days": 0}, "days"),
        ({"days": MOST_DAYS + 1}, "days"),
        ({"documents": ("nothing",)}, "documents"),
        ({"providers": tuple(map(str, range(51)))}, "providers"),
    ],
)
def test_what_is_no_link_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        give(asked(), **wrong)
    assert list(refused.value.fields) == [field]


def test_it_shows_the_partys_own_and_the_offices_own_and_no_other_ones() -> None:
    play = asked()
    mine, office = paper(play), paper(play, None, own=True)
    theirs, of_both = paper(play, "technology_owner"), paper(play, None)
    shown = may_show(play.case, "need_owner", play.task("ask"))
    assert shown == {mine, office}
    for other in (theirs, of_both):
        with pytest.raises(InvalidForm):
            give(play, documents=(other,))


def test_a_task_that_is_about_a_party_asks_no_other_one() -> None:
    play = asked()
    task = play.task("ask")
    assert parties_of(play.case, task) == ("need_owner", "technology_owner")
    assert parties_of(play.case, replace(task, about="technology_owner")) == ("technology_owner",)


def test_a_condition_that_every_offered_answer_meets_is_not_told_to_a_party() -> None:
    edition = load_library().playing(MAIN)
    assert edition is not None
    rule = next(rule for rule in edition.tasks.values() if rule.name == "follow_up")
    conditions = {field["name"]: field.get("when") for field in edition.form(rule.form)}
    assert (conditions["effect"] or ("",))[0] == "running"
    told = {field["name"]: field.get("when") for field in asked_fields(edition, rule)}
    assert (told["effect"], told["further_sites"]) == (None, None)
    # What only one of the answers asks for stays apart.
    consent = next(rule for rule in edition.tasks.values() if rule.name == "record_consent")
    assert any(field.get("when") for field in asked_fields(edition, consent))


@pytest.mark.parametrize("task", ["office", "listed"])
def test_what_the_office_alone_answers_or_must_prepare_has_no_link(task: str) -> None:
    play = asked(task)
    with pytest.raises(WrongState):
        give(play, task=task)


def test_while_a_stop_is_decided_nothing_goes_out() -> None:
    play = asked()
    play._case = replace(play.case, frozen=True)
    with pytest.raises(WrongState):
        give(play)
    assert refusal(play.case, play.library[play.case.main.edition], play.task("ask")) is not None


def test_it_is_withdrawn_once_and_not_after_it_was_used() -> None:
    play = asked()
    link = give(play)
    with pytest.raises(NotAllowed):
        play.do(RevokeLink(link.id), COMPLIANCE)
    (event,) = play.do(RevokeLink(link.id))
    assert event.kind == LINK_REVOKED
    assert standing(play.case, play.case.party_links[link.id], play.now) == "revoked"
    with pytest.raises(WrongState):
        play.do(RevokeLink(link.id))
    again = give(play)
    answer(play, again)
    with pytest.raises(WrongState):
        play.do(RevokeLink(again.id))
    with pytest.raises(NotFound):
        play.do(RevokeLink("nothing"))


def test_it_is_over_by_its_day_and_with_its_task() -> None:
    play = asked()
    link = give(play)
    assert standing(play.case, link, play.now) == "open"
    assert standing(play.case, link, link.until) == "over"
    done = replace(play.case, tasks={id: replace(task, state="Completed") for id, task in play.case.tasks.items()})
    assert standing(done, link, play.now) == "over"


# --- judged again ----------------------------------------------------------------------------------------------------


def forge(play: Play, event: Event, **change: Any) -> Event:
    (link,) = event.effects["links"]
    return saying(event, links=[link | change])


def saying(event: Event, **effects: Any) -> Event:
    """An event that says something else."""
    return replace(event, effects=cast(Effects, event.effects | effects))


def test_a_link_that_was_given_so_is_not_blamed_and_a_forged_one_is() -> None:
    play = asked()
    theirs = paper(play, "technology_owner")
    before = play.case
    give(play)
    event, edition = play.events[-1], play.library[before.main.edition]
    assert list(given_against(edition, before, event, OFFICER)) == []
    forgeries = [
        forge(play, event, party="technology_owner"),
        forge(play, event, organisation="t"),
        forge(play, event, documents=[theirs]),
        forge(play, event, until="2099-01-01T00:00:00.000000Z"),
        forge(play, event, until="2020-01-01T00:00:00.000000Z"),
        forge(play, event, task="another"),
        saying(event, links=[]),
        saying(event, link_states=[{"id": "nothing", "state": "revoked"}]),
        saying(event, owner="somebody"),
    ]
    for forged in forgeries:
        assert list(given_against(edition, before, forged, OFFICER)), forged
    assert list(given_against(edition, before, event, By("c", Role.COMPLIANCE)))
    assert list(given_against(edition, replace(before, frozen=True), event, OFFICER))


def test_a_withdrawal_of_something_else_is_blamed() -> None:
    play = asked()
    link = give(play)
    before = play.case
    (event,) = play.do(RevokeLink(link.id))
    edition = play.library[before.main.edition]
    assert list(given_against(edition, before, event, OFFICER)) == []
    assert list(given_against(edition, play.case, event, OFFICER))
    used = saying(event, link_states=[{"id": link.id, "state": "used"}])
    assert list(given_against(edition, before, used, OFFICER))


def test_an_answer_without_a_link_of_that_task_and_party_is_blamed() -> None:
    play = asked()
    link = give(play)
    before, edition = play.case, play.library[play.case.main.edition]
    (event,) = answer(play, link)

    def against(case: Any = before, one: Event = event) -> list[str]:
        return list(used_against(edition, case, one, [{}]))

    assert against() == []
    later = replace(event, at=link.until)
    assert against(one=later)
    assert against(play.case)
    assert against(replace(before, party_links={}))
    assert against(one=replace(event, organisation="t"))
    assert against(one=replace(event, acting_for="somebody"))
    assert against(one=saying(event, task="another"))
    assert against(one=saying(event, link_states=[]))
    assert list(used_against(edition, before, event, [{"shown": ["a paper that was not shown"]}]))
    assert list(used_against(edition, before, event, [{"said": "nothing"}])) == [
        "the party answers what the office alone can say"
    ]
    assert list(used_against(edition, before, event, [{"said": "much"}])) == []
    assert list(used_against(None, before, event, []))
    assert event.at < link.until + DAY


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(-200, 200))
def test_a_link_is_offered_for_no_longer_than_its_task_has(today: date, left: int) -> None:
    days = days_for(today, today + timedelta(days=left))
    assert LEAST_DAYS <= days <= DAYS
    # A task that is due today, or was, is asked for all the same, and whoever is asked has some days.
    assert left < LEAST_DAYS or days <= left
    assert days_for(today, None) == DAYS
