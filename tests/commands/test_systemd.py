"""`casework systemd` writes units that systemd itself finds nothing wrong with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from casework.commands.systemd import UNITS
from tests.support.databases import run_casework

SERVICES = [name for name in UNITS if name.endswith(".service")]
#: systemd's own figure of how much of a machine a service can reach: 0 nothing, 100 everything, over 50 is "medium".
MOST_EXPOSED = 15
PEOPLE = "root:x:0:0:::\ncasework-web:x:901:901:::\ncasework-worker:x:902:902:::\n"


def write(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    return run_casework("systemd", str(folder), *options, environment={})


def ask(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    done = write(tmp_path / "units")
    assert done.returncode == 0, done.stderr
    return tmp_path / "units"


@pytest.mark.parametrize("service", SERVICES)
def test_systemd_takes_a_service_as_it_is(units: Path, service: str) -> None:
    checked = ask("systemd-analyze", "verify", "--man=no", units / service)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_little_of_the_machine(units: Path, service: str) -> None:
    checked = ask(
        "systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", units / service
    )
    assert checked.returncode == 0, checked.stdout[-300:]


def test_the_users_and_folders_are_as_systemd_wants_them(units: Path, tmp_path: Path) -> None:
    """Nothing is made: what would be is told, on a machine that has these users."""
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc" / "passwd").write_text(PEOPLE, "utf-8")
    (root / "etc" / "group").write_text("root:x:0:\ncasework:x:900:\n", "utf-8")
    users = ask("systemd-sysusers", "--dry-run", units / "casework.sysusers.conf")
    assert users.returncode == 0, users.stderr
    assert "not a valid" not in users.stderr
    given = units / "casework.tmpfiles.conf"
    folders = ask("systemd-tmpfiles", "--dry-run", "--create", f"--root={root}", given)
    assert folders.returncode == 0, folders.stderr
    for name in ("etc/casework", "var/lib/casework", "var/lib/casework/documents", "var/lib/casework/log"):
        assert str(root / name) in folders.stdout + folders.stderr


def test_the_services_run_the_command_that_wrote_them(tmp_path: Path) -> None:
    write(tmp_path / "units", "--data", "/srv/casework", "--settings", "/srv/settings", "--port", "8123")
    web, worker, metrics = ((tmp_path / "units" / name).read_text("utf-8") for name in SERVICES)
    program = f"{sys.prefix}/bin/casework"
    assert f"ExecStart={program} serve --host 127.0.0.1 --port 8123\n" in web
    assert f"ExecStart={program} worker\n" in worker
    assert f"ExecStart={program} metrics\n" in metrics
    for text in (web, worker, metrics):
        assert "CASEWORK_VAR=/srv/casework " in text
        assert "EnvironmentFile=/srv/settings/settings\n" in text
        assert "$" not in text


def test_the_pages_are_of_another_user_than_the_key_of_the_log(units: Path) -> None:
    web, worker, metrics = ((units / name).read_text("utf-8") for name in SERVICES)
    assert "User=casework-web\n" in web
    assert "User=casework-web\n" in metrics
    assert "User=casework-worker\n" in worker
    folders = (units / "casework.tmpfiles.conf").read_text("utf-8")
    assert "d /var/lib/casework/log 0755 casework-worker casework\n" in folders


def test_what_was_changed_by_hand_is_kept_until_one_says_so(units: Path) -> None:
    changed = units / SERVICES[0]
    changed.write_text("[Service]\nExecStart=/bin/true\n", "utf-8")
    refused = write(units)
    assert refused.returncode == 1
    assert SERVICES[0] in refused.stderr
    assert changed.read_text("utf-8").startswith("[Service]")
    assert write(units, "--replace").returncode == 0
    assert "casework serve" in changed.read_text("utf-8")
    # What is the same stands in nobody's way.
    assert write(units).returncode == 0


#: What a path, an address or a port must not be.
ODD = [
    ("--data", "var/casework"), ("--data", "/srv/case work"), ("--settings", "/etc/%n"), ("--data", "/srv/$HOME"),
    ("--host", "127.0.0.1 --workers 64"), ("--port", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("option", "value"), ODD)
def test_what_systemd_would_read_in_another_way_is_refused(tmp_path: Path, option: str, value: str) -> None:
    refused = write(tmp_path / "units", option, value)
    assert refused.returncode == 2
    assert option in refused.stderr
    assert list((tmp_path / "units").iterdir()) == []
