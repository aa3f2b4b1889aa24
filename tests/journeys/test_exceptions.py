"""The exceptions that the domain's process names, each with the journeys that show what is done about it."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Play
from tests.journeys.scripts import SCRIPTS

#: What happens (process of a case, part 2.7, and the tasks around it): the scripts in which it does.
EXCEPTIONS: dict[str, tuple[str, ...]] = {
    "a party goes silent": ("party is silent",),
    "a party withdraws": ("party withdraws", "a party withdraws, and the mediation goes on", "case waits for an event"),
    "consent withdrawn": ("consent is withdrawn",),
    "consent expired": ("consent expires",),
    "provider declines": ("provider declines",),
    "provider silent": ("provider is silent",),
    "provider conflicted": (
        "conflict is waived",
        "another person is named for a conflict",
        "conflict is upheld",
        "deputy decides on a conflict",
    ),
    "deadline missed": ("deadline is missed and extended", "deadline is missed by the officer"),
    "patent lapses, is invalidated or transferred": (
        "patent lapses during the case",
        "pledged patent is checked again",
    ),
    "pledged patent is to be licensed": ("pledged patent is to be licensed",),
    "right pledged in one case and licensed in another": (
        "right pledged in one case and licensed in another",
        "right is not pledged twice",
    ),
    "exclusive licence in the same territory": ("exclusive licence in the same territory",),
    "statement expired before signing": (
        "statement expires before signing",
        "assessment is asked for again from the agreement",
    ),
    "siblings after signing": ("siblings are told after signing", "siblings are told after signing without a site"),
    "dispute in structuring, deployment or monitoring": (
        "dispute in structuring, settled in full",
        "dispute while the site is built",
        "dispute in operation",
    ),
    "every ending of a mediation": (
        "dispute in structuring, settled in full",
        "settled in part after a longer term",
        "mediator ends it",
        "party ends it",
        "dispute is dropped",
        "talks solve it",
        "court refers, and the fee is not paid",
        "deposit is not paid",
        "other party agrees, but does not sign",
        "other party refuses",
        "dispute goes elsewhere",
    ),
    "settlement changes the deal": (
        "settlement changes the deal before signing",
        "settlement changes the deal after signing",
    ),
    "provider's work finished after the case closed": (
        "work is finished after the case has closed",
        "loan is overdue after deployment",
    ),
    "loan overdue after deployment": ("loan is overdue after deployment", "loan is lost"),
    "acceptance fails twice": ("acceptance fails twice",),
    "sanctions hit on re-screening": ("compliance stops a case", "screening finds a hit"),
    "duplicate match": ("duplicate match",),
    "officer leaves": ("officer leaves", "officer is away"),
    "wrong step recorded": ("wrong step is recorded",),
    "reopening": ("case is reopened", "case is not reopened after two years", "compliance stops a case"),
    "follow-up after closing": (
        "technology goes to work, is verified, closed and followed up",
        "use of a licence is reported instead of an effect",
    ),
    "returned at most twice, then rejected": ("delivery is returned twice and then rejected",),
    "provider gives up": ("provider gives up",),
    "work not started after 15 working days": ("work does not start",),
    "information overdue": ("information never comes",),
    "second round": ("pilot is scaled up", "agreement is renegotiated in operation"),
    "four eyes": tuple(name for name in SCRIPTS if name.startswith("two people for")),
}


@pytest.mark.parametrize("what", EXCEPTIONS)
def test_exception(what: str, play: Play) -> None:
    assert EXCEPTIONS[what]
    for name in EXCEPTIONS[what]:
        assert play(name)
