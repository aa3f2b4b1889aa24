"""A message that nobody could have written so is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.state.events import NOTED, SAID, Event
from casework.engine.state.projection import evolve
from casework.operations.core.perform import stand, write
from casework.operations.documents.service import enter
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_events
from tests.operations.messages.test_service import Scene
from tests.support.way_to_referral import to_both
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_both)


@pytest.fixture
def scene(db: Connection, world: World, staged: tuple[str, str, str]) -> Scene:
    return Scene(world, db, *staged)


def _paper(on: Scene) -> str:
    """A document of the office that no provider sees."""
    done = enter(
        on.db,
        on.world.actor(on.db, "officer"),
        on.case,
        title="Figures",
        kind="report",
        referral=None,
        language=None,
        valid_until=None,
        request=new_request(),
    )
    return str(done.answer["id"])


def _taken_back(on: Scene) -> str:
    note = on.say("officer", "So.")
    on.correct("officer", note, None)
    return note


Forge = Callable[[Scene], dict[str, Any]]


@pytest.mark.parametrize(
    ("forge", "sentence"),
    [
        (lambda on: {"kind": NOTED, "role": "auditor", "actor": on.world.people["auditor"]}, "only reads"),
        (lambda on: {"kind": NOTED, "track": on.lab}, "belongs to no referral"),
        (lambda on: {"kind": SAID, "track": on.case.main.id}, "has not been sent"),
        (lambda on: {"effects": {"message": "m", "what": "corrected"}, "because": 3}, "never written there"),
        (
            lambda on: {"effects": {"message": "m", "what": "written", "mentions": [on.world.people["provider"]]}},
            "could not read",
        ),
        (
            lambda on: {"effects": {"message": "m", "what": "written", "reply_to": on.say("officer", "When?", on.lab)}},
            "answers a message that was never written there",
        ),
        (
            lambda on: {
                "kind": SAID,
                "track": on.lab,
                "effects": {"message": "m", "what": "written", "reply_to": on.say("officer", "When?", on.bank)},
            },
            "answers a message that was never written there",
        ),
        (
            lambda on: {"effects": {"message": "m", "what": "written", "attached": ["d"]}},
            "names a document that not all its readers see",
        ),
        (
            lambda on: {
                "kind": SAID,
                "track": on.lab,
                "effects": {"message": "m", "what": "written", "attached": [_paper(on)]},
            },
            "names a document that not all its readers see",
        ),
        (
            lambda on: {
                "effects": {
                    "message": (note := on.say("officer", "So.")),
                    "what": "corrected",
                    "attached": [_paper(on)],
                },
                "because": next(e.seq for e in read_events(on.db, on.case.log) if e.effects.get("message") == note),
            },
            "names a document that not all its readers see",
        ),
        (
            lambda on: {
                "effects": {"message": (note := on.say("officer", "So.")), "what": "corrected", "channel": "mail"},
                "because": next(e.seq for e in read_events(on.db, on.case.log) if e.effects.get("message") == note),
            },
            "says that a correction came by mail",
        ),
        (
            lambda on: {"effects": {"message": "m", "what": "written", "reply_to": "m"}},
            "answers a message that was never written there",
        ),
        (
            lambda on: {
                "effects": {"message": (note := on.say("officer", "So.")), "what": "corrected", "reply_to": note},
                "because": on.case.seq,
            },
            "answers a message that was never written there",
        ),
        (
            lambda on: {"effects": {"message": "m", "what": "written", "reply_to": _taken_back(on)}},
            "answers a message that was taken back",
        ),
    ],
)
def test_the_verifier_finds_a_message_that_was_not_allowed(scene: Scene, forge: Forge, sentence: str) -> None:
    made: dict[str, Any] = {
        "kind": NOTED,
        "role": "officer",
        "actor": scene.world.people["officer"],
        "effects": {"message": "m", "what": "written"},
    } | forge(scene)
    standing = stand(scene.db, scene.case.log, "case")
    case = standing.case
    track = case.tracks.get(made.get("track", ""))
    if track is not None:
        made |= {"frm": track.states, "to": track.states, "edition": track.edition}
    event = Event(log=case.log, seq=case.seq + 1, at=standing.log.now, body={"words": "Forged."}, **made)
    write(scene.db, standing.log, case, evolve(case, event), [event])
    assert sentence in " ".join(one.sentence for one in verify_case(scene.db, case.log))
