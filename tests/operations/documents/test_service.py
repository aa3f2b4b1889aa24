"""Documents and their files: handed in, replaced, withdrawn, taken out; by whom, and what is left behind."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.engine.state.case import Case
from casework.errors import FileBlocked, FilePending, NotAllowed, NotFound, WrongState
from casework.operations.cases.case_actions import declare_interest, withdraw_consent
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import home_of
from casework.operations.documents import grants
from casework.operations.documents import service as documents
from casework.operations.documents.storage import DocumentStore, Kept, part_for
from casework.operations.documents.uploads import receive
from casework.operations.documents.views import DocumentRow
from casework.operations.verification.service import verify_all, verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

Json = Any
READ_ALL = ("officer", "other_officer", "supervisor", "compliance", "auditor", "manager")
OUTSIDE = (
    "foreign_officer",
    "provider",
    "foreign_provider",
    "verifier",
    "observer",
    "administrator",
    "dispute_officer",
)


@dataclass
class Scene:
    """A case with a referral that was sent to the lab."""

    engine: Engine
    world: World
    document_store: DocumentStore
    number: str
    referral: str
    ids: list[str] = field(default_factory=list)

    def case(self) -> Case:
        with transaction(self.engine) as db:
            return load(db, home_of(db, self.number), "case")

    def keep(
        self, content: bytes = PDF, name: str = "report.pdf", party: str | None = None, referral: str | None = None
    ) -> Kept:
        with receive(io.BytesIO(content), name) as upload:
            return self.document_store.keep(self.case().log, part_for(party, referral), upload)

    def hand_in(
        self,
        by: str = "officer",
        content: bytes = PDF,
        *,
        title: str = "Test report",
        referral: str | None = None,
        party: str | None = None,
        request: Request | None = None,
        kept: Kept | None = None,
    ) -> Done:
        kept = kept or self.keep(content, party=party, referral=referral)
        with transaction(self.engine) as db:
            case = load(db, home_of(db, self.number), "case")
            return documents.hand_in(
                db,
                self.world.actor(db, by),
                self.document_store,
                case,
                title=title,
                kind="report",
                kept=kept,
                referral=referral,
                party=party,
                request=request or new_request(),
            )

    def file(self, by: str, id: str, content: bytes) -> Done:
        with receive(io.BytesIO(content), "next.pdf") as upload:
            kept = self.document_store.keep(self.case().log, "case", upload)
        with transaction(self.engine) as db:
            return documents.file_version(
                db, self.world.actor(db, by), self.document_store, id, kept, request=new_request()
            )

    def withdraw(self, by: str, id: str) -> None:
        with transaction(self.engine) as db:
            documents.withdraw(db, self.world.actor(db, by), id, reason="It was the wrong one.", request=new_request())

    def take(self, by: str, id: str, version: int = 1) -> bytes:
        with transaction(self.engine) as db:
            address = f"/documents/{id}/{version}"
            taken = documents.take_out(db, self.world.actor(db, by), self.document_store, id, version, address=address)
            return b"".join(taken.pieces)

    def list(self, by: str, referral: str | None = None) -> list[DocumentRow]:
        with transaction(self.engine) as db:
            return documents.list_documents(
                db, self.world.actor(db, by), load(db, home_of(db, self.number), "case"), referral
            )

    def accept(self) -> None:
        with transaction(self.engine) as db:
            self.world.accept(db, self.number, self.referral)

    def execute(self, statement: str, **given: Any) -> None:
        with transaction(self.engine) as db:
            db.execute(text(statement), given)

    def count(self, query: str) -> int:
        with transaction(self.engine) as db:
            return int(db.execute(text(query)).scalar_one())

    def lying(self) -> int:
        return len(list(self.document_store.store.places()))


pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def scene(engine: Engine, world: World, document_store: DocumentStore, staged: tuple[str, str]) -> Scene:
    return Scene(engine, world, document_store, *staged)


def test_what_is_handed_in_comes_back_as_it_was(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    assert scene.take("officer", id) == PDF


@pytest.mark.parametrize("reader", READ_ALL)
def test_whoever_reads_the_case_may_take_a_file_out(scene: Scene, reader: str) -> None:
    assert scene.take(reader, scene.hand_in().answer["id"]) == PDF


@pytest.mark.parametrize("outsider", OUTSIDE)
def test_for_everybody_else_there_is_no_such_document(scene: Scene, outsider: str) -> None:
    id = scene.hand_in().answer["id"]
    with pytest.raises(NotFound):
        scene.take(outsider, id)


@pytest.mark.parametrize("reader", ["other_officer", "auditor", "manager"])
def test_who_only_reads_hands_nothing_in(scene: Scene, reader: str) -> None:
    with pytest.raises(NotAllowed):
        scene.hand_in(reader)


def test_whoever_declared_an_interest_takes_nothing_out(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    with transaction(scene.engine) as db:
        declare_interest(db, scene.world.actor(db, "supervisor"), scene.number, nature="Shares", request=new_request())
    with pytest.raises(NotFound):
        scene.take("supervisor", id)


def test_each_taking_out_is_noted_with_who_and_which_version(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    scene.take("auditor", id)
    with transaction(scene.engine) as db:
        noted = documents.list_takings(db, scene.world.actor(db, "officer"), id)
    assert [(one.person, one.version) for one in noted] == [("Auditor", 1)]


def test_a_new_version_stands_beside_the_one_before(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    scene.file("officer", id, PDF + b"%second")
    assert [scene.take("officer", id, 1), scene.take("officer", id, 2)] == [PDF, PDF + b"%second"]
    assert [one.version for one in scene.list("officer")[0].versions] == [2, 1]


def test_a_withdrawn_document_takes_no_version(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    scene.withdraw("officer", id)
    with pytest.raises(WrongState):
        scene.file("officer", id, PDF)


def test_a_withdrawn_document_is_named_by_no_form(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    scene.withdraw("officer", id)
    assert scene.case().usable_documents() == set()


def test_the_same_request_files_once(scene: Scene) -> None:
    request, kept = new_request(), scene.keep()
    first, second = (scene.hand_in(request=request, kept=kept) for _ in range(2))
    assert (second.repeated, second.answer) == (True, first.answer)
    assert len(scene.case().files) == 1


def test_the_history_says_what_was_filed_and_the_verifier_agrees(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    scene.file("officer", id, PDF + b"%second")
    scene.withdraw("officer", id)
    assert list(verify_all(scene.engine)) == []


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE files SET digest = repeat('0', 64)",
        "UPDATE files SET version = 7",
        "UPDATE files SET name = 'other.pdf'",
        "UPDATE documents SET withdrawn_at = now()",
    ],
)
def test_what_somebody_changes_in_a_row_is_found(scene: Scene, forged: str) -> None:
    scene.hand_in()
    scene.execute(forged)
    with transaction(scene.engine) as db:
        assert [one.kind for one in verify_case(db, scene.case().log)] == ["rows"]


def test_a_version_that_lost_its_file_is_found(scene: Scene, owner_engine: Engine) -> None:
    scene.hand_in()
    with transaction(owner_engine) as db:
        db.execute(text("DELETE FROM contents"))
    assert [one.kind for one in verify_all(scene.engine)] == ["contents"]


# --- of providers ----------------------------------------------------------------------------------------------------


def test_a_provider_hands_in_nothing_before_accepting(scene: Scene) -> None:
    kept = scene.keep(referral=scene.referral)
    with pytest.raises(WrongState):
        scene.hand_in("provider", referral=scene.referral, kept=kept)


def test_what_a_provider_hands_in_the_office_sees_and_other_providers_do_not(scene: Scene) -> None:
    scene.accept()
    id = scene.hand_in("provider", referral=scene.referral).answer["id"]
    assert scene.take("provider", id) == scene.take("officer", id) == PDF
    for other in ("foreign_provider", "verifier"):
        with pytest.raises(NotFound):
            scene.take(other, id)


def test_each_side_replaces_and_withdraws_its_own_alone(scene: Scene) -> None:
    scene.accept()
    theirs, ours = scene.hand_in("provider", referral=scene.referral).answer["id"], scene.hand_in().answer["id"]
    with pytest.raises(NotAllowed):
        scene.withdraw("officer", theirs)
    with pytest.raises(NotFound):
        scene.withdraw("provider", ours)


def test_a_provider_sees_of_the_case_only_its_own(scene: Scene) -> None:
    scene.accept()
    scene.hand_in(title="Secret figures")
    scene.hand_in("provider", referral=scene.referral, title="The assessment")
    assert [one.title for one in scene.list("provider")] == ["The assessment"]


def test_what_a_provider_hands_in_verifies(scene: Scene) -> None:
    scene.accept()
    scene.hand_in("provider", referral=scene.referral)
    assert list(verify_all(scene.engine)) == []


# --- what the scanner says -------------------------------------------------------------------------------------------


def test_while_it_is_scanned_only_who_filed_it_has_it(scene: Scene) -> None:
    scene.document_store.scanned = True
    id = scene.hand_in().answer["id"]
    assert scene.take("officer", id) == PDF
    with pytest.raises(FilePending):
        scene.take("supervisor", id)


def test_what_the_scanner_blocked_nobody_has(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    scene.execute("UPDATE blobs SET scan = 'blocked'")
    with pytest.raises(FileBlocked):
        scene.take("officer", id)


# --- what is left behind ---------------------------------------------------------------------------------------------


# --- what lets a provider see ----------------------------------------------------------------------------------------


def share(scene: Scene) -> str:
    """A document of the need owner that the accepted referral was given; its consent covers every provider."""
    scene.accept()
    id = str(scene.hand_in(party="need_owner", title="Shared figures").answer["id"])
    with transaction(scene.engine) as db:
        scene.world.fire(db, "provider", scene.number, "ask_info", {"items": "The figures"}, track=scene.referral)
        scene.world.fire(
            db, "officer", scene.number, "supply_info", {"documents": [id], "answer": "Here."}, track=scene.referral
        )
    return id


def cancel(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        scene.world.fire(
            db, "officer", scene.number, "cancel", {"reason": "not_needed", "fees_settled": True}, track=scene.referral
        )


def grant_of(scene: Scene) -> str:
    (grant,) = scene.case().grants
    return grant


def end(scene: Scene, by: str = "officer") -> None:
    with transaction(scene.engine) as db:
        grants.end_grant(
            db,
            scene.world.actor(db, by),
            scene.number,
            grant_of(scene),
            reason="Too much was shared.",
            request=new_request(),
        )


def confirm(scene: Scene, by: str = "provider") -> None:
    with transaction(scene.engine) as db:
        case = load(db, home_of(db, scene.number), "case")
        grants.confirm_return(
            db, scene.world.actor(db, by), case, scene.referral, how="destroyed", note=None, request=new_request()
        )


def test_a_granted_document_reaches_its_provider_and_no_other_one(scene: Scene) -> None:
    id = share(scene)
    assert scene.take("provider", id) == PDF
    for other in ("foreign_provider", "verifier"):
        with pytest.raises(NotFound):
            scene.take(other, id)


def test_with_the_consent_the_bytes_go_at_once(scene: Scene) -> None:
    id = share(scene)
    (consent,) = [one.id for one in scene.case().consents.values() if one.party == "need_owner"]
    with transaction(scene.engine) as db:
        withdraw_consent(
            db,
            scene.world.actor(db, "officer"),
            scene.number,
            consent,
            reason="By letter",
            revision=scene.case().revision,
            request=new_request(),
        )
    with pytest.raises(NotFound):
        scene.take("provider", id)


def test_a_grant_ends_at_once_and_is_not_given_again_by_itself(scene: Scene) -> None:
    id = share(scene)
    end(scene)
    with pytest.raises(NotFound):
        scene.take("provider", id)
    assert id not in scene.case().tracks[scene.referral].given["documents"]


def test_only_the_office_ends_a_grant(scene: Scene) -> None:
    share(scene)
    with pytest.raises(NotFound):
        end(scene, "provider")
    with pytest.raises(NotAllowed):
        end(scene, "compliance")


def test_nothing_is_given_back_while_the_work_goes_on(scene: Scene) -> None:
    share(scene)
    with pytest.raises(WrongState):
        confirm(scene)


def test_the_provider_says_once_what_became_of_its_copies(scene: Scene) -> None:
    share(scene)
    cancel(scene)
    confirm(scene)
    assert [one.returned_at is not None for one in scene.case().grants.values()] == [True]
    with pytest.raises(WrongState):
        confirm(scene)


def test_nobody_says_it_in_the_providers_place(scene: Scene) -> None:
    share(scene)
    cancel(scene)
    with pytest.raises(NotAllowed):
        confirm(scene, "officer")


def test_what_is_shared_ended_and_given_back_verifies(scene: Scene) -> None:
    share(scene)
    end(scene)
    cancel(scene)
    confirm(scene)
    assert list(verify_all(scene.engine)) == []
