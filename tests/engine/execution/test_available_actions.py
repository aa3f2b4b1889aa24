"""What is offered to whom, and of everything else why not."""

from __future__ import annotations

from tests.engine.toys import OFFICER, PROVIDER, Play


def test_every_action_that_leads_out_of_here_is_offered_or_says_why_not(play: Play) -> None:
    found = {one.transition: one.allowed for one in play.offers(OFFICER)}
    assert found["go"]
    assert not found["stop"]
    assert "back" not in found
    assert "resume_due" not in found
    for one in play.offers(PROVIDER):
        assert one.why_not
