"""What a person sees of a case: as much as the role lets, and what may be done with the case itself."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import NotFound
from casework.operations.cases.case_actions import register_document
from casework.operations.cases.queries import look_at_case, show_case, titles_of, what_next
from casework.operations.cases.views import CaseOutline, CasePart, WholeCase
from casework.operations.core.perform import home_of
from casework.operations.core.views import Named
from casework.records.case_loader import load
from tests.operations.cases.three_cases import play_three_cases
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=play_three_cases)


@pytest.fixture
def numbers(staged: tuple[str, str, str]) -> tuple[str, str, str]:
    return staged


@pytest.mark.parametrize(
    ("who", "kind"),
    [("officer", WholeCase), ("auditor", WholeCase), ("provider", CasePart), ("observer", CaseOutline)],
)
def test_a_case_is_shown_as_far_as_the_role_lets(
    db: Connection, world: World, numbers: tuple[str, str, str], who: str, kind: type
) -> None:
    shown = show_case(db, world.actor(db, who), numbers[0])
    assert type(shown) is kind
    assert shown.number == numbers[0]


def test_a_provider_sees_its_referral_and_its_own_tasks_alone(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    part = show_case(db, world.actor(db, "provider"), numbers[0])
    assert isinstance(part, CasePart)
    assert [(track.workflow, track.kind) for track in part.tracks] == [("referral", "assessment")]
    assert {task.organisation for task in part.tasks} == {world.organisations["lab"]}


def test_a_case_of_which_one_sees_nothing_is_not_there(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    for who, number in (("foreign_officer", numbers[0]), ("foreign_provider", numbers[0]), ("provider", numbers[1])):
        with pytest.raises(NotFound):
            show_case(db, world.actor(db, who), number)
    # To look clears a mark, and only whoever reads the whole has one.
    for who in ("provider", "observer"):
        with pytest.raises(NotFound):
            look_at_case(db, world.actor(db, who), numbers[0])


#: What the office may do with any case of its own.
OFFICE = ["add_rights", "register_document", "withdraw_consent", "link_case"]
CHIEF = ["add_rights", "remove_rights", "register_document", "withdraw_consent", "link_case", "move_case"]


@pytest.mark.parametrize(
    ("who", "owned", "fresh"),
    [
        ("officer", ["hand_over", *OFFICE], OFFICE),
        ("supervisor", ["hand_over", *CHIEF], CHIEF),
        ("compliance", ["register_document", "move_case"], ["register_document", "move_case"]),
        ("other_officer", [], OFFICE),
        ("auditor", [], []),
    ],
)
def test_what_one_may_do_with_the_case_itself_depends_on_whose_it_is(
    db: Connection, world: World, numbers: tuple[str, str, str], who: str, owned: list[str], fresh: list[str]
) -> None:
    assert world.read_case(db, numbers[0], who).case_actions == [*owned, "declare_interest"]
    assert world.read_case(db, numbers[2], who).case_actions == [*fresh, "declare_interest"]


def test_documents_are_called_as_they_were_entered(db: Connection, world: World, numbers: tuple[str, str, str]) -> None:
    number = numbers[0]
    ids = [
        str(
            register_document(
                db,
                world.actor(db, "officer"),
                number,
                title=title,
                kind="report",
                party=None,
                language=None,
                valid_until=None,
                revision=world.read_case(db, number).revision,
                request=new_request(),
            ).answer["id"]
        )
        for title in ("Test report", "Site plan")
    ]
    titles = dict(zip(ids, ("Test report", "Site plan"), strict=True))
    assert titles_of(db, load(db, home_of(db, number), "case")) == titles
    assert {one.id: one.title for one in world.read_case(db, number).documents} == titles


def test_what_comes_next_is_told_to_those_who_see_the_case(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    told = what_next(db, world.actor(db, "officer"), numbers[0])
    assert told.next_action
    assert told.next_action.queue == "officer"
    assert [wait.for_.name for wait in told.waits_for if isinstance(wait.for_, Named)] == ["Haidian Assessment Lab"]
    for name in ("observer", "provider", "foreign_officer"):
        with pytest.raises(NotFound):
            what_next(db, world.actor(db, name), numbers[0])
