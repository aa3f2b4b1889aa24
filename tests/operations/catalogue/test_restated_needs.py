"""What the record of a need is told of a question whether it still holds."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from casework.errors import RecordHasMoved
from casework.operations.catalogue import need_statements
from casework.operations.catalogue.kept_records import read_seq
from casework.operations.catalogue.need_renewal_links import show_renewal_of
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.catalogue.test_need_renewals import (
    answer,
    asked,
    kinds,
    on_record,
)
from tests.operations.catalogue.test_need_statements import SAID
from tests.support.world import World, new_request


def test_what_is_said_otherwise_an_officer_accepts_into_the_record_that_there_is(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, officer = on_record(db, world), world.actor(db, "officer")
        id, token, opened = asked(db, world, need)
        answer(db, token, opened, budget="8000000", problem=None, site="顺义", tried=None)
        one = need_statements.show_statement(db, officer, id)
        assert (one.state, one.fields) == (
            "submitted",
            {"budget": "8000000", "problem": None, "site": "顺义", "tried": None},
        )
        # Until when it holds counts at once, all else waits.
        record = show_record(db, officer, Need, need)
        assert record.valid_until == one.valid_until
        assert record.budget == "5000000"
        seq = read_seq(db, need)
    with pytest.raises(RecordHasMoved), transaction(engine) as db:
        need_statements.accept(db, officer, id, revision=seq - 1, request=new_request())
    with transaction(engine) as db:
        done = need_statements.accept(db, officer, id, seen=one.sent_at, revision=seq, request=new_request())
        assert done.answer["need"] == need
        record = show_record(db, officer, Need, need)
        assert (record.budget, record.problem, record.site, record.tried) == ("8000000", None, "顺义", None)
        assert record.provenance["budget"]["confirmed_by"] == officer.person
        # Each field has its own origin.
        assert record.provenance["site"]["at"] > record.provenance["title"]["at"]
        assert db.execute(text("SELECT count(*) FROM needs WHERE source = 'enterprise'")).scalar_one() == 1
        assert kinds(db, world, need) == ["recorded", "asked_whether", "restated", "corrected"]
        assert show_renewal_of(db, token, opened).state == "accepted"
        # The next time it is shown what it said last.
        _, token, opened = asked(db, world, need)
        stands = show_renewal_of(db, token, opened).stands.fields
        assert (stands["budget"], stands["site"], "tried" in stands) == ("8000000", "顺义", False)
    assert list(verify_all(engine)) == []


def test_it_is_asked_back_and_the_record_left_as_it_was(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, officer = on_record(db, world), world.actor(db, "officer")
        id, token, opened = asked(db, world, need)
        answer(db, token, opened, title="利用余热制冷")
        need_statements.ask_back(db, officer, id, question="多少兆瓦？", request=new_request())
        shown = show_renewal_of(db, token, opened)
        assert (shown.state, shown.question, shown.says.fields["title"]) == ("asked", "多少兆瓦？", "利用余热制冷")
        answer(db, token, opened, title="利用余热制冷八兆瓦")
        need_statements.refuse(db, officer, id, reason="不同的需求。", request=new_request())
        assert show_record(db, officer, Need, need).title == SAID.fields["title"]
        shown = show_renewal_of(db, token, opened)
        assert (shown.state, shown.reason) == ("refused", "不同的需求。")
        assert kinds(db, world, need)[1:] == ["asked_whether", "restated", "asked_back", "restated", "left_as_it_was"]
    assert list(verify_all(engine)) == []
