"""Behind its link a side says once what it thinks of each match, and learns nothing but what was fixed when it was asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotFound
from casework.operations.matching import interest_links as links
from casework.operations.matching.interest import show_interest
from casework.operations.matching.interest_links import Says
from tests.operations.matching.test_interest import asked
from tests.support.world import World

YES = Says(says="yes")


def test_nothing_is_told_to_a_browser_that_has_not_opened_the_link(world: World, db: Connection) -> None:
    _, token = asked(db, world)
    assert links.language_of(db, token) == (True, "zh-Hans")
    opened = links.open_interest(db, token)
    shown = links.show_interest_of(db, token, opened)
    assert (shown.state, shown.side, len(shown.matches)) == ("open", "need_owner", 1)
    tries: tuple[Callable[[str, str], object], ...] = (
        lambda token, opened: links.show_interest_of(db, token, opened),
        lambda token, opened: links.keep_typed(db, token, opened, {"f-by": ["x"]}),
        lambda token, opened: links.send_interest(db, token, opened, {world.matches[0]: YES}, by="x"),
    )
    for given in ((token, ""), (token, "another"), ("another", opened), ("", "")):
        for one in tries:
            with pytest.raises(NotFound):
                one(*given)


def test_what_is_typed_is_kept_for_the_side_alone_until_it_is_sent(world: World, db: Connection) -> None:
    id, token = asked(db, world)
    opened = links.open_interest(db, token)
    links.keep_typed(db, token, opened, {"f-words_0": ["半句话"]})
    assert links.show_interest_of(db, token, opened).typed == {"f-words_0": ["半句话"]}
    assert show_interest(db, world.actor(db, "officer"), id).answers == []
    links.send_interest(db, token, opened, {world.matches[0]: YES}, by="周敏")
    shown = links.show_interest_of(db, token, opened)
    assert show_interest(db, world.actor(db, "officer"), id).address is None
    # Whoever finds the link later reads nothing of what was asked or said.
    assert (shown.state, shown.typed, shown.matches, shown.message, shown.need) == ("answered", {}, [], "", {})
    with pytest.raises(NotFound):
        links.keep_typed(db, token, opened, {})
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
    opened = links.open_interest(db, token)
    match = world.matches[0]
    with pytest.raises(InvalidForm) as wrong:
        links.send_interest(db, token, opened, {match: says}, by="x")
    assert list(wrong.value.fields) == [f"{match}.{field}"]
    for other in ({}, {match: YES, world.technologies[0]: YES}):
        with pytest.raises(InvalidForm):
            links.send_interest(db, token, opened, other, by="x")


def test_a_link_that_is_over_opens_nothing(world: World, db: Connection) -> None:
    id, token = asked(db, world)
    opened = links.open_interest(db, token)
    db.execute(text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'"))
    assert links.language_of(db, token)[0] is False
    with pytest.raises(NotFound):
        links.open_interest(db, token)
    with pytest.raises(NotFound):
        links.show_interest_of(db, token, opened)
    assert show_interest(db, world.actor(db, "officer"), id).state == "over"
