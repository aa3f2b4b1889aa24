"""A case is opened, on its first track."""

from __future__ import annotations

from casework.engine.execution.commands import Open
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.task_changes import commit
from casework.engine.execution.track_opening import start_track
from casework.engine.state.effects_schema import OpenedCase, OpenedTrack
from casework.errors import NotFound


def open_case(builder: EventBuilder, command: Open) -> None:
    edition = builder.library.latest(command.workflow)
    if edition is None:
        raise NotFound("workflow")
    id = builder.context.new_id()
    case: OpenedCase = {"kind": command.kind, **command.case}
    opened: OpenedTrack = {
        "id": id,
        "workflow": command.workflow,
        "edition": edition.fingerprint,
        "kind": command.service or command.workflow,
        "part": edition.part,
        "parent": None,
        "provider": command.provider,
        "states": list(edition.initial),
    }
    body = {**({"title": command.title} if command.title else {}), **command.words}
    builder.begin_log(command.log, {"case": case, "tracks": [opened]}, body)
    start_track(builder, opened, edition)
    commit(builder)
