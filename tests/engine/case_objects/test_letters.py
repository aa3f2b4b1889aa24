"""Letters of the office: to whom each kind can go as a case stands, who sends it, and what is wrong with a recorded one."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.engine.case_objects.letters import (
    CLOSING,
    INVITATION,
    LETTERS,
    PROGRESS,
    QUESTION,
    REMINDER,
    WAYS,
    awaited,
    dispatch_faults,
    faults_of,
    recipients,
    refusal,
)
from casework.engine.case_objects.letters import REFERRAL as REQUEST
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import DispatchLetter, FileTold, SendLetter
from casework.engine.parts import CONFIRMS_INTEREST, INTRODUCES, SENDS
from casework.engine.roles import Role
from casework.engine.state.case import COMPLETED, Case
from casework.engine.state.events import LETTER_DISPATCHED, LETTER_SENT
from casework.errors import CaseworkError, InvalidForm, NotAllowed, WrongState
from tests.engine.small_case import at, case, referral, task, track
from tests.engine.toy_case import begun
from tests.engine.toys import OFFICER, PROVIDER, SUPERVISOR, Play, uuid

AUDITOR = By("auditor-1", Role.AUDITOR)
NEED, TECHNOLOGY = "need_owner", "technology_owner"
BOTH = {NEED: "n", TECHNOLOGY: "t"}
ASKED, ACCEPTED = referral("asked", plays=[SENDS]), referral("accepted")
FILE = FileTold("letter.pdf", "0" * 64, "application/pdf", 900)


def waits(to: str) -> Mapping[str, Any]:
    return {"for": to, "until": "2026-04-01", "seq": 1}


def invited(*tracks: Any, **more: Any) -> Case:
    return case(*tracks, parties=BOTH, **more)


def going(*tracks: Any, **more: Any) -> Case:
    """A case whose parties have confirmed their interest."""
    return invited(track("main", played={CONFIRMS_INTEREST: "confirm"}), *tracks, **more)


#: What every party may be told once interest is confirmed, at every step.
TOLD = {(PROGRESS, NEED), (PROGRESS, TECHNOLOGY)}
TABLE: dict[str, tuple[Case, set[tuple[str, str]]]] = {
    "parties are invited": (invited(), {(INVITATION, NEED), (INVITATION, TECHNOLOGY)}),
    "only parties that there are": (case(parties={NEED: "n", TECHNOLOGY: ""}), {(INVITATION, NEED)}),
    "nobody is invited once interest is confirmed": (going(), TOLD),
    "nobody is invited who was introduced": (invited(track("main", played={INTRODUCES: "introduce"})), TOLD),
    "a provider that was asked": (going(ASKED), TOLD | {(REQUEST, "asked")}),
    "not one that has accepted": (going(ACCEPTED), TOLD),
    "not one that was not asked yet": (going(referral("draft", plays=[])), TOLD),
    "not one without a provider": (going(replace(ASKED, provider=None)), TOLD),
    "not one that has ended": (going(replace(ASKED, ended_at=at(1))), TOLD),
    "no track that is no referral": (going(replace(ASKED, part="")), TOLD),
    "a party on whom the hold waits": (going(hold={"reason": "x", "waits_for": NEED}), TOLD | {(REMINDER, NEED)}),
    "a party whom a task is about": (
        going(tasks=[task("screen", about=TECHNOLOGY)]), TOLD | {(QUESTION, TECHNOLOGY), (REMINDER, TECHNOLOGY)},
    ),
    "a party on whom a task waits": (
        going(tasks=[task("look", wait=waits(NEED))]), TOLD | {(QUESTION, NEED), (REMINDER, NEED)},
    ),
    "nobody for a task that is done": (going(tasks=[task("screen", about=NEED, state=COMPLETED)]), TOLD),
    "a provider whose task is open": (
        going(ACCEPTED, tasks=[task("work", track="accepted", organisation="lab")]), TOLD | {(REMINDER, "accepted")},
    ),
    "a provider whose task lies on the service below": (
        going(ACCEPTED, track("fix", parent="accepted"), tasks=[task("work", track="fix", organisation="lab")]),
        TOLD | {(REMINDER, "accepted")},
    ),
    "no provider for a task of the office": (going(ACCEPTED, tasks=[task("check", track="accepted")]), TOLD),
    "a closed case goes to parties and who accepted": (
        invited(ASKED, ACCEPTED, closed_at=at(9), tasks=[task("work", track="accepted", organisation="lab")]),
        {(CLOSING, NEED), (CLOSING, TECHNOLOGY), (CLOSING, "accepted")},
    ),
    "nothing while a stop is decided": (invited(ASKED, frozen=True), set()),
    "nothing from a mediation": (invited(ASKED, kind="mediation"), set()),
}  # fmt: skip


@pytest.mark.parametrize(("stands", "wanted"), TABLE.values(), ids=TABLE)
def test_letters_go_to_whom_the_case_has_something_to_say(stands: Case, wanted: set[tuple[str, str]]) -> None:
    told = list(recipients(stands))
    assert set(told) == wanted
    assert len(told) == len(wanted)


@pytest.mark.parametrize("role", Role)
def test_officers_and_supervisors_send_what_can_go_and_nobody_sends_anything_else(role: Role) -> None:
    stands = invited(ASKED)
    sends = role in (Role.OFFICER, Role.SUPERVISOR)
    for kind in LETTERS:
        for to in (NEED, TECHNOLOGY, "asked", "nobody"):
            assert (refusal(stands, role, kind, to) is None) == (sends and (kind, to) in set(recipients(stands)))


def test_what_one_waits_for_is_told_of_that_party_alone() -> None:
    tasks = [task("a", about=NEED), task("b", wait=waits(TECHNOLOGY)), task("c", about="need")]
    stands = going(tasks=tasks)
    assert [one.id for one in awaited(stands, NEED)] == ["a"]
    assert [one.id for one in awaited(stands, TECHNOLOGY)] == ["b"]


# --- sending ---------------------------------------------------------------------------------------------------------


def asked() -> Play:
    play = begun()
    play.fire("refer")
    play.fire("send", data={"provider": uuid(500)}, on=play.track("referral"))
    return play


def letter(kind: str, to: str, **more: Any) -> SendLetter:
    said: dict[str, Any] = {"language": "en", "title": "A letter", "file": FILE} | more
    return SendLetter(kind, to, **said)


def test_a_letter_to_a_party_lies_with_the_case_and_one_to_a_provider_with_its_referral() -> None:
    play = asked()
    sent = {to: play.do(letter(kind, to))[0] for kind, to in ((INVITATION, NEED), (REQUEST, play.track("referral").id))}
    assert [event.track for event in sent.values()] == [None, play.track("referral").id]
    assert [(d.party, d.track, d.letter) for d in play.case.documents.values()] == [
        (NEED, None, INVITATION),
        (None, play.track("referral").id, REQUEST),
    ]
    assert {event.kind for event in sent.values()} == {LETTER_SENT}


def test_an_address_is_kept_where_it_is_mailed() -> None:
    play = asked()
    assert "address" not in play.do(letter(INVITATION, NEED))[0].body
    body = play.do(letter(INVITATION, NEED, address=" 1 Main Street "))[0].body
    assert body == {"title": "A letter", "file": "letter.pdf", "sha256": "0" * 64, "address": "1 Main Street"}


@pytest.mark.parametrize(
    ("command", "by", "error"),
    [
        (letter(INVITATION, NEED), AUDITOR, NotAllowed),
        (letter(INVITATION, NEED), PROVIDER, NotAllowed),
        (letter(CLOSING, NEED), OFFICER, WrongState),
        (letter(INVITATION, "nobody"), SUPERVISOR, WrongState),
        (letter(INVITATION, NEED, language="fr"), OFFICER, InvalidForm),
        (letter(INVITATION, NEED, title=" "), OFFICER, InvalidForm),
    ],
)
def test_a_letter_that_cannot_go_is_refused(command: SendLetter, by: By, error: type[CaseworkError]) -> None:
    with pytest.raises(error):
        asked().do(command, by)


# --- judged again ----------------------------------------------------------------------------------------------------


def recorded() -> tuple[Case, Any, str | None]:
    """A case, and what was recorded of a letter to its provider."""
    play = asked()
    before, event = play.case, play.do(letter(REQUEST, play.track("referral").id))[0]
    return before, deepcopy(dict(event.effects)), event.track


def test_a_letter_that_was_sent_has_no_faults() -> None:
    before, effects, to = recorded()
    assert list(faults_of(before, effects, Role.OFFICER, to)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda e: e["files"].clear(), "one document with one file"),
        (lambda e: e["documents"].append(e["documents"][0]), "one document with one file"),
        (lambda e: e["documents"][0].update(party=NEED), "to a party and to a provider"),
        (lambda e: e["documents"][0].update(letter=CLOSING), "could not be sent so"),
        (lambda e: e["documents"][0].update(kind="report"), "filed as something else"),
        (lambda e: e.update(what=CLOSING), "filed as something else"),
        (lambda e: e.update(language="fr"), "filed as something else"),
        (lambda e: e["files"][0].update(version=2), "not the first version"),
        (lambda e: e["files"][0].update(document="another"), "not the first version"),
    ],
)
def test_a_letter_that_could_not_have_been_sent_is_found(change: Any, told: str) -> None:
    before, effects, to = recorded()
    change(effects)
    assert told in " / ".join(faults_of(before, effects, Role.OFFICER, to))


def test_a_letter_of_somebody_who_sends_none_or_twice_is_found() -> None:
    before, effects, to = recorded()
    (first,) = faults_of(before, effects, Role.AUDITOR, to)
    assert "could not be sent so" in first
    twice = replace(before, files={effects["files"][0]["id"]: None})  # type: ignore[dict-item]  # known already
    assert list(faults_of(twice, effects, Role.OFFICER, to)) == ["its file is not the first version of its document"]


# --- how it went out -------------------------------------------------------------------------------------------------


def invited_by_letter(**more: Any) -> tuple[Play, str]:
    """A case with a letter to a party: the play, and the letter."""
    play = asked()
    return play, play.do(letter(INVITATION, NEED, **more))[0].effects["documents"][0]["id"]


def day_of(play: Play, days: int = 0) -> str:
    return (play.calendar.local_date(play.now) + timedelta(days=days)).isoformat()


def test_how_a_letter_went_out_is_put_down_and_said_anew() -> None:
    play, id = invited_by_letter()
    assert (play.case.documents[id].dispatched_how, play.case.documents[id].dispatched_on) == (None, None)
    for how in WAYS:
        event = play.do(DispatchLetter(id, how, day_of(play)))[0]
        assert (event.kind, event.effects["what"], event.track) == (LETTER_DISPATCHED, how, None)
        assert (play.case.documents[id].dispatched_how, play.case.documents[id].dispatched_on) == (how, day_of(play))


def test_one_that_is_mailed_from_here_has_gone_out_by_mail() -> None:
    play, id = invited_by_letter(address="li@example.org")
    assert (play.case.documents[id].dispatched_how, play.case.documents[id].dispatched_on) == ("mail", day_of(play))


@pytest.mark.parametrize(
    ("how", "days", "by", "error"),
    [
        ("pigeon", 0, OFFICER, InvalidForm),
        ("post", 1, OFFICER, InvalidForm),
        ("post", -1, OFFICER, InvalidForm),
        ("post", 0, AUDITOR, NotAllowed),
        ("post", 0, PROVIDER, NotAllowed),
    ],
)
def test_what_cannot_be_put_down_is_refused(how: str, days: int, by: By, error: type[CaseworkError]) -> None:
    play, id = invited_by_letter()
    with pytest.raises(error):
        play.do(DispatchLetter(id, how, day_of(play, days)), by)


def test_a_letter_to_a_provider_or_no_letter_does_not_go_out() -> None:
    play = asked()
    to_provider = play.do(letter(REQUEST, play.track("referral").id))[0].effects["documents"][0]["id"]
    for id in (to_provider, "nothing"):
        with pytest.raises(InvalidForm):
            play.do(DispatchLetter(id, "post", day_of(play)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda e: None, ""),
        (lambda e: e["dispatched"][0].update(how="pigeon"), "in a way that there is none of"),
        (lambda e: e.update(what="hand"), "in a way that there is none of"),
        (lambda e: e["dispatched"][0].update(on="2020-01-01"), "before it was filed"),
        (lambda e: e["dispatched"][0].update(on="2999-01-01"), "later than it was said"),
        (lambda e: e["dispatched"][0].update(id="nothing"), "no letter to a party"),
        (lambda e: e["dispatched"].clear(), "speaks of one letter"),
    ],
)
def test_what_could_not_have_been_put_down_is_found(change: Any, told: str) -> None:
    play, id = invited_by_letter()
    before, event = play.case, play.do(DispatchLetter(id, "post", day_of(play)))[0]
    effects: Any = deepcopy(dict(event.effects))
    change(effects)

    def day(moment: datetime) -> str:
        return play.calendar.local_date(moment).isoformat()

    faults = " / ".join(dispatch_faults(before, effects, Role.OFFICER, day, event.at))
    assert told in faults
    assert bool(faults) is bool(told)
    assert "role that sends no letters" in " / ".join(dispatch_faults(before, effects, Role.AUDITOR, day, event.at))


def test_a_letter_says_of_no_other_how_that_went_out() -> None:
    before, effects, to = recorded()
    effects["dispatched"] = [{"id": "another", "how": "mail", "on": "2026-01-05"}]
    assert list(faults_of(before, effects, Role.OFFICER, to)) == ["it says of another letter how that went out"]
