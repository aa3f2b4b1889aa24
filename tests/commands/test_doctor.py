"""`casework doctor` says what is wrong and what to do, and nothing of what is right is called wrong."""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine, text

from casework.operations.verification.sequencer import sequence
from casework.records.database import connect_engine, transaction
from casework.records.log_keys import Kept, keep_last, last_kept
from casework.settings import Settings
from tests.support.databases import run_casework
from tests.support.mailbox import mail_server
from tests.support.world import World

Environment = dict[str, str]


@pytest.fixture
def environment(database_url: str, var_dir: Path) -> Environment:
    return {"DATABASE_URL": database_url, "CASEWORK_VAR": str(var_dir)}


def states(environment: Environment, check: str) -> dict[str, str]:
    """What it says of one check, with the state of each."""
    told = json.loads(run_casework("doctor", "--json", environment=environment).stdout)
    return {one["says"]: one["state"] for one in told["checks"] if one["check"] == check}


def _alive(engine: Engine) -> None:
    with transaction(engine) as db:
        for _ in range(2):
            db.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 hour')"))


def test_of_a_sound_installation_nothing_is_wrong(var_dir: Path) -> None:
    """On a server of its own, which waits for the disk as an office's does."""
    environment = {"CASEWORK_VAR": str(var_dir)}
    assert run_casework("init", environment=environment).returncode == 0
    own = Settings(profile="test", var=var_dir)
    engine = connect_engine(own)
    _alive(engine)
    sequence(engine, own)
    engine.dispose()
    done = run_casework("doctor", environment=environment)
    assert (done.returncode, done.stdout.splitlines()[-1].startswith("0 wrong, ")) == (0, True), done.stdout
    assert "worker: 1 is running." in done.stdout
    assert "roles, grants, triggers and policies are as they should be" in done.stdout


def test_where_nobody_works_it_says_so_and_fails(environment: Environment) -> None:
    done = run_casework("doctor", environment=environment)
    assert done.returncode == 1
    assert "wrong  worker: none is running: start `casework worker`" in done.stdout


def test_what_production_refuses_is_told(environment: Environment) -> None:
    told = states({**environment, "CASEWORK_PROFILE": "production"}, "settings")
    assert [
        says for says, state in told.items() if says.startswith("CASEWORK_SECRET_KEY must be set") and state == "wrong"
    ]


def test_settings_that_cannot_be_read_end_it(environment: Environment) -> None:
    done = run_casework("doctor", environment={**environment, "CASEWORK_PROFILE": "toy"})
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "1 wrong, 0 to look at, of 1.")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER TABLE documents NO FORCE ROW LEVEL SECURITY", "documents"),
        ("GRANT DELETE ON events TO casework_app", "events"),
        ("UPDATE alembic_version SET version_num = 'other'", "at revision other"),
    ],
)
def test_a_database_that_is_not_as_it_should_be_is_told(
    environment: Environment, superuser_engine: Engine, statement: str, said: str
) -> None:
    with superuser_engine.begin() as db:
        db.execute(text(statement))
    assert [says for says, state in states(environment, "database").items() if said in says and state == "wrong"]


def test_standbys_that_were_asked_for_and_are_not_there_are_told(environment: Environment) -> None:
    asked = {**environment, "CASEWORK_SYNCHRONOUS_STANDBYS": "1"}
    told = json.loads(run_casework("doctor", "--json", environment=asked).stdout)["checks"]
    wrong = [(one["check"], one["says"]) for one in told if one["state"] == "wrong"]
    assert [says for check, says in wrong if check == "database" and "synchronous_standby_names is empty" in says]
    assert [
        says
        for check, says in wrong
        if check == "standbys" and says.startswith("of standbys 0 are connected to the database, 1 must be")
    ]


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:1/it", "mysql://here/it"])
def test_a_database_that_does_not_answer_is_told(environment: Environment, address: str) -> None:
    assert list(states({**environment, "DATABASE_URL": address}, "database").values()) == ["wrong"]


def test_where_there_is_no_database_none_is_made(environment: Environment, tmp_path: Path) -> None:
    var = tmp_path / "var"
    assert "wrong" in states({"CASEWORK_VAR": str(var)}, "database").values()
    assert not var.exists()


