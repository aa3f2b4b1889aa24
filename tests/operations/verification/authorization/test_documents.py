"""Papers are filed version by version, and an access ends on a day that is still to come: of the toy case, by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.execution.record_commands import ChangeGrantDay, FileDocument, FileTold
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.engine.state.projection import fold
from casework.operations.history.point_in_time import Past
from casework.operations.verification.authorization.documents import (
    judge_document,
    judge_grant_day_changed,
    new_grants_against,
)
from casework.operations.verification.authorization.evidence import Evidence
from tests.engine.toy_case import accept, begun, paper
from tests.engine.toys import Play

FILE = FileTold("report.pdf", "0" * 64, "pdf", 9)


def _before(play: Play) -> Case:
    before = fold(play.events[:-1])
    assert before is not None
    return before


def _judged(
    db: Connection, play: Play, judge: Callable[[Evidence, Case, Event], Iterator[str]], **effects: Any
) -> list[str]:
    """What is said of the last event, with some of its effects changed."""
    said: Any = {**play.events[-1].effects, **effects}
    return list(judge(Evidence(play.library, Past(db)), _before(play), replace(play.events[-1], effects=said)))


@pytest.mark.parametrize(("version", "sound"), [(1, False), (2, True), (3, False), (4, False)])
def test_versions_count_on_without_a_gap(version: int, sound: bool, db: Connection) -> None:
    play = begun()
    report = paper(play)
    for _ in range(2):
        play.do(FileDocument(report, FILE))
    (file,) = play.events[-1].effects["files"]
    told = _judged(db, play, judge_document, files=[{**file, "version": version}])
    assert told == ([] if sound else [f"it files version {version} after version 1"])


@pytest.mark.parametrize(
    ("day", "sound"), [("2026-03-01", False), ("2026-03-02", True), ("2026-03-03", True), (None, True)]
)
def test_an_access_may_end_today_and_not_yesterday(day: str | None, sound: bool, db: Connection) -> None:
    play = begun()
    play.fire("give", data={"party": "need_owner"})
    accept(play, paper(play))
    (grant,) = play.case.grants
    play.do(ChangeGrantDay(grant, "2026-03-20"))
    told = _judged(db, play, judge_grant_day_changed, grant_days=[{"id": grant, "until": day}])
    assert told == ([] if sound else ["it lets an access end on a day that had passed"])


def test_nothing_is_shared_without_a_consent_of_each_whom_it_concerns() -> None:
    play = begun()
    play.fire("give", data={"party": "need_owner"})
    accept(play, paper(play))
    event, before = play.events[-1], _before(play)
    assert list(new_grants_against(before, event)) == []
    assert list(new_grants_against(replace(before, consents={}), event)) == [
        "it shares a document without a consent of the need owner that covers it"
    ]
    assert list(new_grants_against(replace(before, documents={}), event)) == [
        "it shares a document that the case does not have"
    ]
