"""What comes next in a case where its way is held up: by a paper of the office, by another's task, or by the other side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.definitions import load_library
from casework.engine.definition.grammar import MAIN as FORWARD
from casework.engine.definition.grammar import RETURN
from casework.engine.parts import MAIN
from casework.operations.cases.action_views import ActionView, NeededPaper
from casework.operations.cases.views import TrackView
from casework.web.cases.next_step import (
    Choices,
    Next,
    TaskLine,
    before_of,
    choose,
    coming_of,
    held_of,
    outliving_of,
    yours_of,
)
from casework.web.shell.form_actions import Action

STEP = Next(
    "Get the signatures", "case officer", False, None, "t", True, "step", "agreement", "Agreement", False, False
)
PAPER = NeededPaper(
    kind="signed_agreement", name="signed agreement", state="missing", document=None, valid_until=None, of=None
)
DECISION = TaskLine("d", "Decide", "side", "supervisor", "", False, False, None, False, None, "Agreement", False, False)


def action(
    name: str, *papers: NeededPaper, track: str = "agreement", kind: str = FORWARD, allowed: bool = False
) -> Action:
    edition = load_library().playing(MAIN)
    assert edition is not None
    return Action(track, name, kind, edition, 1, allowed, ("Not on file.",), False, (), (), {}, papers)


def test_what_begins_before_the_step_is_due_is_what_the_case_rests_for() -> None:
    due, early = "2028-03-20T09:00:00.000000Z", "2027-01-25T09:00:00.000000Z"
    step, asks = replace(STEP, due_at=due), replace(DECISION, type="side", waits=True, begins_at=early)
    later = replace(asks, id="later", begins_at="2027-07-25T09:00:00.000000Z")
    assert coming_of(step, [later, asks]) == asks
    assert coming_of(step, [replace(asks, begins_at=due)]) is None
    assert coming_of(step, [replace(asks, where="Another track")]) is None
    assert coming_of(step, [DECISION]) is None
    assert coming_of(replace(step, type="side"), [asks]) is None


def test_a_missing_paper_of_the_office_holds_the_step_up() -> None:
    held = held_of(STEP, Choices(not_now=(action("other"), action("sign", PAPER))))
    assert held is not None
    assert (held.action.name, held.paper.kind) == ("sign", "signed_agreement")


def test_nothing_is_handed_in_for_a_step_that_can_be_left() -> None:
    blocked = (action("sign", PAPER),)
    assert held_of(STEP, Choices(possible=(action("sign_abroad", allowed=True),), not_now=blocked)) is None
    elsewhere = action("back", track="main", kind=RETURN, allowed=True)
    assert held_of(STEP, Choices(possible=(elsewhere,), not_now=blocked)) is not None


def test_nor_what_a_provider_hands_in_or_is_on_file_or_is_anothers_step() -> None:
    for paper in (replace(PAPER, of="assessment"), replace(PAPER, state="there"), replace(PAPER, state="pending")):
        assert held_of(STEP, Choices(not_now=(action("sign", paper),))) is None
    for following in (None, replace(STEP, may_work=False), replace(STEP, type="side")):
        assert held_of(following, Choices(not_now=(action("sign", PAPER),))) is None


def offered(one: Action) -> ActionView:
    return ActionView(
        track=one.track,
        transition=one.name,
        label="",
        kind=one.kind,
        by=["officer"],
        confirm_by=[],
        proposed=one.proposed,
        yours=True,
        allowed=one.allowed,
        why_not=[],
        form=[],
        papers=[],
        prefill={},
    )


@pytest.mark.parametrize("following", ["main", "agreement"])
@pytest.mark.parametrize("together", [True, False])
def test_a_way_back_is_never_the_primary_action(following: str, together: bool) -> None:
    back = action("back_to_talks", track="main", kind=RETURN, allowed=True)
    sign, pay = action("sign", allowed=True), action("pay", track="finance", allowed=True)
    ahead = action("ready_to_sign", track="main")
    actions = [back, pay, sign, ahead] if together else [back, ahead]
    chosen = choose(actions, map(offered, actions), "main", following, ("main",), beside=frozenset({"agreement"}))
    assert chosen.primary is (sign if together else None)
    assert back not in chosen.possible[:-1]
    asked = replace(back, proposed=True)
    assert choose([asked], [offered(asked)], "main", following).primary is asked
    # Where there is no way forward, it is one of the answers of a decision.
    assert choose([back], [offered(back)], "main", following, ("main",)).primary is back


def test_what_another_must_do_first_is_named_with_the_step() -> None:
    mine = replace(DECISION, id="m", may_work=True)
    assert before_of(STEP, [mine, DECISION], Choices()) is DECISION
    assert yours_of(STEP, [mine, DECISION], Choices()) is mine
    for other in (replace(DECISION, where="Referral"), replace(DECISION, waits=True), replace(DECISION, type="step")):
        assert before_of(STEP, [other], Choices()) is None
    assert before_of(replace(STEP, may_work=False), [DECISION], Choices()) is None


def track(id: str, state: str) -> TrackView:
    edition = load_library().latest("agreement")
    assert edition is not None
    return TrackView(
        id=id,
        workflow="agreement",
        kind="agreement",
        edition=edition.fingerprint,
        edition_number=1,
        revision=1,
        states=[state],
        labels=[],
        step=None,
        visited=[],
        parent=None,
        provider=None,
        entered_at="2026-01-05T00:00:00Z",
        ended=None,
        replaced=False,
        given={},
    )


def test_what_outlives_the_case_is_not_what_it_needs_next() -> None:
    tracks = [track("agreement", "in_force"), track("drafted", "drafting")]
    assert outliving_of(tracks, "main") == {"agreement"}
    # Where that is what comes next, its way on is what is to be done.
    assert outliving_of(tracks, "agreement") == set()
    end = action("end", allowed=True)
    assert choose([end], [offered(end)], "main", "main").primary is end
    chosen = choose([end], [offered(end)], "main", "main", outliving={"agreement"})
    assert (chosen.primary, chosen.possible, chosen.more) == (None, (), (end,))
    close = action("close", track="main", allowed=True)
    assert choose([end, close], map(offered, [end, close]), "main", "main", outliving={"agreement"}).possible == (
        close,
    )
