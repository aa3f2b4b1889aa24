"""Accounts and tokens from the command line."""

from __future__ import annotations

import subprocess

import pytest
from sqlalchemy import Engine, text

from casework.engine.deadlines.calendars import Calendar
from casework.errors import NotFound
from casework.operations.auth.password_change import use_link
from casework.operations.auth.sessions import find_actor_by_secret
from casework.operations.auth.sign_in import sign_in
from casework.operations.people.invitation_acceptance import accept_as_new, try_code
from casework.operations.people.registry import register_organisation, register_programme
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.support.databases import run_casework


@pytest.fixture
def environment(engine: Engine, database_url: str) -> dict[str, str]:
    with transaction(engine) as db:
        calendar = Calendar(name="None", version=1, zone="Asia/Shanghai")
        register_programme(db, code="BJ", name="Beijing", name_zh=None, calendar=calendar)
        register_organisation(db, name="Invented Lab", kind="provider", services=("assessment",))
    return {"DATABASE_URL": database_url}


def _add(environment: dict[str, str], *more: str, email: str = "li@example.org") -> subprocess.CompletedProcess[str]:
    return run_casework("user", "add", email, "--name", "Li Wen", *more, environment=environment)


def test_a_user_sets_the_password_by_the_link_that_is_printed(environment: dict[str, str], engine: Engine) -> None:
    made = _add(environment, "--role", "officer", "--programme", "BJ")
    assert made.returncode == 0, made.stderr
    again = run_casework("user", "link", "LI@example.org", environment=environment)
    first, second = (one.stdout.rpartition("/password#")[2].strip() for one in (made, again))
    with transaction(engine) as db:
        # The newer one has taken the place of the first.
        with pytest.raises(NotFound):
            use_link(db, first, "correct horse battery")
        use_link(db, second, "correct horse battery")
        assert sign_in(db, "li@example.org", "correct horse battery")


def test_a_second_role_goes_to_the_same_person(environment: dict[str, str], engine: Engine) -> None:
    assert _add(environment, "--role", "officer", "--programme", "BJ").returncode == 0
    again = _add(environment, "--role", "provider", "--organisation", "Invented Lab", email="LI@example.org")
    assert "now has the role provider" in again.stdout
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM people")).scalar_one() == 1
        assert db.execute(text("SELECT count(*) FROM memberships")).scalar_one() == 2


def _invite(environment: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    return run_casework("user", "invite", "li@example.org", "--name", "Li Wen", *more, environment=environment)


def test_whom_the_command_line_invites_joins_with_link_and_code(environment: dict[str, str], engine: Engine) -> None:
    made = _invite(environment, "--role", "officer", "--programme", "BJ")
    link, code = (line.partition(": ")[2] for line in made.stdout.splitlines())
    token = link.rpartition("#")[2]
    with transaction(engine) as db:
        opened = try_code(db, token, code)
        assert opened is not None
        accept_as_new(
            db,
            token,
            opened,
            name="Li Wen",
            name_zh=None,
            password="correct horse battery",
            language="en",
            about={},
            insist=False,
        )
        assert sign_in(db, "li@example.org", "correct horse battery")
        assert list(verify_case(db, db.execute(text("SELECT id FROM programmes")).scalar_one())) == []


@pytest.mark.parametrize("more", [("--role", "officer"), ("--role", "officer", "--organisation", "Invented Lab")])
def test_nobody_is_invited_to_what_does_not_fit(environment: dict[str, str], more: tuple[str, ...]) -> None:
    assert _invite(environment, *more).returncode != 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--role", "officer"), "--programme CODE"),
        (("--role", "provider", "--programme", "BJ"), "--organisation NAME"),
        (("--role", "officer", "--programme", "XX"), "no programme XX"),
        (("--role", "king", "--programme", "BJ"), "is not one of"),
    ],
)
def test_a_user_without_a_place_is_refused(environment: dict[str, str], more: tuple[str, ...], words: str) -> None:
    made = _add(environment, *more)
    assert made.returncode != 0
    assert words in made.stderr


def test_a_token_is_printed_once_works_and_is_revoked(environment: dict[str, str], engine: Engine) -> None:
    _add(environment, "--role", "officer", "--programme", "BJ")
    made = run_casework("token", "add", "li@example.org", "--scopes", "read", environment=environment)
    secret, id = made.stdout.strip(), made.stderr.split()[1]
    with transaction(engine) as db:
        actor = find_actor_by_secret(db, secret)
        assert actor is not None
        assert actor.scopes == {"read"}
    assert run_casework("token", "revoke", id, environment=environment).returncode == 0
    with transaction(engine) as db:
        assert find_actor_by_secret(db, secret) is None


@pytest.mark.parametrize(("scopes", "days"), [("read,write", 90), ("read,decide", 30)])
def test_a_token_holds_as_long_as_its_scopes_allow_where_nothing_is_said(
    environment: dict[str, str], scopes: str, days: int
) -> None:
    _add(environment, "--role", "officer", "--programme", "BJ")
    made = run_casework("token", "add", "li@example.org", "--scopes", scopes, environment=environment)
    assert (made.returncode, f"for {days} days" in made.stderr) == (0, True)


def test_a_token_for_nobody_is_refused(environment: dict[str, str]) -> None:
    made = run_casework("token", "add", "nobody@example.org", environment=environment)
    assert (made.returncode, "nobody@example.org" in made.stderr) == (1, True)
