"""A finding that one is to answer stands with one's tasks until it is answered, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.api_client import Client
from tests.support.world import World

ClientFor = Callable[[str | None], Client]


def owed(client: Client, address: str = "/tasks") -> list[tuple[str, str, str | None]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return [(one["id"], one["number"], one["due_at"]) for one in answer.json["findings"]]


def revision(client: Client, finding: str) -> int:
    return int(client.get(f"/findings/{finding}").json["revision"])


def test_it_stands_there_with_its_day_until_it_is_answered(client_for: ClientFor, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "officer", number, "take")
    auditor, officer = client_for("auditor"), client_for("officer")
    finding = auditor.post(f"/cases/{number}/findings", {"event": 1, "words": "Why?"}).json["id"]
    assert owed(officer) == []
    day = str((datetime.now(UTC) + timedelta(days=9)).date())
    given = {"owner": world.people["officer"], "due_on": day}
    assigned = auditor.post(f"/findings/{finding}/assign", given, if_match=revision(auditor, finding))
    assert assigned.status_code == 200, assigned.text
    due = officer.get(f"/findings/{finding}").json["due_at"]
    assert due is not None
    assert owed(officer) == owed(officer, "/tasks?view=mine&limit=1") == [(finding, number, due)]
    for address in ("/tasks?view=queue", "/tasks?view=done", "/tasks?queue=officer"):
        assert owed(officer, address) == []
    for other in ("supervisor", "auditor", "provider"):
        assert owed(client_for(other)) == []
    answered = officer.post(f"/findings/{finding}/answer", {"words": "So."}, if_match=revision(officer, finding))
    assert answered.status_code == 200, answered.text
    assert owed(officer) == []
    again = auditor.post(f"/findings/{finding}/ask-again", {"words": "And now?"}, if_match=revision(auditor, finding))
    assert again.status_code == 200, again.text
    assert [id for id, _, _ in owed(officer)] == [finding]
