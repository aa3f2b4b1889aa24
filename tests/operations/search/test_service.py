"""What is found: by whole beginnings of words, and by what a message says now."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.messages.service import correct_message
from casework.operations.people import registry
from casework.operations.search.service import search
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def number(staged: tuple[str, str]) -> str:
    return staged[0]


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("without steam", True),
        ("works hebei bj-", True),
        ("蒸汽", True),
        ("蒸汽 hebei", True),
        ("officer", True),
        ("team", False),
        ("eat pump", False),
        ("hebei nowhere", False),
        ("st.am", False),
        ("(steam", False),
        ("\\m", False),
    ],
)
def test_every_word_stands_somewhere_where_a_word_begins(
    engine: Engine, world: World, number: str, words: str, finds: bool
) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE needs SET title_zh = '无煤蒸汽'"))
    with transaction(engine) as db:
        found = search(db, world.actor(db, "officer"), words)
    assert (number in [one.number for one in found.cases]) is finds


def test_a_case_is_found_by_its_whole_number_first(engine: Engine, world: World, number: str) -> None:
    with transaction(engine) as db:
        newer = world.new_case(db)
        db.execute(text("UPDATE cases SET title = :title WHERE number = :newer"), {"title": number, "newer": newer})
        found = search(db, world.actor(db, "officer"), number.lower())
    assert [case.number for case in found.cases] == [number, newer]


def test_a_message_is_found_by_what_it_says_now(engine: Engine, world: World, number: str) -> None:
    def change(words: str | None) -> None:
        with transaction(engine) as db:
            case = load(db, home_of(db, number), "case")
            correct_message(
                db,
                world.actor(db, "officer"),
                case,
                audience="internal",
                referral=None,
                message=message,
                words=words,
                request=new_request(),
            )

    def found(words: str) -> int:
        with transaction(engine) as db:
            return len(search(db, world.actor(db, "officer"), words).messages)

    with transaction(engine) as db:
        message = world.write(db, "officer", load(db, home_of(db, number), "case"), words="They make bismuth.")
    assert found("bismuth") == 1
    change("They make bronze.")
    assert (found("bismuth"), found("bronze")) == (0, 1)
    change(None)
    assert found("bronze") == 0


def test_whose_name_it_is_comes_before_whose_name_only_holds_it(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        administrator = world.actor(db, "administrator")
        for n, name in enumerate(("Bo Anna Maria", "Anna", "Anna Zhou", "Zhou Anna")):
            registry.register_person(db, email=f"someone{n}@example.org", name=name)
        named = [one.name for one in search(db, administrator, "anna").people]
        assert named == ["Anna", "Anna Zhou", "Bo Anna Maria", "Zhou Anna"]
        assert next(iter(search(db, administrator, "someone2@example.org").people)).name == "Anna Zhou"
