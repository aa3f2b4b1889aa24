"""To whom a linked case does not exist, nothing that is taken out tells its number: no file, no certificate, no export of how cases ran."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from casework.errors import NotFound
from casework.operations.cases.case_links import end_case_link, link_cases
from casework.operations.core.perform import home_of
from casework.operations.documents.key_material import document_store_of
from casework.operations.mediations.emergency_access import break_glass
from casework.operations.oversight.event_files import ENDINGS, make_event_file
from casework.operations.oversight.process import ONE_CASE
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.certificates import show_choice
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.world import World, new_request


def play(world: World, engine: Engine) -> tuple[str, str]:
    """A case that was linked, and once more after that had ended; and the other case."""
    with transaction(engine) as db:
        one, other = world.new_case(db), world.new_case(db)
    for again in (False, True):
        with transaction(engine) as db:
            actor = world.actor(db, "officer")
            link_cases(db, actor, one, other=other, kind="parent", revision=None, request=new_request())
            (link,) = load(db, home_of(db, one), "case").related
            if not again:
                end_case_link(db, actor, one, link, reason="Mixed up.", revision=None, request=new_request())
    return one, other


def test_what_was_opened_in_an_emergency_is_read_and_not_taken_out(
    world: World, engine: Engine, settings: Settings
) -> None:
    """Whether it is linked or not: else the refusal would tell."""
    one, _ = play(world, engine)
    store = document_store_of(engine, settings)
    with transaction(engine) as db:
        for number in (one, world.new_case(db)):
            breaking = world.actor(db, "administrator")
            break_glass(db, breaking, number, reason="A search for a lost file.", request=new_request())
            reader, auditor = world.actor(db, "administrator"), world.actor(db, "auditor")
            last = load(db, home_of(db, number), "case").seq - 1
            with pytest.raises(NotFound):
                make_case_file(db, reader, store, number, "/cases/x/file")
            with pytest.raises(NotFound):
                show_choice(db, reader, number, last)
            assert b"".join(make_case_file(db, auditor, store, number, "/cases/x/file").pieces())
            assert show_choice(db, auditor, number, last).number == number


@pytest.mark.parametrize("form", sorted(ENDINGS))
@pytest.mark.parametrize("who", ["supervisor", "manager", "auditor"])
def test_how_one_case_ran_names_no_other(world: World, engine: Engine, form: str, who: str) -> None:
    one, other = play(world, engine)
    with transaction(engine) as db:
        reader = world.actor(db, who)
        alone, whole = (
            b"".join(make_event_file(db, reader, form, chosen=chosen).content.pieces())
            for chosen in ({ONE_CASE: one}, {})
        )
        ids = [home_of(db, other).encode(), other.encode()]
    assert one.encode() in alone
    assert b"cases_linked" in alone
    assert b"cases_unlinked" in alone
    assert [id for id in ids if id in alone] == []
    assert other.encode() in whole
