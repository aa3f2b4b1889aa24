"""Views of lists that a person has given a name: one's own, and those that an office shares."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import Event

import pytest
from sqlalchemy import Connection, Engine

from casework import reasons
from casework.errors import InvalidForm, NotFound, Refused
from casework.operations.cases.saved_views import (
    MOST,
    MOST_SHARED,
    change_view,
    drop_view,
    find_view,
    list_views,
    read_query,
    save_view,
    shares_with,
)
from casework.records.database import transaction
from tests.support.world import World, new_request


def test_a_view_is_kept_under_its_name_for_one_person(db: Connection, world: World) -> None:
    actor = world.actor(db, "officer")
    save_view(db, actor, "cases", name=" My  late ones ", query="overdue=yes&sort=due", request=new_request())
    kept = list_views(db, actor, "cases")
    assert [(one.name, one.query) for one in kept] == [("My late ones", "overdue=yes&sort=due")]
    assert list_views(db, world.actor(db, "other_officer"), "cases") == []
    with pytest.raises(NotFound):
        drop_view(db, world.actor(db, "other_officer"), kept[0].id, new_request())
    assert drop_view(db, actor, kept[0].id, new_request()).answer["page"] == "cases"
    assert list_views(db, actor, "cases") == []


@pytest.mark.parametrize("query", ["q=%00", "q=heat&%00=x", "q=sealed%3A1%3Ax"])
def test_what_a_view_asks_for_can_be_stored(db: Connection, world: World, query: str) -> None:
    officer = world.actor(db, "officer")
    with pytest.raises(InvalidForm) as refused:
        save_view(db, officer, "technologies", name="Mine", query=query, request=new_request())
    assert refused.value.fields == {"query": reasons.fields.UNSTORABLE}
    assert list_views(db, officer, "technologies") == []


def test_of_a_word_that_a_view_says_twice_the_first_counts() -> None:
    assert read_query("as_of=2026-02-01&sector=steel&as_of=2026-01-01") == {"as_of": "2026-02-01", "sector": "steel"}


def test_a_view_is_replaced_only_where_that_is_wanted_and_stays_shared(db: Connection, world: World) -> None:
    officer, here = world.actor(db, "officer"), world.programmes["BJ"]
    first = save_view(db, officer, "cases", name="Late", query="overdue=yes", request=new_request()).answer
    assert first["shared_with"] is None
    change_view(db, officer, str(first["id"]), name="Late", shared_with=here, request=new_request())
    with pytest.raises(InvalidForm) as refused:
        save_view(db, officer, "cases", name=" Late", query="state=triage", request=new_request())
    assert refused.value.fields == {"name": reasons.cases.VIEW_NAMED_SO(name="Late")}
    assert [one.query for one in list_views(db, officer, "cases")] == ["overdue=yes"]
    # What is the same already, or of another list or person, is in nobody's way.
    save_view(db, officer, "cases", name="Late", query="overdue=yes", request=new_request())
    save_view(db, officer, "queues", name="Late", query="queue=officer", request=new_request())
    save_view(db, world.actor(db, "supervisor"), "cases", name="Late", query="sort=due", request=new_request())
    done = save_view(db, officer, "cases", name="Late", query="state=triage", request=new_request(), replace=True)
    assert done.answer == {"id": first["id"], "query": "state=triage", "shared_with": here}
    assert [(one.query, one.shared_with) for one in list_views(db, officer, "cases")] == [("state=triage", here)]


def test_a_person_keeps_so_many_views_and_may_still_replace_one(db: Connection, world: World) -> None:
    officer = world.actor(db, "officer")
    for n in range(MOST):
        save_view(db, officer, "cases", name=f"No {n}", query="", request=new_request())
    with pytest.raises(Refused) as refused:
        save_view(db, officer, "cases", name="One more", query="", request=new_request())
    assert refused.value.reasons == [reasons.cases.TOO_MANY_VIEWS]
    save_view(db, officer, "cases", name="No 0", query="sort=due", request=new_request(), replace=True)
    assert len(list_views(db, officer, "cases")) == MOST


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x00b"])
def test_a_view_needs_a_name(db: Connection, world: World, name: str) -> None:
    with pytest.raises(InvalidForm):
        save_view(db, world.actor(db, "officer"), "cases", name=name, query="", request=new_request())


def test_a_view_is_shared_with_the_office_of_a_programme_and_with_nobody_else(db: Connection, world: World) -> None:
    officer, here = world.actor(db, "officer"), world.programmes["BJ"]
    id = str(save_view(db, officer, "cases", name="Late", query="overdue=yes", request=new_request()).answer["id"])
    change_view(db, officer, id, name="Late ones", shared_with=here, request=new_request())
    assert find_view(db, officer, id)[1].shared_with == here
    for who in ("supervisor", "other_officer", "compliance", "manager", "auditor"):
        (shared,) = list_views(db, world.actor(db, who), "cases")
        assert (shared.name, shared.query) == ("Late ones", "overdue=yes")
        assert shared.owner is not None
        assert shared.owner.id == officer.person
        with pytest.raises(NotFound):
            find_view(db, world.actor(db, who), id)
        with pytest.raises(NotFound):
            change_view(db, world.actor(db, who), id, name="Mine", shared_with=None, request=new_request())
    for who in ("observer", "dispute_officer", "provider", "administrator", "foreign_officer"):
        assert list_views(db, world.actor(db, who), "cases") == []
        assert shares_with(world.actor(db, who), "cases") == (
            [world.programmes["SH"]] if who == "foreign_officer" else []
        )
    change_view(db, officer, id, name="Late ones", shared_with=None, request=new_request())
    assert list_views(db, world.actor(db, "supervisor"), "cases") == []


def test_two_views_of_a_list_have_two_names(db: Connection, world: World) -> None:
    officer = world.actor(db, "officer")
    one, _ = (
        str(save_view(db, officer, "cases", name=name, query="", request=new_request()).answer["id"])
        for name in ("A", "B")
    )
    with pytest.raises(InvalidForm) as refused:
        change_view(db, officer, one, name="B", shared_with=None, request=new_request())
    assert refused.value.fields == {"name": reasons.cases.VIEW_NAMED_SO(name="B")}
    change_view(db, officer, one, name="A", shared_with=None, request=new_request())
    assert [view.name for view in list_views(db, officer, "cases")] == ["A", "B"]


def test_views_stand_in_an_order_that_does_not_depend_on_when_they_were_saved(db: Connection, world: World) -> None:
    officer, other, here = world.actor(db, "officer"), world.actor(db, "other_officer"), world.programmes["BJ"]
    for actor, name in ((other, "b"), (officer, "C"), (other, "A"), (officer, "d")):
        answer = save_view(db, actor, "cases", name=name, query="", request=new_request()).answer
        change_view(db, actor, str(answer["id"]), name=name, shared_with=here, request=new_request())
    assert [one.name for one in list_views(db, officer, "cases")] == ["C", "d", "A", "b"]
    assert [one.name for one in list_views(db, world.actor(db, "manager"), "cases")] == ["A", "b", "C", "d"]


def test_an_office_shares_no_more_views_than_everybody_is_shown(db: Connection, world: World) -> None:
    """None is left out silently: the one too many is refused, with how many there are."""
    here = world.programmes["BJ"]

    def share(who: str, name: str, page: str = "cases") -> str:
        actor = world.actor(db, who)
        id = str(save_view(db, actor, page, name=name, query="", request=new_request()).answer["id"])
        change_view(db, actor, id, name=name, shared_with=here, request=new_request())
        return id

    shared = [share(who, f"{who} {n}") for who, n in product(("officer", "supervisor"), range(MOST_SHARED // 2))]
    assert len(list_views(db, world.actor(db, "manager"), "cases")) == MOST_SHARED
    with pytest.raises(InvalidForm) as refused:
        share("supervisor", "One more")
    assert refused.value.fields == {"shared_with": reasons.cases.TOO_MANY_SHARED(most=MOST_SHARED)}
    # Of another list, or renamed, it is none more.
    share("supervisor", "One more", "queues")
    change_view(db, world.actor(db, "officer"), shared[0], name="Else", shared_with=here, request=new_request())
    drop_view(db, world.actor(db, "officer"), shared[0], new_request())
    share("officer", "Again")
    assert len(list_views(db, world.actor(db, "manager"), "cases")) == MOST_SHARED


def test_two_windows_that_want_one_name_end_with_two_names(engine: Engine, world: World) -> None:
    """The second waits for the first, and reads what views are called behind it: it is refused, and fails with nothing else."""
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        a, b = (
            str(save_view(db, officer, "cases", name=name, query="", request=new_request()).answer["id"])
            for name in "AB"
        )
    begun = Event()

    def second() -> str:
        with transaction(engine) as db:
            actor = world.actor(db, "officer")
            begun.set()
            with pytest.raises(InvalidForm) as refused:
                change_view(db, actor, a, name="A", shared_with=None, request=new_request())
        return str(refused.value.fields["name"])

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as db:
            # A becomes C and B becomes A, while the other window still calls the first one A.
            change_view(db, officer, a, name="C", shared_with=None, request=new_request())
            change_view(db, officer, b, name="A", shared_with=None, request=new_request())
            waits = pool.submit(second)
            begun.wait(10)
            with pytest.raises(TimeoutError):
                waits.result(0.5)
        assert waits.result(10) == str(reasons.cases.VIEW_NAMED_SO(name="A"))
    with transaction(engine) as db:
        assert [one.name for one in list_views(db, world.actor(db, "officer"), "cases")] == ["A", "C"]
