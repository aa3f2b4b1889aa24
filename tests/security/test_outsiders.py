"""Outsiders walk over every route of the pages and of the API, by the two tables, and learn nothing.

Each asks for and sends whatever there is, with the ids of what is secret in the place of every parameter and of every field,
and once more with those of what does not exist. No word of it may come back, no id but those that were asked for, and of what
does not exist for that person no answer tells more than of what is not there at all: in status, headers and every byte. After
the walk all that is secret stands as it stood, and its history is proved.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from werkzeug.datastructures import Headers

from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_all
from casework.permissions import visibility
from casework.permissions.actors import Actor
from casework.permissions.visibility import Reach
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from casework.records.policy_source import POLICIES
from casework.records.row_security import whole
from tests.security import authorization_api as api
from tests.security import authorization_web as pages
from tests.security.authorization_rows import Row, expected
from tests.security.outsiders import EVERYTHING, Stage, Things, gather_ids, of_the_api, plant, words_in
from tests.support.api_client import Client
from tests.support.databases import DatabaseServer
from tests.support.personae import make_personae, stands_for
from tests.support.samples import Sample, a_third, by_default
from tests.support.scene import set_scene

pytestmark = pytest.mark.slow

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Said:
    """One answer, with all that is in it, but for what was asked and what is of one answer alone."""

    row: str
    status: int
    headers: tuple[str, ...]
    words: str


#: Who walks, and what is secret from them.
OUTSIDERS = {
    # Providers: of the same case, and of none.
    "foreign_provider": ("sealed", "office", "shared", "lab", "people"),
    "verifier": EVERYTHING,
    # Was in the mediation's team, and is an officer of the programme now; led it, and is nothing any more.
    "once_named": ("sealed", "lab", "people"),
    "ended_mediator": EVERYTHING,
    # Owned the case, and is nothing any more; is an auditor now.
    "ended_officer": EVERYTHING,
    "turned_auditor": ("sealed", "lab", "people"),
    # Last: an administrator ends everybody's sessions. People and their accounts are theirs, in every organisation.
    "administrator": ("sealed", "office", "case", "shared", "lab"),
}


@pytest.fixture(scope="module")
def stage(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    with set_scene(database_server, template_database, tmp_path_factory.mktemp("outsiders")) as scene:
        engine: Engine = scene.app.extensions["casework"]
        here = scene.things["here"]
        with transaction(engine) as db:
            bare = scene.world.new_case(db)
            scene.world.fire(db, "officer", bare, "take")
        make_personae(scene.world, engine, here["number"], here["mediation"])
        secrets = plant(scene, engine)
        with transaction(engine) as db, whole(db):
            gather_ids(db, here, secrets)
            things = {where: {**scene.things[where], **more} for where, more in of_the_api(db, scene).items()}
        # The mediation's referral, in the place of the case's.
        sealed = dict.fromkeys(("referral", "track"), here["mediation_track"])
        yield Stage(scene, engine, secrets, {**things, "sealed": {**things["here"], **sealed}}, bare)


# --- the walk --------------------------------------------------------------------------------------------------------


def _last(row: Row) -> tuple[bool, bool]:
    """What is looked at before what is sent, and whatever ends sessions or tokens at the very last."""
    return any(
        words in row.path for words in ("end-all", "end-of-everybody", "end-access", "end-of")
    ), row.method == "POST"


ROWS: tuple[Row, ...] = tuple(sorted((*pages.TABLE, *api.TABLE), key=_last))


_LOOKS = tuple(row for row in ROWS if row.method == "GET")
#: Where words stand that somebody has written.
_SAYS = re.compile(
    r"/cases/<number>(/(file|documents|history|messages))?$|/messages$|mediations/<mediation>|invitations$|webhooks$|service-acc"
    r"|contract|unsealing$|findings"
)
TOO_MANY = 429
_LINK = re.compile(r'(?:href|action)="(/[^"#]*)')


def ask(stage: Stage, who: str, row: Row, where: str) -> Said:
    """One request, with what it led to; one too many of a costly kind is asked again when its allowance has run on."""
    said = _ask(stage, who, row, where)
    if said.status == TOO_MANY:
        with transaction(stage.engine) as db:
            db.execute(text("UPDATE allowances SET began = began - interval '1 day'"))
        said = _ask(stage, who, row, where)
    return said


def _ask(stage: Stage, who: str, row: Row, where: str) -> Said:
    things = stage.things[where]
    path, body = row.address(things), row.sent(things)
    if not row.api:
        browser = stage.scene.browser(who)
        answer = browser.get(path) if row.method == "GET" else browser.post(path, body)
        parts = [words_in(answer.data)]
        led = answer
        while led.status_code in (302, 303):
            led = browser.get(led.headers["Location"])
            parts += [str(led.status_code), words_in(led.data)]
        # A page that sends somebody away names itself.
        return _said(row.name, answer.status_code, answer.headers, [part.replace(path, "…") for part in parts], things)
    client = Client(stage.scene.app.test_client(), stage.world.tokens[who])
    if row.method == "GET":
        told = client.flask.get(f"/api/v1{path}", headers=client._headers({}))
    else:
        revision = {"If-Match": '"1"'} if row.if_match else {}
        told = client.flask.post(
            f"/api/v1{path}", json=body, headers=client._headers({"Idempotency-Key": uuid4().hex, **revision})
        )
    return _said(f"API {row.name}", told.status_code, told.headers, [words_in(told.data)], things)


#: What differs from one answer to the next.
_OF_ONE = re.compile(
    r'name="(?:csrf_token|key)" value="[^"]*"|"request_id": ?"[^"]*"|nonce-[\w-]+|nonce="[^"]*"|csrf-token" content="[^"]*"'
    r"|\d{3} · <code>[0-9a-f-]{36}</code>"
)


def _said(row: str, status: int, headers: Headers, parts: Iterable[str], things: Things) -> Said:
    words = _OF_ONE.sub("", "\n".join(parts))
    named = [
        f"{name}: {value}"
        for name, value in headers
        if name.lower() not in ("date", "content-length", "x-request-id", "set-cookie")
    ]
    told = "\n".join(_OF_ONE.sub("", one) for one in named)
    for value in sorted(things.values(), key=len, reverse=True):
        # What was asked for may stand there again; what is shorter, or a mere word, is no id.
        if len(value) > 10 and not value.isalpha():
            words, told = (said.replace(value, "…") for said in (words, told))
    return Said(row, status, tuple(told.split("\n")), words)


def walk(stage: Stage, who: str, rows: Iterable[Row] = ROWS) -> tuple[list[str], int]:
    """Everything that somebody learns who must not, and how many answers there were."""
    secret = [stage.secrets[name] for name in OUTSIDERS[who]]
    words, ids = set().union(*(one.words for one in secret)), set().union(*(one.ids for one in secret))
    learnt, seen = [], 0
    for row, where in [(one, place) for one in rows for place in places(one)]:
        here, absent = ask(stage, who, row, where), ask(stage, who, row, "absent")
        seen += 1
        for said in (here, absent):
            text_of = "\n".join((*said.headers, said.words))
            learnt += [f"{said.row}: {mark}" for mark in sorted(words) if mark in text_of]
            learnt += [f"{said.row}: the id {mark}" for mark in sorted(ids & set(_ID.findall(text_of)))]
            if said.status >= 500:
                learnt.append(f"{said.row}: {said.status}")
        if (where == "sealed" or unseen(row, who)) and replace(here, row="") != replace(absent, row=""):
            learnt.append(f"{here.row}: another answer than of what is absent: {_difference(here, absent)}")
    # Whoever sends everything has ended sessions, too: the next one signs in anew.
    stage.scene.browsers.clear()
    return learnt, seen


def places(row: Row) -> tuple[str, ...]:
    """Where the things of a row may lie: every referral of the case may be the mediation's."""
    return ("here", "sealed") if re.search(r"[<{]referral[}>]", row.path) else ("here",)


