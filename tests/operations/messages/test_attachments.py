"""Documents that a message names: those alone that everybody sees who reads it, for as long as each sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.documents import grants
from casework.operations.documents import service as documents
from casework.operations.messages.service import correct_message, list_messages
from casework.operations.messages.threads import thread_of
from casework.operations.messages.views import AttachedDocument, Message
from casework.operations.verification.service import verify_case
from casework.reasons import Why
from tests.operations.documents.test_grants import Scene as Shared
from tests.support.way_to_referral import to_accepted
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_accepted)
NOWHERE = "0198c000-0000-7000-8000-000000000000"


@dataclass
class Scene(Shared):
    """A referral that was accepted, its thread, and papers of both sides."""

    def write(self, by: str, papers: Iterable[str], *, inside: bool = False, words: str = "See this.") -> str:
        referral = None if inside else self.referral
        return self.world.write(self.db, by, self.case(), referral, words, documents=papers)

    def refusal(self, by: str, paper: str, *, inside: bool = False) -> Why:
        with pytest.raises(InvalidForm) as refused:
            self.write(by, [paper], inside=inside)
        assert list(refused.value.fields) == ["documents"]
        return refused.value.fields["documents"]

    def read(self, by: str, *, inside: bool = False) -> list[Message]:
        actor = self.world.actor(self.db, by)
        thread = thread_of(actor, self.case(), "internal" if inside else "shared", None if inside else self.referral)
        return list_messages(self.db, actor, thread).items

    def enter(self, by: str, referral: str | None) -> str:
        done = documents.enter(
            self.db,
            self.world.actor(self.db, by),
            self.case(),
            title="Figures",
            kind="report",
            referral=referral,
            language=None,
            valid_until=None,
            request=new_request(),
        )
        return str(done.answer["id"])

    def withdraw(self, by: str, paper: str) -> None:
        documents.withdraw(
            self.db, self.world.actor(self.db, by), paper, reason="The wrong one.", request=new_request()
        )


@pytest.fixture
def scene(db: Connection, world: World, staged: tuple[str, str]) -> Scene:
    return Scene(db, world, *staged)


def test_an_internal_note_names_any_document_of_the_case(scene: Scene) -> None:
    paper, theirs = scene.enter("officer", None), scene.enter("provider", scene.referral)
    scene.write("officer", [paper, theirs, paper], inside=True)
    for name in ("officer", "auditor"):
        (note,) = scene.read(name, inside=True)
        assert note.documents == [AttachedDocument(id=id, title="Figures") for id in (paper, theirs)]
    scene.withdraw("officer", paper)
    assert scene.refusal("officer", paper, inside=True) == reasons.messages.NO_DOCUMENT
    assert scene.refusal("officer", NOWHERE, inside=True) == reasons.messages.NO_DOCUMENT


def test_a_shared_message_names_only_what_the_provider_sees(scene: Scene) -> None:
    paper, theirs, shared = scene.enter("officer", None), scene.enter("provider", scene.referral), scene.share()
    refused = [scene.refusal(by, id) for by in ("officer", "provider") for id in (paper, NOWHERE, "no id")]
    assert set(map(str, refused)) == {str(reasons.messages.NOT_SHARED)}
    for by in ("officer", "provider"):
        scene.write(by, [theirs, shared])
    for by in ("officer", "provider"):
        assert [[one.id for one in message.documents] for message in scene.read(by)] == [[theirs, shared]] * 2
    assert verify_case(scene.db, scene.case().log) == []


def test_what_is_shared_no_longer_is_not_named_any_more(scene: Scene) -> None:
    shared = scene.share()
    scene.write("officer", [shared])
    officer = scene.world.actor(scene.db, "officer")
    grants.end_grant(scene.db, officer, scene.number, scene.grant().id, reason="A dispute.", request=new_request())
    assert scene.read("provider")[0].documents == [AttachedDocument(id=None, title=None)]
    assert shared not in repr(scene.read("provider"))
    assert scene.read("officer")[0].documents == [AttachedDocument(id=shared, title="Figures")]
    assert {str(scene.refusal(by, shared)) for by in ("officer", "provider")} == {str(reasons.messages.NOT_SHARED)}
    assert verify_case(scene.db, scene.case().log) == []


def test_what_is_withdrawn_is_named_no_more(scene: Scene) -> None:
    theirs = scene.enter("provider", scene.referral)
    scene.write("provider", [theirs])
    scene.withdraw("provider", theirs)
    assert scene.refusal("provider", theirs) == reasons.messages.NOT_SHARED
    assert [one.id for one in scene.read("provider")[0].documents] == [theirs]


def test_what_is_taken_back_names_nothing(scene: Scene) -> None:
    message = scene.write("provider", [scene.enter("provider", scene.referral)])
    correct_message(
        scene.db,
        scene.world.actor(scene.db, "provider"),
        scene.case(),
        audience="shared",
        referral=scene.referral,
        message=message,
        words=None,
        request=new_request(),
    )
    assert scene.read("officer")[0].documents == []


def test_a_message_names_few_documents(scene: Scene) -> None:
    papers = [scene.enter("provider", scene.referral) for _ in range(21)]
    scene.write("provider", papers[:20])
    with pytest.raises(InvalidForm):
        scene.write("provider", papers)
