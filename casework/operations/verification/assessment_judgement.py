"""Whether what a programme's log says of the assessments of its city's needs was done as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from casework.engine.case_objects.organisations import REASON
from casework.engine.state.events import RegisterEvent
from casework.operations.catalogue.assessment_needs import ASSESSED, ASSESSMENT_KINDS, NEED_KEPT
from casework.operations.catalogue.assessment_values import CONCLUDED
from casework.records.register_entries import MARK


def assessment_faults(events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of an assessment could not have been changed so: the number of the event, and why."""
    status: dict[str, object] = {}
    for event in events:
        told = {name: value for name, value in event.body.items() if name.startswith(f"needs_assessments{MARK}")}
        if event.kind in ASSESSMENT_KINDS and any(status.get(name) == CONCLUDED for name in told):
            if event.kind == ASSESSED and REASON not in event.body:
                yield event.seq, "it changes an assessment that was concluded, and does not say why"
            if event.kind != ASSESSED and not _of_needs(event):
                yield event.seq, "the assessment was concluded then"
        for name, value in told.items():
            if not isinstance(value, Mapping):
                # What was erased may have said how it stands: until that is told again nobody knows.
                status.pop(name, None)
            elif "status" in value:
                status[name] = value["status"]


def _of_needs(event: RegisterEvent) -> bool:
    """What need came of an assessment may be said whenever one learns it."""
    return event.kind == NEED_KEPT or any(name.startswith(f"assessment_needs{MARK}") for name in event.body)
