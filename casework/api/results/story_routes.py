"""Success stories as the office sees them: those of one's programmes, and that of a case with what both parties said to it."""

from __future__ import annotations

from dataclasses import asdict

from casework.api.protocol.routes import Call, Route, get
from casework.api.results import story_schemas as schemas
from casework.json_values import JsonObject
from casework.operations.core.views import Items
from casework.operations.results import stories
from casework.operations.results.views import StoryRow


def list_stories(call: Call) -> Items[StoryRow]:
    return Items(items=stories.list_stories(call.db, call.actor))


def show_story(call: Call) -> JsonObject:
    shown = stories.show_story(call.db, call.actor, call.path["number"])
    return {
        "number": shown.number,
        "programme": shown.programme,
        "went_well": shown.went_well,
        "story": None if shown.story is None else asdict(shown.story),
        "consents": [asdict(one) for one in shown.consents],
        "parties": {side: {"id": id, "name": name} for side, (id, name, _) in shown.parties.items()},
        "publishes": shown.publishes,
    }


ROUTES: tuple[Route, ...] = (
    get("/stories", list_stories, "List the success stories of your programmes; for officers and supervisors",
        schemas.Stories, noun="page", for_some=True),
    get("/cases/{number}/story", show_story,
        "Show the success story of a case, and what both parties said to it; for officers and supervisors", schemas.StoryOfCase),
)  # fmt: skip
