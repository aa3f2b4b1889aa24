"""Documents are shared with a provider under the consents of those whom they concern, and no longer."""

from __future__ import annotations

from tests.engine.toy_case import accept, paper
from tests.engine.toys import Play


def test_accepting_shares_under_the_consent_that_covers_it(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    report = paper(play)
    accept(play, report)
    (grant,) = play.case.grants.values()
    (consent,) = play.case.consents.values()
    assert (grant.document, grant.consents, grant.ended_at) == (report, (consent.id,), None)


def test_grants_end_with_the_referral(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    accept(play, paper(play))
    play.fire("cancel", on=play.track("referral"))
    assert all(grant.ended_at for grant in play.case.grants.values())
