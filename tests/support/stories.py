"""Cases that went well, and their stories: written, with a picture, and with what both parties say to them."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, text

from casework.engine.parties import PARTIES
from casework.operations.core.encryption import SecretBox
from casework.operations.core.perform import home_of
from casework.operations.links.office_links import open_link, secret_of
from casework.operations.results.consent_links import Says, answer_story
from casework.operations.results.consent_mail import STORY
from casework.operations.results.consents import Asking, ask_party
from casework.operations.results.stories import publish_story, set_picture, write_story
from casework.records.row_security import whole
from tests.support.file_makers import png
from tests.support.world import World, new_request

BOX = SecretBox(["k" * 32])
ADDRESS = "zhou@campus.example"
TEXT = {
    "title": "Steam from straw", "title_zh": "秸秆制汽", "words": "The boiler runs.\nIt burns straw.", "words_zh": "锅炉已投运。",
}  # fmt: skip
#: A record of what was measured in a case.
_IMPACT = text("""
    INSERT INTO impacts (
        id, log_id, seq, recorded_at, measure, indicator, unit, level, value, from_on, to_on, evidence, baseline_id, position
    ) VALUES (
        CAST(:id AS uuid), CAST(:log AS uuid), 1, casework_now(), 'energy/MWh', 'energy', 'MWh', :level, :value, '2026-01-01',
        '2026-01-31', '{}', CAST(:baseline AS uuid), :position
    )
""")
_CLOSE = text("UPDATE cases SET outcome = :outcome, closed_at = casework_now() WHERE number = :number")


def end_well(db: Connection, number: str, outcome: str = "deployed_measured") -> None:
    """As if the case had gone its whole way: its rows alone say so, and its log does not."""
    with whole(db):
        log, baseline = home_of(db, number), str(uuid.uuid4())
        db.execute(_CLOSE, {"number": number, "outcome": outcome})
        for n, (id, level, value, of) in enumerate(
            ((baseline, "baseline", "100", None), (str(uuid.uuid4()), "measured", "80", baseline))
        ):
            given = {"id": id, "log": log, "level": level, "value": value, "baseline": of, "position": n}
            db.execute(_IMPACT, given)


def reopen(db: Connection, number: str) -> None:
    """As if the case were open again, in its rows alone."""
    with whole(db):
        db.execute(text("UPDATE cases SET outcome = NULL, closed_at = NULL WHERE number = :number"), {"number": number})


def written(db: Connection, world: World, by: str = "officer", **fields: str) -> str:
    """A case that went well, and its story; gives the number."""
    number = world.open_case(db)
    end_well(db, number)
    write_story(db, world.actor(db, by), number, fields=TEXT | fields, request=new_request())
    return number


def asked(db: Connection, world: World, number: str, side: str, box: SecretBox = BOX) -> tuple[str, str]:
    """A party is asked about the story: (the question, the secret of its link)."""
    asking = Asking(side=side, address=ADDRESS, language="zh-Hans", message="请看。")
    done = ask_party(db, world.actor(db, "officer"), box, number, asking, request=new_request())
    id = str(done.answer["id"])
    return id, secret_of(box, STORY, id)


def says(db: Connection, token: str, *, consents: bool = True) -> str:
    """A party answers by its link; gives the secret of the browser that has opened it."""
    opened = open_link(db, STORY, token)
    answer_story(db, token, opened, Says(consents=consents, by="周敏", position="厂长"))
    return opened


def consented(db: Connection, world: World, number: str, box: SecretBox = BOX) -> dict[str, tuple[str, str, str]]:
    """Both parties consent: by side the question, the secret of its link, and that of the browser."""
    told = {}
    for side in PARTIES:
        id, token = asked(db, world, number, side, box)
        told[side] = (id, token, says(db, token))
    return told


def published(db: Connection, world: World, box: SecretBox = BOX) -> tuple[str, dict[str, tuple[str, str, str]]]:
    """A story that is out, with a picture: the number of its case, and what both parties said."""
    number = written(db, world)
    caption = {"caption": "The boiler", "caption_zh": "锅炉"}
    officer = world.actor(db, "officer")
    set_picture(db, officer, number, picture=png(1, 1), fields=caption, request=new_request())
    told = consented(db, world, number, box)
    publish_story(db, world.actor(db, "supervisor"), number, new_request())
    return number, told


def own_by(db: Connection, organisation: str) -> None:
    """From now on all technologies are another's."""
    with whole(db):
        db.execute(text("UPDATE technologies SET owner_id = CAST(:id AS uuid)"), {"id": organisation})


def id_of(db: Connection, number: str) -> str:
    query = text("SELECT id::text FROM success_stories WHERE number = :number")
    return str(db.execute(query, {"number": number}).scalar_one())


def publish_made(db: Connection, consent: str) -> str:
    """The story that a party is asked about is out in the rows, as if both had consented; gives its id."""
    story = str(db.execute(_CONSENT, {"id": consent}).scalar_one())
    db.execute(_OTHER, {"id": consent})
    db.execute(_OUT, {"id": story})
    return story


_CONSENT = text("""
    UPDATE story_consents SET state = 'given', ended_at = casework_now() WHERE id = CAST(:id AS uuid) RETURNING story_id::text
""")
_OTHER = text("""
    INSERT INTO story_consents (
        id, programme_id, story_id, side, organisation_id, asked_by, asked_at, language, message, state, ended_at
    ) SELECT gen_random_uuid(), programme_id, story_id, 'technology_owner', organisation_id, asked_by, asked_at, language, message,
        state, ended_at FROM story_consents WHERE id = CAST(:id AS uuid)
""")
_OUT = text("""
    UPDATE success_stories SET state = 'published', published_by = written_by, published_at = casework_now()
    WHERE id = CAST(:id AS uuid)
""")
