"""Documents are shared with a provider under the consents of those whom they concern, and no longer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from casework.engine.execution.document_grants import end_grants_under, given_without, grant_documents
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.parties import PARTIES
from casework.engine.state.case_documents import Consent, Document
from casework.engine.state.document_effects_schema import GivenGrant
from tests.engine.pieces import NOW, case, consent, document, grant, referral, track
from tests.engine.toy_case import Toy, accept, paper
from tests.engine.toys import OFFICER, Play


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


# --- what is shared ----------------------------------------------------------------------------------------------------

BOTH = {party: consent(party, party=party) for party in PARTIES}


def shared(of: Document, consents: Mapping[str, Consent], **days: str) -> list[GivenGrant]:
    """What is granted of a paper to the laboratory's referral, today the second of March."""
    stands = case(track(), referral(), documents={"paper": of}, consents=consents)
    play = Play(Toy, now=NOW)
    builder = EventBuilder(play.library, stands, play.context(OFFICER))
    builder.begin("fired", stands.tracks["referral"], {"given": {"shared_until": days}} if days else {})
    grant_documents(builder, stands.tracks["referral"], ["paper"])
    assert len(builder.effects.get("clocks", ())) == (1 if days and builder.effects.get("grants") else 0)
    return builder.effects.get("grants", [])


@pytest.mark.parametrize(
    ("of", "under"),
    [
        (document(), ["need_owner"]),
        (document(party="technology_owner"), ["technology_owner"]),
        (document(party=None), list(PARTIES)),
        (document(party=None, own=True), []),
        (document(withdrawn_at=NOW), None),
    ],
)
def test_a_paper_is_shared_under_a_consent_of_each_whom_it_concerns(of: Document, under: list[str] | None) -> None:
    assert [grant["consents"] for grant in shared(of, BOTH)] == ([] if under is None else [under])


@pytest.mark.parametrize("party", PARTIES)
def test_without_the_consent_of_one_it_is_not_shared(party: str) -> None:
    one = {party: BOTH[party]}
    assert shared(document(party=None), one) == []
    assert bool(shared(document(), one)) is (party == "need_owner")
    assert bool(shared(document(party=None, own=True), {})) is True


@pytest.mark.parametrize(("day", "given"), [("2026-03-01", False), ("2026-03-02", True), ("2026-03-03", True)])
def test_an_access_lasts_through_its_last_day_and_is_not_given_after_it(day: str, given: bool) -> None:
    assert [grant["until"] for grant in shared(document(), BOTH, paper=day)] == ([day] if given else [])


def test_what_was_taken_back_is_not_shared_again_by_itself() -> None:
    given = {"documents": ["paper", "plan"], "question": "q"}
    stands = case(track(), referral(given=given))
    assert given_without(stands, grant()) == {"documents": ["plan"]}


def test_a_consent_that_ends_ends_what_was_shared_under_it_alone() -> None:
    grants = {
        one.id: one
        for one in (
            grant("mine"),
            grant("both", track="second", consents=("other", "consent")),
            grant("over", track="third", ended_at=NOW),
            grant("others", track="fourth", consents=("other",)),
        )
    }
    leaning = referral("leaning", given={"documents": ["paper"]})
    elsewhere = referral("elsewhere", given={"documents": ["plan", "gone"]})
    ended = referral("ended", given={"documents": ["paper"]}, ended_at=NOW)
    papers = {"paper": document(), "plan": document("plan", party="technology_owner")}
    stands = case(track(), leaning, elsewhere, ended, grants=grants, documents=papers)
    play = Play(Toy, now=NOW)
    builder = EventBuilder(play.library, stands, play.context(OFFICER))
    builder.begin("consent_ended", None, {})
    assert end_grants_under(builder, consent()) == ["referral", "second", "leaning"]
    assert builder.effects["grants_ended"] == ["mine", "both"]
