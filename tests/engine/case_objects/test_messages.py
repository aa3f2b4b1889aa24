"""Messages: two audiences that cannot be mixed up, no message that changes a case, and the guard for the wrong one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.messages import (
    AUDIENCES,
    FROM_INSIDE,
    INTERNAL,
    NOT_A_READER,
    SHARED,
    STRANGER,
    TAKEN_BACK,
    Doubt,
    doubts,
    hidden_from,
)
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import Correct, RegisterDocument, Said, Say
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.case_documents import Document, Grant
from casework.engine.state.events import NOTED, SAID, Event
from casework.errors import CaseworkError, InvalidForm, NotAllowed, WrongState
from casework.reasons import Reason
from casework.reasons.messages import NO_DOCUMENT, NOT_SHARED
from tests.engine.small_case import at, case, referral
from tests.engine.toy_case import Fix, Toy, ToyReferral
from tests.engine.toys import COMPLIANCE, LEAD, OFFICER, PROVIDER, SECOND_OFFICER, SUPERVISOR, Play, uuid

LAB = uuid(500)


def drafted() -> Play:
    play = Play(Toy, ToyReferral, Fix).start()
    play.fire("refer")
    return play


def sent() -> Play:
    play = drafted()
    play.fire("send", data={"provider": LAB}, on=play.track("referral"))
    return play


def share(play: Play, by: By = OFFICER, words: str = "When do you come?") -> Event:
    return play.do(Say(SHARED, words, play.track("referral").id), by)[0]


def note(play: Play, by: By = OFFICER, words: str = "They are slow.") -> Event:
    return play.do(Say(INTERNAL, words), by)[0]


def said(event: Event, *, taken_back: bool = False) -> Said:
    return Said(event.effects["message"], event.seq, event.kind, event.track, event.actor, taken_back)


# --- audiences -------------------------------------------------------------------------------------------------------


def test_each_audience_is_a_kind_of_event_in_a_place_of_its_own() -> None:
    play = sent()
    inside, outside = note(play), share(play)
    assert (inside.kind, inside.track) == (NOTED, None)
    assert (outside.kind, outside.track) == (SAID, play.track("referral").id)


def test_the_words_are_in_the_body_alone() -> None:
    event = note(sent(), words="They are slow.")
    assert event.body == {"words": "They are slow."}
    assert "slow" not in str(event.effects)


@given(st.sampled_from((*AUDIENCES, "", "public")), st.booleans(), st.sampled_from(Role))
def test_no_event_has_another_audience_than_was_asked_for(audience: str, placed: bool, role: Role) -> None:
    """Whatever is asked for by whomever: an internal note is never in a referral, a shared message always, by who may."""
    play = sent()
    referral = play.track("referral").id if placed else None
    try:
        (event,) = play.do(Say(audience, "Words.", referral), By("somebody", role))
    except CaseworkError:
        return
    assert audience in AUDIENCES
    assert (event.kind, event.track) == ((NOTED, None) if audience == INTERNAL else (SAID, referral))
    assert role in (
        {"officer", "supervisor", "compliance"}
        if audience == INTERNAL
        else {
            "officer",
            "supervisor",
            "provider",
            "provider_lead",
            "verifier",
        }
    )


def _but_for_time(case: Case) -> Case:
    return replace(case, seq=0, last_at=case.opened_at)


@given(st.lists(st.sampled_from(("note", "share", "correct", "take back")), max_size=8))
def test_no_message_changes_what_a_case_is(actions: list[str]) -> None:
    play = sent()
    before, last = _but_for_time(play.case), note(play)
    for action in actions:
        if action == "note":
            last = note(play)
        elif action == "share":
            last = share(play)
        else:
            play.do(Correct(said(last), "Others." if action == "correct" else None))
    assert _but_for_time(play.case) == before
    assert play.folded() == play.case


@pytest.mark.parametrize("by", [OFFICER, SUPERVISOR, PROVIDER, LEAD])
def test_officers_supervisors_and_the_provider_write_in_the_thread(by: By) -> None:
    assert share(sent(), by).actor == by.person


@pytest.mark.parametrize("by", [OFFICER, SUPERVISOR, COMPLIANCE])
def test_the_office_writes_internal_notes(by: By) -> None:
    assert note(sent(), by).role == by.role


@pytest.mark.parametrize("by", [PROVIDER, LEAD, By("a", Role.AUDITOR), By("m", Role.MANAGER)])
def test_nobody_else_writes_internal_notes(by: By) -> None:
    with pytest.raises(NotAllowed):
        note(sent(), by)


@pytest.mark.parametrize("by", [COMPLIANCE, By("a", Role.AUDITOR)])
def test_who_only_reads_a_thread_does_not_write_in_it(by: By) -> None:
    with pytest.raises(NotAllowed):
        share(sent(), by)


def test_there_is_no_thread_before_the_referral_was_sent() -> None:
    with pytest.raises(WrongState, match="has not been sent"):
        share(drafted())


def test_the_thread_ends_with_the_referral() -> None:
    play = sent()
    play.fire("cancel", on=play.track("referral"))
    with pytest.raises(WrongState, match="ended"):
        share(play)
    assert note(play).kind == NOTED


def test_nothing_is_handed_to_a_provider_while_a_stop_is_decided() -> None:
    play = sent()
    play.fire("stop", COMPLIANCE)
    for by in (OFFICER, PROVIDER):
        with pytest.raises(WrongState, match="is frozen"):
            share(play, by)
    assert note(play).kind == NOTED


@pytest.mark.parametrize("words", ["", "  \n ", "a\x00b", "x" * 10_001])
def test_words_must_be_words(words: str) -> None:
    with pytest.raises(InvalidForm):
        note(sent(), words=words)


def test_few_people_are_mentioned_each_once() -> None:
    play = sent()
    (event,) = play.do(Say(INTERNAL, "Look.", None, ("p", "q", "p")))
    assert event.effects["mentions"] == ["p", "q"]
    with pytest.raises(InvalidForm):
        play.do(Say(INTERNAL, "Look.", None, tuple(str(n) for n in range(21))))


# --- replying ---------------------------------------------------------------------------------------------------------


def test_a_reply_names_what_it_answers_and_tells_who_wrote_that() -> None:
    play = sent()
    asked = share(play)
    (event,) = play.do(Say(SHARED, "On Monday.", asked.track, reply_to=said(asked), answered=asked.actor), PROVIDER)
    assert event.effects["reply_to"] == asked.effects["message"]
    assert event.effects["mentions"] == [OFFICER.person]
    assert "When do you come?" not in str((event.effects, event.body))


def test_who_is_answered_is_told_once_and_nobody_of_answering_oneself() -> None:
    play = sent()
    first = note(play)
    told = Say(INTERNAL, "Yes.", mentions=("p", first.actor), reply_to=said(first), answered=first.actor)
    assert play.do(told, SUPERVISOR)[0].effects["mentions"] == ["p", first.actor]
    (event,) = play.do(Say(INTERNAL, "Besides.", reply_to=said(first), answered=first.actor))
    assert "mentions" not in event.effects


def test_who_is_answered_is_told_however_many_others_are() -> None:
    play = sent()
    first = note(play)
    others = tuple(str(n) for n in range(20))
    (event,) = play.do(Say(INTERNAL, "So.", None, others, said(first), first.actor), SUPERVISOR)
    assert len(event.effects["mentions"]) == 21


def test_a_reply_stands_in_the_thread_of_what_it_answers() -> None:
    play = sent()
    inside, outside = note(play), share(play)
    for say in (
        Say(SHARED, "So.", outside.track, reply_to=said(inside)),
        Say(INTERNAL, "So.", reply_to=said(outside)),
        Say(SHARED, "So.", outside.track, reply_to=replace(said(outside), track=play.case.main.id)),
    ):
        with pytest.raises(InvalidForm):
            play.do(say)


# --- documents -------------------------------------------------------------------------------------------------------

START = at(0)
PAPER = Document("d", None, "map", START)


@pytest.mark.parametrize(
    ("paper", "grants", "inside", "shared"),
    [
        (PAPER, {}, None, NOT_SHARED),
        (replace(PAPER, track="one"), {}, None, None),
        (replace(PAPER, track="two"), {}, None, NOT_SHARED),
        (PAPER, {"g": Grant("g", "one", "d", (), START)}, None, None),
        (PAPER, {"g": Grant("g", "one", "d", (), START, ended_at=START)}, None, NOT_SHARED),
        (PAPER, {"g": Grant("g", "two", "d", (), START)}, None, NOT_SHARED),
        (PAPER, {"g": Grant("g", "one", "e", (), START)}, None, NOT_SHARED),
        (replace(PAPER, withdrawn_at=START), {}, NO_DOCUMENT, NOT_SHARED),
        (replace(PAPER, track="one", withdrawn_at=START), {}, NO_DOCUMENT, NOT_SHARED),
        (replace(PAPER, id="e"), {}, NO_DOCUMENT, NOT_SHARED),
    ],
)
def test_a_message_names_what_all_its_readers_see(
    paper: Document, grants: dict[str, Grant], inside: Reason | None, shared: Reason | None
) -> None:
    stands = case(referral("one"), referral("two"), documents={paper.id: paper}, grants=grants)
    assert hidden_from(stands, "d", None) == inside
    assert hidden_from(stands, "d", stands.tracks["one"]) == shared


def test_the_documents_that_a_message_names_are_in_its_effects_once() -> None:
    play = sent()
    play.do(RegisterDocument(title="A map", kind="map"))
    (paper,) = play.case.documents
    (event,) = play.do(Say(INTERNAL, "See this.", documents=(paper, paper)))
    assert event.effects["attached"] == [paper]
    with pytest.raises(InvalidForm):
        play.do(Say(SHARED, "See this.", play.track("referral").id, documents=(paper,)))
    assert "attached" not in note(play).effects


# --- correcting ------------------------------------------------------------------------------------------------------


def test_a_correction_follows_in_the_same_place_and_names_what_it_corrects() -> None:
    play = sent()
    first = share(play)
    (event,) = play.do(Correct(said(first), "When do you come, please?"))
    assert (event.kind, event.track, event.because) == (SAID, first.track, first.seq)
    assert event.effects == {"message": first.effects["message"], "what": "corrected"}
    assert event.body == {"words": "When do you come, please?"}


def test_what_is_taken_back_has_no_words_and_stays_so() -> None:
    play = sent()
    first = note(play)
    (event,) = play.do(Correct(said(first), None))
    assert (event.effects["what"], event.body) == (TAKEN_BACK, {})
    with pytest.raises(WrongState):
        play.do(Correct(said(first, taken_back=True), "Again."))


def test_a_message_says_where_it_came_by_mail() -> None:
    play = sent()
    plain, mailed = play.do(Say(INTERNAL, "So.")), play.do(Say(INTERNAL, "So.", by_mail=True))
    assert [event.effects.get("channel") for event in (*plain, *mailed)] == [None, "mail"]


def test_what_is_taken_back_is_not_answered() -> None:
    play = sent()
    first = note(play)
    play.do(Correct(said(first), None))
    with pytest.raises(InvalidForm, match="taken back"):
        play.do(Say(INTERNAL, "So?", reply_to=said(first, taken_back=True)))


@pytest.mark.parametrize("by", [SECOND_OFFICER, SUPERVISOR])
def test_nobody_corrects_what_another_has_written(by: By) -> None:
    play = sent()
    with pytest.raises(NotAllowed):
        play.do(Correct(said(note(play)), "Others."), by)


# --- the guard against the wrong audience ----------------------------------------------------------------------------

READERS = ("Officer Wang", "Haidian Assessment Lab", "李娜")


def ask(words: str, strangers: tuple[str, ...] = (), internal: tuple[str, ...] = ()) -> list[Doubt]:
    return list(doubts(words, readers=READERS, strangers=strangers, internal=internal))


@pytest.mark.parametrize(
    "words", ["Ask the Chaoyang Green Bank.", "CHAOYANG  GREEN\nBANK says no", "“Chaoyang Green Bank”"]
)
def test_the_name_of_somebody_whom_they_may_not_know_is_found(words: str) -> None:
    assert ask(words, ("Chaoyang Green Bank", "朝阳银行")) == [Doubt(STRANGER, "Chaoyang Green Bank")]


def test_a_chinese_name_is_found_within_a_sentence() -> None:
    assert ask("请问朝阳银行的意见", ("朝阳银行",)) == [Doubt(STRANGER, "朝阳银行")]


@pytest.mark.parametrize("words", ["Embankments are fine.", "The Haidian Assessment Lab comes."])
def test_parts_of_words_and_names_of_readers_are_no_strangers(words: str) -> None:
    assert ask(words, ("Bank", "Haidian Assessment Lab")) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("@Banker what do you think?", "Banker"),
        ("so, @Chen.", "Chen"),
        ("请＠王五", "王五"),
        ("请@王五看一下", "王五看一下"),
    ],
)
def test_whoever_is_addressed_must_be_a_reader(words: str, name: str) -> None:
    assert [(one.kind, one.name.rstrip(".")) for one in ask(words)] == [(NOT_A_READER, name)]


@pytest.mark.parametrize(
    "words",
    ["@Wang look", "@officer", "@officerwang", "@李娜 你好", "请@李娜看一下", "＠李娜", "write to wang@example.org"],
)
def test_readers_and_addresses_are_not_doubted(words: str) -> None:
    assert ask(words) == []


def test_a_passage_of_an_internal_note_is_found() -> None:
    inside = "They missed two deadlines. We should ask the other lab about its price."
    assert ask("Hello! We should ask the OTHER lab about its price!", internal=(inside,)) == [Doubt(FROM_INSIDE)]
    assert ask("我们应该询问另一家实验室的价格。", internal=("你好。我们应该询问另一家实验室的价格",)) == [
        Doubt(FROM_INSIDE)
    ]


def test_what_was_begun_as_an_internal_draft_is_found_however_short() -> None:
    assert ask("too dear", internal=("Too  dear",)) == [Doubt(FROM_INSIDE)]
    assert ask("They are too dear for what they do, I think", internal=("They are too dear for what they do",)) == [
        Doubt(FROM_INSIDE)
    ]


def test_common_words_alone_are_no_doubt() -> None:
    assert ask("Thank you. When do you come?", internal=("Thank you. They are late.",)) == []


@given(st.text(max_size=80))
def test_the_guard_has_an_answer_to_any_text(words: str) -> None:
    found = doubts(words, readers=READERS, strangers=("Bank",), internal=(words[::-1],))
    assert len(set(found)) == len(found)
