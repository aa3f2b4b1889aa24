"""A match stands on the shortlist of its need, or not; whatever is over stands on none."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.errors import NotAllowed, Refused
from casework.operations.catalogue.match_changes import expire_match
from casework.operations.catalogue.matches import judge_match, show_match
from casework.operations.matching.shortlist import set_shortlisted
from tests.support.world import World, new_request


def test_a_match_is_put_on_and_taken_off_by_officers_alone(world: World, db: Connection) -> None:
    officer, match = world.actor(db, "officer"), world.matches[0]
    for on in (True, True, False):
        set_shortlisted(db, officer, match, on=on, request=new_request())
        assert (show_match(db, officer, match).shortlisted_at is not None) is on
    with pytest.raises(NotAllowed):
        set_shortlisted(db, world.actor(db, "auditor"), match, on=True, request=new_request())


def test_what_is_refused_or_has_expired_stands_on_no_shortlist(world: World, db: Connection) -> None:
    officer, match = world.actor(db, "officer"), world.matches[0]
    set_shortlisted(db, officer, match, on=True, request=new_request())
    judge_match(db, officer, match, refused=True, code="other", reason="No.", request=new_request())
    assert show_match(db, officer, match).shortlisted_at is None
    with pytest.raises(Refused) as refused:
        set_shortlisted(db, officer, match, on=True, request=new_request())
    assert refused.value.reasons == [reasons.catalogue.MATCH_REFUSED]
    judge_match(db, officer, match, refused=False, reason="Yes.", request=new_request())
    set_shortlisted(db, officer, match, on=True, request=new_request())
    expire_match(db, officer, match, reason="Gone.", request=new_request())
    assert show_match(db, officer, match).shortlisted_at is None
