"""From an empty database to somebody who can do everything else: no step needs SQL."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from casework.operations.auth.sessions import find_actor_by_secret
from casework.operations.core.encryption import SecretBox
from casework.operations.people.service import create_organisation, create_person
from casework.records.database import transaction
from tests.support.databases import run_casework
from tests.support.world import new_request


def test_the_first_administrator_needs_no_sql(database_url: str, engine: Engine) -> None:
    environment = {"DATABASE_URL": database_url}
    made = run_casework("programme", "add", "BJ", "Beijing pilot", "--name-zh", "北京试点", environment=environment)
    assert made.returncode == 0, made.stderr
    assert "--role administrator --programme BJ" in made.stderr
    who = ("ad@example.org", "--name", "Ad", "--role", "administrator", "--programme", "BJ")
    assert run_casework("user", "add", *who, environment=environment).returncode == 0
    scopes = ("--scopes", "read,write,admin")
    secret = run_casework("token", "add", "ad@example.org", *scopes, environment=environment).stdout.strip()
    with transaction(engine) as db:
        actor = find_actor_by_secret(db, secret)
        assert actor is not None
        create_organisation(
            db,
            actor,
            name="Invented Lab",
            name_zh=None,
            country="CN",
            kind="provider",
            services=["assessment"],
            register_number=None,
            language="zh",
            request=new_request(),
        )
        create_person(
            db,
            actor,
            SecretBox(["k" * 40]),
            email="li@example.org",
            name="Li",
            name_zh=None,
            language="en",
            mailing=False,
            request=new_request(),
        )
    assert run_casework("verify", environment=environment).returncode == 0


def test_a_programme_has_a_zone_and_a_calendar(database_url: str, engine: Engine) -> None:
    more = ("--zone", "America/Sao_Paulo", "--calendar", "monday_to_friday")
    made = run_casework("programme", "add", "SP", "São Paulo", *more, environment={"DATABASE_URL": database_url})
    assert made.returncode == 0, made.stderr
    with transaction(engine) as db:
        calendar = db.execute(text("SELECT calendar FROM programmes")).scalar_one()
    assert (calendar["zone"], calendar["name"], calendar["holidays"]) == ("America/Sao_Paulo", "Monday to Friday", [])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("bj", "Beijing"), "2 to 8 capital letters or digits"),
        (("BJ", "Beijing"), "belongs to another programme"),
        (("SP", "São Paulo", "--zone", "Mars/Olympus"), "the name of a time zone"),
    ],
)
def test_a_wrong_programme_is_refused_in_one_line(database_url: str, given: tuple[str, ...], words: str) -> None:
    environment = {"DATABASE_URL": database_url}
    assert run_casework("programme", "add", "BJ", "Another", environment=environment).returncode == 0
    made = run_casework("programme", "add", *given, environment=environment)
    assert made.returncode != 0
    assert words in made.stderr
    assert "Traceback" not in made.stderr


def test_a_programme_begins_with_the_settings_of_another(database_url: str, engine: Engine) -> None:
    environment = {"DATABASE_URL": database_url}
    more = ("--zone", "Asia/Urumqi", "--calendar", "monday_to_friday")
    assert run_casework("programme", "add", "BJ", "Beijing", *more, environment=environment).returncode == 0
    made = run_casework("programme", "copy", "BJ", "XJ", "Urumqi", "--name-zh", "乌鲁木齐", environment=environment)
    assert made.returncode == 0, made.stderr
    with transaction(engine) as db:
        rows = db.execute(text("SELECT code, calendar->>'zone' AS zone, name_zh FROM programmes ORDER BY code")).all()
    assert [tuple(row) for row in rows] == [("BJ", "Asia/Urumqi", None), ("XJ", "Asia/Urumqi", "乌鲁木齐")]
    unknown = run_casework("programme", "copy", "SH", "GZ", "Guangzhou", environment=environment)
    assert unknown.returncode == 1
    assert "SH" in unknown.stderr
    assert run_casework("verify", environment=environment).returncode == 0
