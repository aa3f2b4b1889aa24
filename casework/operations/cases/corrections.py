"""Correct what was mistyped in an earlier form: for its writer while the step lasts, afterwards for an officer of the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.engine.definition.editions import Edition
from casework.engine.execution.commands import Command, CorrectAnswer
from casework.engine.execution.context import By
from casework.engine.execution.corrections import REASON, Answer, answer_of, may_correct
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.errors import CaseHasMoved, NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, perform
from casework.operations.core.references import reference_faults
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, sight
from casework.permissions.work import barred, capacities

#: The events of a log that hold answers.
_ONE = (
    "SELECT seq, track_id::text, effects, body FROM events WHERE log_id = "
    "CAST(:log AS uuid) AND kind IN ('fired', 'completed', 'corrected')"
)
_OF_SEQ = text(f"{_ONE} AND seq = :seq")
#: The event by which a transition was fired last.
_LAST = text(
    f"{_ONE} AND track_id = CAST(:track AS uuid) AND effects->>'transition' = :transition AND kind = 'fired' ORDER BY seq DESC LIMIT 1"
)
#: The event by which a task was finished last.
_LAST_OF_TASK = text(f"{_ONE} AND effects->>'task' = :task AND kind = 'completed' ORDER BY seq DESC LIMIT 1")
#: All versions of an answer, in order.
_VERSIONS = text("""
    SELECT seq, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind IN ('fired', 'completed', 'corrected')
    AND track_id = CAST(:track AS uuid) AND effects->>'transition' IS NOT DISTINCT FROM CAST(:transition AS text)
    AND effects->>'task' IS NOT DISTINCT FROM CAST(:task AS text) ORDER BY seq
""")


def find_answer(
    db: Connection, actor: Actor, case: Case, editions: Mapping[str, Edition], seq: int
) -> tuple[Answer, JsonObject, int]:
    """The answers that stand to the form of an action by its `seq`, all of them as they would be typed again, and how many
    versions of them there are: whoever sees a part of the history may know that, and not the `seq`. Raises NotFound."""
    row = db.execute(_OF_SEQ, {"log": case.log, "seq": seq}).one_or_none()
    if row is None:
        raise NotFound("answer")
    answer = answer_of(editions, case, row.track_id, row.effects.get("transition"), row.effects.get("task"))
    if answer is None or not _sees(actor, case, answer):
        raise NotFound("answer")
    words, last, versions = _words(db, case, row)
    if last:
        # Another firing of the same name stands now.
        raise NotFound("answer")
    return answer, {**answer.data, **words}, versions


def _sees(actor: Actor, case: Case, answer: Answer) -> bool:
    level = sight(actor, case)
    mine = {track.id for track in own_tracks(actor, case)} if level == Sight.REFERRALS else set()
    office = answer.task is not None and answer.task.organisation is None
    return level == Sight.ALL or answer.track.id in mine and not office


def _words(db: Connection, case: Case, row: Any) -> tuple[JsonObject, bool, int]:
    """The words of the form as they stand; whether the same action was done again since; and how often it was done or corrected."""
    given = {
        "log": case.log,
        "track": row.track_id,
        "transition": row.effects.get("transition"),
        "task": row.effects.get("task"),
    }
    answers: JsonObject = {}
    again = versions = 0
    for version in db.execute(_VERSIONS, given):
        versions += 1
        if version.seq < row.effects.get("of", row.seq):
            continue
        data = {name: value for name, value in values(version.body).items() if value is not ERASED and name != REASON}
        again += REASON not in version.body
        answers |= data
    return answers, again > 1, versions


def insist_may_correct(actor: Actor, case: Case, answer: Answer) -> By:
    """The capacity in which the actor corrects it. Raises NotAllowed."""
    if (why := barred(actor, case)) is not None:
        raise NotAllowed(why=why)
    by = _capacity(actor, case, answer)
    if by is None:
        raise NotAllowed(why=reasons.cases.CORRECTED_BY)
    return by


def _capacity(actor: Actor, case: Case, answer: Answer) -> By | None:
    if barred(actor, case) is not None:
        return None
    return next(
        (capacity for capacity in capacities(actor, case, answer.track) if may_correct(case, answer, capacity)), None
    )


def may_correct_now(db: Connection, actor: Actor, case: Case, editions: Mapping[str, Edition], seq: int) -> bool:
    """Whether a page offers to correct the answers of an action."""
    try:
        answer, *_ = find_answer(db, actor, case, editions, seq)
        insist_may_correct(actor, case, answer)
    except (NotFound, NotAllowed):
        return False
    return case.closed_at is None


def correct_answer(
    db: Connection,
    actor: Actor,
    case: Case,
    seq: int,
    *,
    data: JsonMapping,
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Put other answers in the place of those of an action; the whole form is sent anew. Raises what refuses it, and
    CaseHasMoved where there are more versions of it than were `seen`."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        answer, _, versions = find_answer(db, actor, standing.case, standing.library.editions, seq)
        if seen not in (None, versions):
            raise CaseHasMoved
        row = db.execute(_OF_SEQ, {"log": case.log, "seq": seq}).one()
        words, *_ = _words(db, standing.case, row)
        by = insist_may_correct(actor, standing.case, answer)
        changed = [
            rule
            for rule in answer.edition.form(answer.rule.form)
            if data.get(rule["name"]) != answer.data.get(rule["name"])
        ]
        against = reference_faults(db, standing.case, changed, data, answer.track)
        of = int(row.effects.get("of", seq))
        task = answer.task.id if answer.task else None
        command = CorrectAnswer(of, answer.track.id, data, reason, None if task else answer.name, task, words, against)
        return command, by

    def done(after: Case, events: list[Event]) -> JsonObject:
        # To whoever sees a part of the log, a place in the whole would tell what stands between.
        whole = sight(actor, after) == Sight.ALL
        return {"seq": events[0].seq if whole else None, "of": events[0].effects["of"] if whole else None}

    return perform(db, actor, case.log, case.kind, to_command, answer=done, request=request)


def list_correctable(actor: Actor, case: Case, editions: Mapping[str, Edition]) -> list[Answer]:
    """The answers of a case, or of one's own part of it, that the actor may correct now, in the order of tracks and tasks."""
    if case.closed_at is not None:
        return []
    forms: list[tuple[str, str | None, str | None]] = [
        (track.id, name, None) for track in case.tracks.values() for name in track.fired
    ]
    forms += [(task.track, None, task.id) for task in case.tasks.values()]
    answers = [answer for form in forms if (answer := answer_of(editions, case, *form)) and _sees(actor, case, answer)]
    return [answer for answer in answers if _capacity(actor, case, answer) is not None]


def last_of(db: Connection, case: Case, track: str, transition: str) -> int:
    """The `seq` of the last firing of a transition. Raises NotFound."""
    return _seq(db, _LAST, {"log": case.log, "track": track, "transition": transition})


def last_of_task(db: Connection, case: Case, task: str) -> int:
    """The `seq` with which a task was finished. Raises NotFound."""
    return _seq(db, _LAST_OF_TASK, {"log": case.log, "task": task})


def _seq(db: Connection, statement: TextClause, given: JsonMapping) -> int:
    row = db.execute(statement, given).first()
    if row is None:
        raise NotFound("answer")
    return int(row.seq)
