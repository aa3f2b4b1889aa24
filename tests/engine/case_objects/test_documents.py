"""Documents: the office enters its own and the provider its referral's, in versions, until they are withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework import reasons
from casework.engine.case_objects import documents
from casework.engine.case_objects.documents import closed, refusal
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import FileDocument, FileTold, RegisterDocument, WithdrawDocument
from casework.engine.parts import SENDS
from casework.engine.roles import Role
from casework.engine.state.case_documents import Document
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotFound, WrongState
from casework.reasons import Reason
from tests.engine.small_case import at, case, referral, track
from tests.engine.toy_case import begun
from tests.engine.toys import COMPLIANCE, LEAD, OFFICER, PROVIDER, SUPERVISOR, Play, uuid

FILE = FileTold("map.pdf", "0" * 64, "application/pdf", 900)
ACCEPTED = referral("one")


def paper(**more: Any) -> RegisterDocument:
    return RegisterDocument(**({"title": "A map", "kind": "map"} | more))


def accepted() -> Play:
    """A case with a referral on which its provider works."""
    play = begun()
    play.fire("refer")
    play.fire("send", data={"provider": uuid(500)}, on=play.track("referral"))
    play.fire("accept", PROVIDER, on=play.track("referral"))
    return play


def handed_in(play: Play) -> Document:
    play.do(paper(referral=play.track("referral").id), PROVIDER)
    return list(play.case.documents.values())[-1]


def entered(play: Play, **more: Any) -> Document:
    play.do(paper(**more))
    return list(play.case.documents.values())[-1]


# --- who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_the_office_enters_papers_of_the_case_and_a_provider_those_of_a_referral(role: Role) -> None:
    stands = case(ACCEPTED)
    of_case, of_referral = (refusal(stands, role, where) is None for where in (None, ACCEPTED))
    assert of_case == (role in (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE))
    assert of_referral == (role in (Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER))


@pytest.mark.parametrize(
    ("stands", "where", "wanted"),
    [
        (case(ACCEPTED), ACCEPTED, None),
        (case(ACCEPTED), referral("one", plays=[SENDS]), reasons.documents.NOT_ACCEPTED),
        (case(ACCEPTED), replace(ACCEPTED, part=""), reasons.documents.NOT_ACCEPTED),
        (case(ACCEPTED, frozen=True), ACCEPTED, reasons.cases.STANDS_STILL),
        (case(ACCEPTED), replace(ACCEPTED, ended_at=at(1)), reasons.documents.REFERRAL_ENDED),
        (case(ACCEPTED, track("fix", parent="one")), replace(ACCEPTED, ended_at=at(1)), None),
        (
            case(ACCEPTED, track("fix", parent="one", ended_at=at(1))),
            replace(ACCEPTED, ended_at=at(1)),
            reasons.documents.REFERRAL_ENDED,
        ),
    ],
)
def test_something_is_handed_in_while_the_referral_or_its_service_runs(
    stands: Any, where: Any, wanted: Reason | None
) -> None:
    assert closed(stands, where) == wanted
    assert refusal(stands, Role.PROVIDER, where) == wanted


def test_a_document_is_at_home_where_it_was_handed_in() -> None:
    play = accepted()
    assert documents.home(play.case, handed_in(play)) == play.track("referral")
    assert documents.home(play.case, entered(play)) is None


# --- entering -------------------------------------------------------------------------------------------------------


def test_a_document_is_entered_with_its_first_file_or_without_one() -> None:
    play = begun()
    event = play.do(paper(language="zh", file=FILE, party="need_owner", valid_until="2027-01-01"))[0]
    assert event.body == {"title": "A map", "language": "zh", "file": "map.pdf", "sha256": "0" * 64}
    (document,) = play.case.documents.values()
    (file,) = play.case.files.values()
    assert (document.party, document.kind, document.valid_until) == ("need_owner", "map", "2027-01-01")
    assert (file.document, file.version, file.type, file.size) == (document.id, 1, "application/pdf", 900)
    entered(play, own=True)
    assert len(play.case.files) == 1


@pytest.mark.parametrize(
    ("more", "by", "field"),
    [
        ({"party": "officer"}, OFFICER, "party"),
        ({"party": "need_owner", "referral": True}, PROVIDER, "party"),
        ({"own": True, "referral": True}, PROVIDER, "own"),
        ({"own": True, "party": "need_owner"}, OFFICER, "own"),
        ({"title": "x" * 301}, OFFICER, "title"),
        ({"title": " "}, OFFICER, "title"),
    ],
)
def test_what_contradicts_itself_is_not_entered(more: dict[str, Any], by: By, field: str) -> None:
    play = accepted()
    if "referral" in more:
        more = more | {"referral": play.track("referral").id}
    with pytest.raises(InvalidForm) as refused:
        play.do(paper(**more), by)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(("by", "where"), [(PROVIDER, False), (LEAD, False), (OFFICER, True), (COMPLIANCE, True)])
def test_nobody_enters_what_is_the_other_sides(by: By, where: bool) -> None:
    play = accepted()
    with pytest.raises(NotAllowed):
        play.do(paper(referral=play.track("referral").id if where else None), by)


def test_a_role_that_could_is_told_the_state_and_not_the_role() -> None:
    play = begun()
    play.fire("refer")
    with pytest.raises(WrongState):
        play.do(paper(referral=play.track("referral").id), PROVIDER)


# --- versions and withdrawal ----------------------------------------------------------------------------------------


def test_versions_are_counted_for_each_document() -> None:
    play = begun()
    first, second = entered(play, file=FILE), entered(play)
    for document in (first, second, first):
        play.do(FileDocument(document.id, FILE))
    assert [(file.document == first.id, file.version) for file in play.case.files.values()] == [
        (True, 1),
        (True, 2),
        (False, 1),
        (True, 3),
    ]


def test_there_are_no_more_versions_than_anybody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_VERSIONS", 2)
    play = begun()
    document = entered(play, file=FILE)
    play.do(FileDocument(document.id, FILE))
    with pytest.raises(WrongState, match="versions"):
        play.do(FileDocument(document.id, FILE))


def test_what_was_withdrawn_is_named_by_no_form_and_changed_no_more() -> None:
    play = begun()
    document, kept = entered(play), entered(play)
    event = play.do(WithdrawDocument(document.id, "It is out of date."))[0]
    assert (event.effects["paper"], event.body) == ("map", {"reason": "It is out of date."})
    assert play.case.usable_documents() == {kept.id}
    for command in (WithdrawDocument(document.id, "Once more."), FileDocument(document.id, FILE)):
        with pytest.raises(WrongState):
            play.do(command)


@pytest.mark.parametrize(("by", "mine"), [(PROVIDER, True), (LEAD, True), (OFFICER, False), (SUPERVISOR, False)])
def test_each_side_changes_its_own_documents_alone(by: By, mine: bool) -> None:
    play = accepted()
    theirs, ours = handed_in(play), entered(play)
    own, other = (theirs, ours) if mine else (ours, theirs)
    for command in (FileDocument(other.id, FILE), WithdrawDocument(other.id, "It is wrong.")):
        with pytest.raises(NotAllowed):
            play.do(command, by)
    play.do(FileDocument(own.id, FILE), by)
    assert play.do(WithdrawDocument(own.id, "It is wrong."), by)[0].track == own.track


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (FileDocument("nothing", FILE), NotFound),
        (WithdrawDocument("nothing", "It is wrong."), NotFound),
    ],
)
def test_what_is_not_there_is_not_found(command: Any, error: type[CaseworkError]) -> None:
    with pytest.raises(error):
        begun().do(command)


def test_a_letter_that_was_sent_stays_as_it_is() -> None:
    play = begun()
    document = entered(play, party="need_owner")
    play._case = replace(play.case, documents={document.id: replace(document, letter="invitation")})
    with pytest.raises(WrongState):
        play.do(WithdrawDocument(document.id, "It is wrong."))


def test_a_sealed_mediation_keeps_no_files() -> None:
    play = begun()
    play._case = replace(play.case, kind="mediation")
    dispute_officer = By("dispute-1", Role.DISPUTE_OFFICER)
    play.do(paper(), dispute_officer)
    with pytest.raises(WrongState):
        play.do(paper(file=FILE), dispute_officer)
