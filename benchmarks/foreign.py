"""What is somebody else's against what is not there, over HTTP: whether the time that an answer takes betrays anything."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from statistics import median

from flask.testing import FlaskClient

from benchmarks import ours
from benchmarks.figures import Figure, Scale, ms, take_turns
from benchmarks.world import World
from casework.operations.auth.tokens import make_token
from casework.operations.people.registry import grant_role, register_organisation, register_person
from casework.records.database import transaction
from casework.web.app import create_app

#: As the promise has it, in milliseconds.
MOST = 5.0


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    hand = mine.open(world.make_matches(mine.engine, 1)[0])
    mine.find_task(hand)
    with transaction(mine.engine) as db:
        # A provider's person, who belongs to no programme and to no referral of the case.
        outsider = register_person(db, email="outsider@bench.example", name="Outsider")
        grant_role(
            db, outsider, "provider", organisation=register_organisation(db, name="Elsewhere", services=["assessment"])
        )
        _, token = make_token(db, outsider, name="bench", scopes=["read", "write"])
    mine.close()
    app = create_app(world.settings)
    client = app.test_client()
    for name, foreign, absent in (
        ("case", f"/cases/{hand.number}", "/cases/BENCH-1999-9999"),
        ("task", f"/tasks/{hand.task}", f"/tasks/{uuid.uuid4()}"),
        ("claim of a task", f"/tasks/{hand.task}/claim", f"/tasks/{uuid.uuid4()}/claim"),
    ):
        asks = tuple(_ask(client, token, path, post=path.endswith("claim")) for path in (foreign, absent))
        turns = list(take_turns(asks, repetitions=scale.repetitions, calls=min(50, scale.reads)))
        theirs, nowhere = (median(taken for turn in turns for taken in turn[side]) for side in (0, 1))
        detail = f"foreign {ms(theirs)}, absent {ms(nowhere)}"
        yield Figure(
            f"foreign {name} against an absent one, apart", abs(theirs - nowhere) * 1000, "ms", MOST, True, detail
        )
    app.extensions["casework"].dispose()


def _ask(client: FlaskClient, token: str, path: str, *, post: bool) -> Callable[[], None]:
    def ask() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        if post:
            answer = client.post(f"/api/v1{path}", json={}, headers=headers | {"Idempotency-Key": str(uuid.uuid4())})
        else:
            answer = client.get(f"/api/v1{path}", headers=headers)
        assert answer.status_code == 404, f"{path}: {answer.status_code}"

    return ask