def unseen(row: Row, who: str) -> bool:
    """Whether the thing of here does not exist for somebody, by the table."""
    role, place = stands_for(who, row, "here")
    return row.has_object and expected(row, role, place) == 404


def _difference(one: Said, other: Said) -> str:
    if one.status != other.status:
        return f"{one.status}, {other.status}"
    for mine, theirs in zip(
        (*one.headers, *one.words.splitlines()), (*other.headers, *other.words.splitlines()), strict=False
    ):
        if mine != theirs:
            return f"{mine!r}, {theirs!r}"
    return "one is longer"


def kept(stage: Stage, who: str) -> Mapping[str, str]:
    """What is secret, as it stands in the database: every row of its logs, and the heads of their chains."""
    with transaction(stage.engine) as db, whole(db):
        logs = [stage.scene.things["here"]["mediation"]]
        if "office" in OUTSIDERS[who]:
            logs += [home_of(db, stage.scene.things["here"]["number"])]
        tables = db.execute(
            text(
                "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'log_id'"
                # Who opened what, and what is sent to people, is no part of it.
                " AND table_name NOT IN ('readings', 'notifications', 'sealed_readings', 'webhook_messages') ORDER BY 1"
            )
        ).scalars()
        found = {
            table: str(
                db.execute(
                    text(
                        f"SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM {table} x WHERE x.log_id = ANY(CAST(:logs AS uuid[]))"
                    ),
                    {"logs": logs},
                ).scalar_one()
            )
            for table in tables
        }
        heads = db.execute(
            text(
                "SELECT string_agg(seq || ' ' || head, '|' ORDER BY id) FROM logs WHERE id = ANY(CAST(:logs AS uuid[]))"
            ),
            {"logs": logs},
        )
        return found | {"heads": str(heads.scalar_one())}