def test_what_waits_for_too_long_is_told_as_check_tells_it(
    engine: Engine, environment: Environment, world: World
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
        db.execute(text("UPDATE people SET active = false WHERE email = 'observer@example.org'"))
    assert [says for says in states(environment, "waiting") if "roles of closed accounts" in says]


def test_a_tree_that_is_shorter_than_what_was_signed_is_told(
    engine: Engine, environment: Environment, settings: Settings, world: World
) -> None:
    own = settings.model_copy(update={"var": Path(environment["CASEWORK_VAR"])})
    with transaction(engine) as db:
        world.open_case(db)
    sequence(engine, own)
    assert list(states(environment, "log").values()) == ["fine"]
    kept = last_kept(own)
    assert kept is not None
    keep_last(own, Kept(kept.size + 1, kept.root))
    assert [says for says, state in states(environment, "log").items() if "older" in says.lower() and state == "wrong"]


def test_a_key_that_others_may_read_is_told(environment: Environment) -> None:
    folder = Path(environment["CASEWORK_VAR"]) / "log"
    folder.mkdir()
    (folder / "key").write_text("x")
    (folder / "key").chmod(0o440)
    assert list(states(environment, "log key").values()) == ["wrong"]
    (folder / "key").chmod(0o400)
    assert list(states(environment, "log key").values()) == ["fine"]
    # A change of keys was begun and not ended.
    (folder / "key.next").write_text("x")
    (folder / "key.next").chmod(0o400)
    found = states(environment, "log key")
    assert sorted(found.values()) == ["fine", "fine", "look"]
    assert any("a change of keys was cut short" in says for says in found)


def test_a_mail_server_that_is_not_there_is_told(environment: Environment) -> None:
    given = {"CASEWORK_SMTP_HOST": "127.0.0.1", "CASEWORK_SMTP_PORT": "1", "CASEWORK_BASE_URL": "http://here.example"}
    assert list(states({**environment, **given}, "mail").values()) == ["wrong"]


def test_a_mail_server_that_lets_us_in_is_fine(environment: Environment) -> None:
    with mail_server() as box:
        given = {
            "CASEWORK_SMTP_HOST": "127.0.0.1",
            "CASEWORK_SMTP_PORT": str(box.port),
            "CASEWORK_SMTP_SECURITY": "none",
        }
        given |= {"CASEWORK_BASE_URL": "http://here.example"}
        given["CASEWORK_REPLY_ADDRESS"] = "reply@here.example"
        told = json.loads(run_casework("doctor", "--json", environment={**environment, **given}).stdout)["checks"]
        assert [one["state"] for one in told if one["check"] == "mail"] == ["fine"]
        # Where answers are taken, and none has ever come.
        assert [one["state"] for one in told if one["check"] == "answers by mail"] == ["look"]


def test_backups_that_nobody_makes_are_told(environment: Environment, tmp_path: Path) -> None:
    assert list(states(environment, "backup").values()) == ["look"]
    named = {**environment, "CASEWORK_BACKUP_FOLDER": str(tmp_path)}
    assert [says for says, state in states(named, "waiting").items() if "backups" in says and state == "wrong"]


@pytest.mark.parametrize(("days", "state"), [(90, "fine"), (3, "look"), (-1, "wrong")])
def test_a_certificate_that_ends_soon_is_told(environment: Environment, tmp_path: Path, days: int, state: str) -> None:
    with _tls_server(tmp_path, days) as port:
        given = {"CASEWORK_BASE_URL": f"https://localhost:{port}", "SSL_CERT_FILE": str(tmp_path / "cert.pem")}
        assert list(states({**environment, **given}, "address").values()) == [state]


def test_an_address_that_the_hosts_do_not_name_is_told(environment: Environment) -> None:
    given = {"CASEWORK_BASE_URL": "http://other.example", "CASEWORK_TRUSTED_HOSTS": "casework.example"}
    assert [
        says
        for says, state in states({**environment, **given}, "address").items()
        if state == "wrong" and "other.example" in says
    ]


@contextmanager
def _tls_server(folder: Path, days: int) -> Iterator[int]:
    """One that shakes hands as localhost, with a certificate of its own that ends in so many days."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_shake_hands, args=(listening, context), daemon=True)
        thread.start()
        yield listening.getsockname()[1]


def _shake_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            way, _ = listening.accept()
        except OSError:
            return
        try:
            context.wrap_socket(way, server_side=True).close()
        except OSError:
            way.close()


def test_the_file_of_people_is_read_as_the_worker_would(world: World, environment: Environment, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    named = environment | {"CASEWORK_PEOPLE_FILE": str(path)}
    [(says, state)] = states(named, "people").items()
    assert (state, "cannot be read" in says) == ("wrong", True)
    path.write_text("email,programme,role\nofficer@example.org,BJ,officer\nofficer@example.org,BJ,auditor\n", "utf-8")
    path.chmod(0o644)
    os.utime(path, (time.time() - 200_000,) * 2)
    told = states(named, "people")
    assert set(told.values()) == {"wrong"}
    assert [word for word in ("for two days", "row 3, role") if word in " ".join(told)] == [
        "for two days",
        "row 3, role",
    ]
    assert "officer@example.org" not in " ".join(told)
    path.write_text("email,programme,role\nofficer@example.org,BJ,officer\n", "utf-8")
    path.chmod(0o664)
    [(says, state)] = states(named, "people").items()
    assert (state, "chmod go-w" in says) == ("wrong", True)
    path.chmod(0o644)
    assert set(states(named, "people").values()) == {"fine"}


def test_the_file_of_groups_is_read_as_a_sign_in_would(world: World, environment: Environment, tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    named = environment | {"CASEWORK_OIDC_GROUPS_CLAIM": "groups", "CASEWORK_OIDC_GROUPS_FILE": str(path)}
    [(says, state)] = states(named, "groups").items()
    assert (state, "cannot be read" in says) == ("wrong", True)
    provider = world.organisations["lab"]
    head = "group,role,programme,organisation\n"
    path.write_text(f"{head}a,officer,BJ,\na,lord,BJ,\na,officer,XX,\na,provider,,{provider[:-1]}\n", "utf-8")
    path.chmod(0o664)
    [(says, state)] = states(named, "groups").items()
    assert (state, "chmod go-w" in says) == ("wrong", True)
    path.chmod(0o644)
    [(says, state)] = states(named, "groups").items()
    assert state == "wrong"
    for fault in ("row 3, role", "row 4, programme: is not known", "row 5, organisation: is not known"):
        assert fault in says
    path.write_text(f"{head}a,officer,BJ,\na,provider,,{provider}\n", "utf-8")
    assert set(states(named, "groups").values()) == {"fine"}
