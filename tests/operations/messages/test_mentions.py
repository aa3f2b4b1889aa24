"""Whoever is mentioned is told, as long as that person may read it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.messages.mentions import list_mentions, open_mention, open_mentions
from casework.operations.messages.service import send_message
from casework.operations.messages.threads import thread_of
from casework.operations.people.registry import end_role
from casework.operations.verification.service import verify_case
from tests.operations.messages.test_service import Scene
from tests.support.way_to_referral import to_both
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_both)


@pytest.fixture
def scene(db: Connection, world: World, staged: tuple[str, str, str]) -> Scene:
    return Scene(world, db, *staged)


def test_who_is_mentioned_is_told_until_the_thread_is_opened(scene: Scene) -> None:
    scene.say("officer", "Please look.", tell=("supervisor",))
    scene.say("officer", "Please answer.", scene.lab, tell=("provider", "supervisor"))
    assert [(one.audience, one.number) for one in scene.mentions("supervisor")] == [
        ("shared", scene.number),
        ("internal", scene.number),
    ]
    assert [one.referral for one in scene.mentions("provider")] == [scene.lab]
    actor = scene.world.actor(scene.db, "supervisor")
    open_mentions(scene.db, actor, thread_of(actor, scene.case, "internal", None))
    (left,) = scene.mentions("supervisor")
    assert left.audience == "shared"
    open_mention(scene.db, actor, left.id, new_request())
    assert scene.mentions("supervisor") == []
    assert len(list_mentions(scene.db, actor).items) == 2
    assert len(scene.mentions("provider")) == 1


@pytest.mark.parametrize(
    ("by", "shared", "whom"),
    [
        ("officer", False, "provider"),
        ("officer", False, "foreign_officer"),
        ("officer", False, "observer"),
        ("officer", True, "foreign_provider"),
        ("officer", True, "verifier"),
        ("provider", True, "foreign_provider"),
        ("provider", True, "supervisor"),
        ("officer", False, "administrator"),
    ],
)
def test_nobody_is_told_who_cannot_read_it(scene: Scene, by: str, shared: bool, whom: str) -> None:
    """Refused in the same words as for somebody who is not there at all."""
    refusals = []
    for person in (scene.world.people[whom], "00000000-0000-7000-8000-000000000000"):
        with pytest.raises(InvalidForm) as refusal:
            send_message(
                scene.db,
                scene.world.actor(scene.db, by),
                scene.case,
                audience="shared" if shared else "internal",
                referral=scene.lab if shared else None,
                words="Look.",
                mentions=[person],
                request=new_request(),
            )
        refusals.append(refusal.value.fields)
    assert refusals[0] == refusals[1] == {"mentions": reasons.messages.NOT_A_READER}


def test_who_may_not_read_it_any_more_is_not_told_any_more(scene: Scene) -> None:
    scene.say("officer", "Please answer.", scene.lab, tell=("provider_lead",))
    membership = scene.db.execute(
        text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"),
        {"id": scene.world.people["provider_lead"]},
    ).scalar_one()
    assert len(scene.mentions("provider_lead")) == 1
    end_role(scene.db, str(membership))
    assert scene.mentions("provider_lead") == []


def test_a_mention_that_no_message_made_is_found(scene: Scene) -> None:
    scene.say("officer", "Please look.", tell=("supervisor",))
    scene.db.execute(text("UPDATE mentions SET person_id = CAST(:id AS uuid)"), {"id": scene.world.people["auditor"]})
    assert [(one.kind, one.table) for one in verify_case(scene.db, scene.case.log)] == [("rows", "mentions")] * 2