#: Who was near the mediation once, and knows where it lies.
_NEAR = frozenset({"once_named", "ended_mediator", "turned_auditor"})


def _may_ask(who: str, row: Row) -> bool:
    """Whether somebody is let in somewhere by the table, or asks for what they were near to."""
    let_in = any(expected(row, *stands_for(who, row, where)) not in (401, 403, 404) for where in ("here", "there"))
    return let_in or (who in _NEAR and "mediation" in row.path)


@a_third
@pytest.mark.parametrize("who", OUTSIDERS)
def test_nothing_is_learnt_and_nothing_is_changed(stage: Stage, who: str, sample: Sample) -> None:
    before = kept(stage, who)
    rows = {f"{row.api} {row.name}": row for row in ROWS}
    assert len(rows) == len(ROWS)
    asked = [
        rows[name] for name in sample.falling_to(who, OUTSIDERS, rows, lambda who, name: _may_ask(who, rows[name]))
    ]
    learnt, seen = walk(stage, who, asked)
    assert not learnt, "\n".join(learnt)
    # With those of the mediation, beside those of here.
    assert seen > len(asked)
    assert kept(stage, who) == before
    assert [f"{one.log}: {one.sentence}" for one in verify_all(stage.engine)] == []


def test_whom_it_concerns_learns_it(stage: Stage) -> None:
    """Or the walks would prove nothing."""
    met = {who: words_met(stage, who) for who in ("dispute_officer", "officer", "provider", "provider_lead")}
    assert stage.secrets["sealed"].words <= met["dispute_officer"]
    assert stage.secrets["office"].words | stage.secrets["case"].words <= met["officer"]
    assert stage.secrets["shared"].words <= met["provider"]
    assert stage.secrets["lab"].words | stage.secrets["people"].words <= met["provider_lead"]


def words_met(stage: Stage, who: str) -> set[str]:
    """The secret words that somebody is shown in looking at what is here."""
    words = set().union(*(one.words for one in stage.secrets.values()))
    shown = "\n".join(
        ask(stage, who, row, where).words for row in _LOOKS if _SAYS.search(row.path) for where in places(row)
    )
    return {one for one in words if one in shown}


@pytest.mark.parametrize("who", ["provider", "verifier"])
def test_no_provider_is_told_of_a_linked_case(stage: Stage, who: str) -> None:
    """Neither the one that works on the case nor any other."""
    assert telling(stage, who, linked_case(stage)) == []


def linked_case(stage: Stage) -> str:
    """The number of the case that is linked to the one here."""
    with transaction(stage.engine) as db:
        (link,) = load(db, home_of(db, stage.things["here"]["number"]), "case").related.values()
    return link.number


def telling(stage: Stage, who: str, word: str) -> list[str]:
    """The pages and answers that show somebody a word; what is shown as a sample of the pages' parts is of no case."""
    looked = [row for row in (*api.TABLE, *pages.TABLE) if row.method == "GET" and row.path != "/components"]
    return [row.name for row in looked if word in ask(stage, who, row, "here").words]


def test_a_broken_glass_shows_the_case_and_no_mediation_and_no_link(stage: Stage) -> None:
    """An administrator who opens the very case in an emergency reads it, and of its mediation and of the cases linked to it nothing."""
    number = stage.things["here"]["number"]
    client = Client(stage.scene.app.test_client(), stage.world.tokens["administrator"])
    assert client.post(f"/cases/{number}/emergency", {"reason": "A leak of steam."}).status_code == 201
    sealed = stage.secrets["sealed"]
    looked = [ask(stage, "administrator", row, "here") for row in api.TABLE if row.method == "GET"]
    assert any(word in said.words for said in looked for word in stage.secrets["office"].words)
    assert [said.row for said in looked if any(word in said.words for word in sealed.words)] == []
    assert telling(stage, "administrator", linked_case(stage)) == []
    assert telling(stage, "officer", linked_case(stage)) != []
    assert [said.row for said in looked if sealed.ids & set(_ID.findall(said.words))] == []


