"""Nothing leaves to a provider without the consent of each party that it concerns: its owner's, or whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import Case
from casework.errors import InvalidForm, Refused
from casework.operations.cases.case_actions import register_document, withdraw_consent
from casework.operations.core.perform import home_of
from casework.operations.documents import service as documents
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.way_to_referral import to_accepted
from tests.support.world import World, new_request

Json = Any


@dataclass
class Scene:
    """An accepted referral; both parties have consented to whatever is shared with whomever."""

    db: Connection
    world: World
    number: str
    referral: str

    def case(self) -> Case:
        return load(self.db, home_of(self.db, self.number), "case")

    def enter(self, party: str | None = None, *, own: bool = False) -> str:
        done = register_document(
            self.db,
            self.world.actor(self.db, "officer"),
            self.number,
            title="A study",
            kind="report",
            party=party,
            own=own,
            language=None,
            valid_until=None,
            revision=self.case().revision,
            request=new_request(),
        )
        return str(done.answer["id"])

    def deliver(self) -> str:
        """The provider hands something in."""
        done = documents.enter(
            self.db,
            self.world.actor(self.db, "provider"),
            self.case(),
            title="Our findings",
            kind="report",
            referral=self.referral,
            language=None,
            valid_until=None,
            request=new_request(),
        )
        return str(done.answer["id"])

    def withdraw(self, party: str) -> None:
        case = self.case()
        (consent,) = [one.id for one in case.consents.values() if one.party == party and one.ended_at is None]
        withdraw_consent(
            self.db,
            self.world.actor(self.db, "officer"),
            self.number,
            consent,
            reason="By letter",
            revision=case.revision,
            request=new_request(),
        )

    def go_on(self) -> None:
        """The referral, which rested when the consent to its case sheet ended."""
        self.world.fire(self.db, "officer", self.number, "continue", track=self.referral)

    def share(self, id: str) -> None:
        self.world.fire(self.db, "provider", self.number, "ask_info", {"items": "The study"}, track=self.referral)
        self.supply(id)

    def supply(self, id: str) -> None:
        self.world.fire(
            self.db, "officer", self.number, "supply_info", {"documents": [id], "answer": "Here."}, track=self.referral
        )

    def granted(self, id: str) -> list[int]:
        """Under how many consents the accesses to a document were given that last."""
        return [len(one.consents) for one in self.case().grants.values() if one.document == id and one.ended_at is None]


pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def scene(db: Connection, world: World, staged: tuple[str, str]) -> Scene:
    return Scene(db, world, *staged)


def test_a_partys_paper_is_shared_under_its_consent(scene: Scene) -> None:
    id = scene.enter("need_owner")
    scene.share(id)
    assert scene.granted(id) == [1]


def test_a_paper_of_which_nobody_said_whose_it_is_needs_both_consents(scene: Scene) -> None:
    id = scene.enter()
    scene.share(id)
    assert scene.granted(id) == [2]


@pytest.mark.parametrize("party", ["need_owner", "technology_owner"])
def test_with_one_of_the_two_consents_gone_it_does_not_leave(scene: Scene, party: str) -> None:
    id = scene.enter()
    scene.withdraw(party)
    scene.go_on()
    with pytest.raises(Refused, match="No consent of the party concerned covers this provider"):
        scene.share(id)


@pytest.mark.parametrize("party", ["need_owner", "technology_owner"])
def test_with_either_consent_its_access_ends(scene: Scene, party: str) -> None:
    id = scene.enter()
    scene.share(id)
    scene.withdraw(party)
    assert scene.granted(id) == []
    assert scene.case().tracks[scene.referral].states == ("suspended",)


def test_what_a_provider_handed_in_concerns_both_parties(scene: Scene) -> None:
    id = scene.deliver()
    scene.withdraw("need_owner")
    scene.go_on()
    with pytest.raises(Refused, match="A paper of neither party concerns both"):
        scene.share(id)


def test_the_offices_own_paper_needs_no_consent(scene: Scene) -> None:
    id = scene.enter(own=True)
    scene.withdraw("need_owner")
    scene.withdraw("technology_owner")
    scene.go_on()
    scene.share(id)
    assert scene.granted(id) == [0]


def test_a_partys_paper_cannot_be_the_offices_own(scene: Scene) -> None:
    with pytest.raises(InvalidForm):
        scene.enter("need_owner", own=True)


def test_a_case_in_which_all_of_it_happened_verifies(scene: Scene) -> None:
    for id in (scene.enter("need_owner"), scene.enter(), scene.enter(own=True)):
        scene.share(id)
    scene.withdraw("need_owner")
    assert list(verify_case(scene.db, home_of(scene.db, scene.number))) == []
