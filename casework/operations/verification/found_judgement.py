"""Whether the run by which a case was found, what its records and its match said, and what both sides had answered are what its
opening says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson
from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import NEED
from casework.engine.case_objects.programme_lists import LISTED
from casework.engine.case_objects.technology_fields import technology_field
from casework.engine.definition.list_names import is_code
from casework.engine.state.case import Case
from casework.ledger.canonical_json import digest
from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.history.point_in_time import Past
from casework.operations.verification.kept_rows import KeptRows

#: A run, as it is kept.
_FOUND = text("SELECT evidence, list, digest FROM match_runs WHERE id = CAST(:run AS uuid)")


def found_faults(
    db: Connection, past: Past, case: Case, kept: KeptRows
) -> Iterator[tuple[str, str | None, str | None]]:
    """What is wrong: a sentence, and the table and row that it is about."""
    for words in _opening_faults(past, case, kept.told_otherwise, kept.left_unsaid):
        yield words, None, None
    for field, codes in kept.fields_said:
        if (technology_field(codes) or "") != field:
            yield (
                f"The opening does not say as field of technology what it was: {technology_field(codes) or 'none'}.",
                None,
                None,
            )
    for earlier in kept.unknown_earlier:
        yield (
            f"The opening says that the case follows from {earlier}, which was no case of the programme by then.",
            "cases",
            earlier,
        )
    for asked in kept.untold_answers:
        yield f"The opening does not say what was answered to the question {asked} by then.", "interest_requests", asked
    for record in kept.otherwise_then:
        yield f"The record {record} did not say what the case says that it did when it was opened.", None, record
    if case.found is None:
        return
    run = case.found["run"]
    row = db.execute(_FOUND, {"run": run}).one_or_none()
    if row is None or row.digest != case.found["digest"]:
        yield f"The run {run} is not the one by which the case was found.", "match_runs", run
    # Where words were erased, the run says something else than it had found: that nothing else was done to it the programme's log tells.
    elif ERASED_WORDS not in row.evidence + row.list and (
        digest([row.evidence, row.list]) != row.digest or len(orjson.loads(row.list)["candidates"]) < case.found["rank"]
    ):
        yield f"What the run {run} found is not what it had found when the case was opened.", "match_runs", run


def _opening_faults(
    past: Past, case: Case, otherwise: Iterable[tuple[str, str]], unsaid: Iterable[tuple[str, str]]
) -> Iterator[str]:
    """By what figures tell the case apart: where the opening says something else than its need or its match, and where it leaves out
    what stood on a list of the programme."""
    for field, words in otherwise:
        yield f"The opening does not say as {field} what it was: {words or 'nothing'}."
    for field, words in unsaid:
        if listed := LISTED[NEED].get(field):
            # What came onto the list about then may have come just after.
            said = words in past.listed(case.programme, listed, case.opened_at, surely=True)
        else:
            said = is_code(words)
        if said:
            yield f"The opening does not say the {field}, which was {words}."