def test_a_case_is_handed_to_nobody_who_mediated_whether_or_not_there_is_a_mediation(stage: Stage) -> None:
    """On the page nobody offers those who once were dispute officers; sent all the same, the answers are equal."""
    with transaction(stage.engine) as db:
        revisions = {
            number: db.execute(text("SELECT revision FROM cases WHERE number = :n"), {"n": number}).scalar_one()
            for number in (stage.bare, stage.things["here"]["number"])
        }
    officer, former = (
        Client(stage.scene.app.test_client(), stage.world.tokens["officer"]),
        stage.world.people["once_named"],
    )
    said = []
    for number, revision in revisions.items():
        page = stage.scene.browser("officer").get(f"/cases/{number}/hand-over").text
        assert stage.world.people["other_officer"] in page
        assert former not in page
        answer = officer.post(f"/cases/{number}/hand-over", {"owner": former, "note": "Yours."}, if_match=revision)
        said.append((answer.status_code, {name: one for name, one in answer.json.items() if name != "request_id"}))
    assert said[0] == said[1]
    assert said[0][0] == 422


@by_default("places", ("here",), whole=("here", "absent"))
def test_an_auditor_who_was_an_officer_is_shown_what_any_auditor_is(stage: Stage, places: tuple[str, ...]) -> None:
    """Neither another status nor one address more, but for what is one's own."""
    more = []
    for row, where in [(row, where) for row in _LOOKS for where in places]:
        mine, theirs = ask(stage, "turned_auditor", row, where), ask(stage, "auditor", row, where)
        if mine.status != theirs.status:
            more.append(f"{row.name} {where}: {mine.status}, {theirs.status}")
        links = [set(_LINK.findall(said.words)) for said in (mine, theirs)]
        more += [f"{row.name} {where}: {link}" for link in sorted(links[0] - links[1])]
    assert not more, "\n".join(more)


def test_an_auditor_who_was_an_officer_judges_nothing_of_the_own_case(stage: Stage) -> None:
    here = stage.things["here"]
    client = Client(stage.scene.app.test_client(), stage.world.tokens["turned_auditor"])
    for path, body in (
        (f"/cases/{here['number']}/findings", {"event": 1, "words": "Why?"}),
        (f"/findings/{here['finding']}/ask-again", {"words": "So?"}),
        (f"/findings/{here['finding']}/close", {"words": "Fine."}),
    ):
        answer = client.post(path, body, if_match=1)
        assert answer.status_code == 403, path
        assert "worked on this yourself" in answer.text


# --- with the policy or row security taken away -----------------------------------------------------------------------


@pytest.fixture
def seeing_all(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application takes everybody for somebody who reads every case and leads every mediation."""
    with transaction(stage.engine) as db:
        programmes, organisations = (
            frozenset(db.execute(text(f"SELECT id FROM {one}")).scalars()) for one in ("programmes", "organisations")
        )

    def reach(actor: Actor) -> Reach:
        return Reach(
            actor.person, programmes, programmes, organisations, programmes, frozenset(), programmes, programmes
        )

    asked = visibility.reach
    for module in [one for key, one in sys.modules.items() if key.startswith("casework")]:
        if getattr(module, "reach", None) is asked:
            monkeypatch.setattr(module, "reach", reach)


@contextmanager
def no_row_security(stage: Stage, server: DatabaseServer) -> Iterator[None]:
    owner = connect_engine(server.settings(str(stage.engine.url.database), Path("var")), role="owner")
    for how in ("DISABLE", "ENABLE"):
        with transaction(owner) as db:
            for table in POLICIES:
                db.execute(text(f"ALTER TABLE {table} {how} ROW LEVEL SECURITY"))
        if how == "DISABLE":
            yield
    owner.dispose()


@pytest.mark.parametrize("who", ["verifier", "ended_officer"])
def test_without_the_policy_the_walk_finds_what_comes_out(stage: Stage, seeing_all: None, who: str) -> None:
    learnt, _ = walk(stage, who, [row for row in _LOOKS if "history" in row.path])
    assert any("Canary-office-note" in one for one in learnt)
    assert any("another answer than of what is absent" in one for one in learnt)


def test_without_policy_and_row_security_the_walk_finds_the_mediation(
    stage: Stage, seeing_all: None, database_server: DatabaseServer
) -> None:
    rows = [row for row in _LOOKS if "mediations" in row.path]
    with no_row_security(stage, database_server):
        learnt, _ = walk(stage, "once_named", rows)
    assert any("Canary-sealed-note" in one for one in learnt)
