"""Messages as people write and read them: who reads what, who is told, and what is asked before a text goes out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.case import Case
from casework.errors import AudienceInDoubt, InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.cases.case_actions import declare_interest
from casework.operations.cases.case_events import list_events
from casework.operations.cases.event_views import CaseEvent
from casework.operations.core.drafts import save_draft
from casework.operations.core.idempotency import Request
from casework.operations.core.paging import Page
from casework.operations.core.perform import home_of
from casework.operations.core.views import Named
from casework.operations.messages.mentions import list_mentions
from casework.operations.messages.service import correct_message, draft_name, list_messages, send_message
from casework.operations.messages.threads import thread_of
from casework.operations.messages.views import AnsweredMessage, Mention, Message
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.way_to_referral import to_both
from tests.support.world import World, new_request

Json = Any
READ_ALL = ("officer", "other_officer", "supervisor", "compliance", "auditor", "manager")
OUTSIDE = ("foreign_officer", "foreign_provider", "verifier", "observer", "administrator", "dispute_officer")


@dataclass
class Scene:
    """A case with a referral to the lab and one to the bank."""

    world: World
    db: Connection
    number: str
    lab: str
    bank: str

    @property
    def case(self) -> Case:
        return load(self.db, home_of(self.db, self.number), "case")

    def say(
        self,
        by: str,
        words: str,
        referral: str | None = None,
        *,
        tell: tuple[str, ...] = (),
        reply_to: str | None = None,
        sure: bool = False,
        request: Request | None = None,
    ) -> str:
        done = send_message(
            self.db,
            self.world.actor(self.db, by),
            self.case,
            audience="shared" if referral else "internal",
            referral=referral,
            words=words,
            mentions=[self.world.people[one] for one in tell],
            reply_to=reply_to,
            sure=sure,
            request=request or new_request(),
        )
        return str(done.answer["id"])

    def correct(self, by: str, message: str, words: str | None, referral: str | None = None) -> None:
        correct_message(
            self.db,
            self.world.actor(self.db, by),
            self.case,
            audience="shared" if referral else "internal",
            referral=referral,
            message=message,
            words=words,
            request=new_request(),
        )

    def read(self, by: str, referral: str | None = None, **more: Any) -> list[Message]:
        actor = self.world.actor(self.db, by)
        thread = thread_of(actor, self.case, "shared" if referral else "internal", referral)
        return list(list_messages(self.db, actor, thread, **more).items)

    def mentions(self, of: str) -> list[Mention]:
        return list(list_mentions(self.db, self.world.actor(self.db, of), unread=True).items)


pytestmark = pytest.mark.stage(play=to_both)


@pytest.fixture
def scene(db: Connection, world: World, staged: tuple[str, str, str]) -> Scene:
    return Scene(world, db, *staged)


# --- who reads what --------------------------------------------------------------------------------------------------


def test_internal_notes_are_read_by_those_who_read_the_whole_case(scene: Scene) -> None:
    scene.say("officer", "They are slow.")
    for name in READ_ALL:
        assert [one.words for one in scene.read(name)] == ["They are slow."], name
    for name in (*OUTSIDE, "provider", "provider_lead"):
        with pytest.raises(NotFound):
            scene.read(name)


def test_a_thread_is_read_by_the_office_and_its_own_provider(scene: Scene) -> None:
    scene.say("officer", "When do you come?", scene.lab)
    scene.say("provider", "On Monday.", scene.lab)
    for name in (*READ_ALL, "provider", "provider_lead"):
        assert [one.words for one in scene.read(name, scene.lab)] == ["On Monday.", "When do you come?"], name
    for name in OUTSIDE:
        with pytest.raises(NotFound):
            scene.read(name, scene.lab)
    assert scene.read("foreign_provider", scene.bank) == []


def test_the_audience_must_fit_the_place(scene: Scene) -> None:
    actor = scene.world.actor(scene.db, "officer")
    for audience, referral in (("internal", scene.lab), ("shared", None), ("", None), ("public", scene.lab)):
        with pytest.raises(InvalidForm):
            send_message(
                scene.db, actor, scene.case, audience=audience, referral=referral, words="?", request=new_request()
            )


def test_who_only_reads_does_not_write(scene: Scene) -> None:
    for name in ("auditor", "manager", "other_officer"):
        for referral in (None, scene.lab):
            with pytest.raises(NotAllowed):
                scene.say(name, "I think …", referral)
    with pytest.raises(NotAllowed):
        scene.say("compliance", "I think …", scene.lab)


def test_whoever_has_declared_an_interest_does_not_write(scene: Scene) -> None:
    declare_interest(
        scene.db, scene.world.actor(scene.db, "supervisor"), scene.number, nature="Family.", request=new_request()
    )
    with pytest.raises(NotAllowed, match="interest"):
        scene.say("supervisor", "I think …")


def test_the_provider_sees_the_office_and_not_who_in_it(scene: Scene) -> None:
    scene.say("officer", "When do you come?", scene.lab, tell=("supervisor", "provider"))
    (one,) = scene.read("provider", scene.lab)
    assert one.author == Named(id=None, name="officer")
    assert one.mentions == [Named(id=None, name="officer"), Named(id=scene.world.people["provider"], name="Provider")]
    assert scene.world.people["supervisor"] not in repr(one)


# --- what a provider's own history tells -----------------------------------------------------------------------------


def test_positions_and_pages_of_a_provider_betray_no_note(scene: Scene) -> None:
    def seen() -> tuple[Page[CaseEvent], Json]:
        actor = scene.world.actor(scene.db, "provider")
        thread = thread_of(actor, scene.case, "shared", scene.lab)
        history = list_events(scene.db, actor, scene.case, limit=2)
        return history, list_messages(scene.db, actor, thread, limit=1)

    for words in ("First.", "Second."):
        scene.say("provider", words, scene.lab)
    before = seen()
    revision = scene.case.tracks[scene.lab].revision
    for _ in range(3):
        scene.say("officer", "Between us.")
        scene.say("officer", "For the bank.", scene.bank)
    assert seen() == before
    assert scene.case.tracks[scene.lab].revision == revision
    assert {type(event) for event in before[0].items} == {CaseEvent}
    assert not {"seq", "hash", "prev", "effects", "acting_for"} & {field.name for field in fields(CaseEvent)}
    assert "seq" not in {one.name for one in fields(Message)}


def test_pages_hold_every_message_once_and_the_newest_first(scene: Scene) -> None:
    ids = [scene.say("officer", f"Note {n}.") for n in range(5)]
    actor = scene.world.actor(scene.db, "auditor")
    thread, cursor, found = thread_of(actor, scene.case, "internal", None), None, []
    while True:
        part = list_messages(scene.db, actor, thread, cursor=cursor, limit=2)
        found += [one.id for one in part.items]
        if (cursor := part.next) is None:
            break
    assert found == ids[::-1]


# --- correcting ------------------------------------------------------------------------------------------------------


def test_a_correction_shows_what_was_said_before(scene: Scene) -> None:
    message = scene.say("officer", "On Tuesday.", scene.lab)
    scene.correct("officer", message, "On Wednesday.", scene.lab)
    (one,) = scene.read("provider", scene.lab)
    assert (one.words, one.taken_back, one.corrected_at is not None) == ("On Wednesday.", False, True)
    assert [old.words for old in one.earlier] == ["On Tuesday."]


def test_what_is_taken_back_says_so_and_stays_in_the_history(scene: Scene) -> None:
    message = scene.say("officer", "On Tuesday.", scene.lab)
    scene.correct("officer", message, None, scene.lab)
    (one,) = scene.read("provider", scene.lab)
    assert (one.words, one.taken_back) == (None, True)
    assert [old.words for old in one.earlier] == ["On Tuesday."]
    with pytest.raises(WrongState):
        scene.correct("officer", message, "Again.", scene.lab)


def test_only_the_author_corrects_and_only_in_its_place(scene: Scene) -> None:
    message = scene.say("officer", "On Tuesday.", scene.lab)
    with pytest.raises(NotAllowed):
        scene.correct("provider", message, "Never.", scene.lab)
    for place in (None, scene.bank):
        with pytest.raises(NotFound):
            scene.correct("officer", message, "Elsewhere.", place)
    assert [one.may_correct for one in scene.read("officer", scene.lab)] == [True]
    assert [one.may_correct for one in scene.read("supervisor", scene.lab)] == [False]


def test_a_message_is_written_once_for_its_key(scene: Scene) -> None:
    request = new_request()
    first = scene.say("officer", "Once.", tell=("supervisor",), request=request)
    assert scene.say("officer", "Once.", tell=("supervisor",), request=request) == first
    assert len(scene.read("officer")) == len(scene.mentions("supervisor")) == 1


# --- replying --------------------------------------------------------------------------------------------------------


def test_a_reply_says_what_it_answers_and_nothing_of_what_that_says(scene: Scene) -> None:
    asked = scene.say("officer", "When do you come?", scene.lab)
    scene.say("provider", "On Monday.", scene.lab, reply_to=asked)
    (reply, first) = scene.read("supervisor", scene.lab)
    assert first.reply_to is None
    assert reply.reply_to == AnsweredMessage(
        id=asked, at=first.at, author=Named(id=scene.world.people["officer"], name="Officer")
    )
    scene.correct("officer", asked, None, scene.lab)
    assert "When do you come?" not in repr(scene.read("supervisor", scene.lab)[0])


def test_who_is_answered_is_told_once(scene: Scene) -> None:
    asked = scene.say("officer", "When do you come?", scene.lab)
    scene.say("provider", "On Monday.", scene.lab, tell=("officer",), reply_to=asked)
    assert len(scene.mentions("officer")) == 1
    assert scene.read("officer", scene.lab)[0].mentions == []
    scene.say("officer", "Besides, where?", scene.lab, reply_to=asked)
    assert len(scene.mentions("officer")) == 1


def test_the_provider_sees_that_the_office_is_answered_and_not_who_in_it(scene: Scene) -> None:
    asked = scene.say("supervisor", "When do you come?", scene.lab)
    scene.say("officer", "And where?", scene.lab, reply_to=asked)
    (reply, _) = scene.read("provider", scene.lab)
    assert reply.reply_to is not None
    assert reply.reply_to.author == Named(id=None, name="supervisor")
    assert scene.world.people["supervisor"] not in repr(reply)
    assert [one.message for one in scene.mentions("supervisor")] == [reply.id]


def test_who_reads_the_thread_no_more_is_told_nothing(scene: Scene) -> None:
    asked = scene.say("supervisor", "When do you come?", scene.lab)
    declare_interest(
        scene.db, scene.world.actor(scene.db, "supervisor"), scene.number, nature="Family.", request=new_request()
    )
    scene.say("provider", "On Monday.", scene.lab, reply_to=asked)
    rows = scene.db.execute(text("SELECT count(*) FROM mentions")).scalar_one()
    assert rows == 0
    assert verify_case(scene.db, scene.case.log) == []


def test_what_stands_elsewhere_is_refused_as_what_stands_nowhere(scene: Scene) -> None:
    elsewhere = [scene.say("officer", "They are slow."), scene.say("officer", "When?", scene.bank)]
    said = set()
    for message in (*elsewhere, "0198c000-0000-7000-8000-000000000000", "no id", "\x00"):
        with pytest.raises(InvalidForm) as refusal:
            scene.say("provider", "So?", scene.lab, reply_to=message)
        said.add(str(refusal.value.fields))
    assert len(said) == 1


def test_what_was_taken_back_is_answered_no_more(scene: Scene) -> None:
    asked = scene.say("officer", "When do you come?", scene.lab)
    scene.correct("officer", asked, None, scene.lab)
    with pytest.raises(InvalidForm, match="was taken back"):
        scene.say("provider", "On Monday.", scene.lab, reply_to=asked)
    assert [one.id for one in scene.read("provider", scene.lab)] == [asked]


def test_the_thread_opens_at_a_message_that_is_asked_for(scene: Scene) -> None:
    ids = [scene.say("officer", f"Note {n}.") for n in range(4)]
    assert [one.id for one in scene.read("officer", since=ids[2], limit=2)] == [ids[2], ids[1]]


# --- mentions --------------------------------------------------------------------------------------------------------


# --- the guard against the wrong audience ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("The Chaoyang Green Bank has agreed.", ("stranger", "Chaoyang Green Bank")),
        ("Foreign Provider will call you.", ("stranger", "Foreign Provider")),
        ("@Verifier what do you say?", ("not_a_reader", "Verifier")),
        ("Hello. We should not tell them about the other offer!", ("from_inside", "")),
        ("I would rather not", ("from_inside", "")),
    ],
)
def test_what_looks_internal_is_asked_about_before_it_goes_out(
    scene: Scene, words: str, reason: tuple[str, str]
) -> None:
    scene.say("supervisor", "We should not tell them about the other offer.")
    draft = draft_name(scene.case.log, None)
    save_draft(scene.db, scene.world.people["officer"], draft, {"f-words": ["I would rather not"]})
    with pytest.raises(AudienceInDoubt) as doubt:
        scene.say("officer", words, scene.lab)
    assert doubt.value.doubts == [reason]
    assert doubt.value.details["readers"] == "Haidian Assessment Lab"
    scene.say("officer", words, scene.lab, sure=True)
    assert [one.words for one in scene.read("provider", scene.lab)] == [words]


@pytest.mark.parametrize(
    "words",
    ["Hebei Steam Works and Nordwind Boilers wait.", "@Provider, @officer: thank you.", "The Haidian Assessment Lab."],
)
def test_what_the_readers_know_is_not_doubted(scene: Scene, words: str) -> None:
    scene.say("officer", words, scene.lab)


def test_a_provider_learns_nothing_by_being_asked(scene: Scene) -> None:
    scene.say("officer", "We should not tell them about the other offer.")
    scene.say("provider", "We should not tell them about the other offer. The Chaoyang Green Bank!", scene.lab)


# --- sealed mediations -----------------------------------------------------------------------------------------------


# --- the record ------------------------------------------------------------------------------------------------------


def test_a_log_with_messages_verifies(scene: Scene) -> None:
    scene.say("officer", "Please look.", tell=("supervisor", "auditor"))
    message = scene.say("provider", "Monday.", scene.lab, tell=("officer",))
    scene.correct("provider", message, "Tuesday.", scene.lab)
    scene.say("officer", "Then Tuesday.", scene.lab, reply_to=message)
    scene.correct("provider", message, None, scene.lab)
    scene.say("supervisor", "What was it?", scene.lab)
    assert verify_case(scene.db, scene.case.log) == []
