"""The embedded server as the system sees it: where its socket lies, and which process it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from casework.errors import EmbeddedServerError
from casework.records.server_process import (
    is_alive,
    is_this_server,
    make_socket_dir,
    recorded_pid,
    run_program,
    server_at,
)


def test_a_socket_lies_beside_the_cluster_as_long_as_its_path_fits(tmp_path: Path) -> None:
    short, deep = server_at(Path("/srv/casework")), server_at(tmp_path / ("x" * 60) / ("y" * 60))
    assert short.socket_dir == Path("/srv/casework/postgres/socket")
    assert deep.home not in deep.socket_dir.parents
    for server in (short, deep):
        assert len(os.fsencode(server.socket)) <= 100
    assert server_at(tmp_path / ("x" * 60) / ("z" * 60)).socket_dir != deep.socket_dir


def test_its_address_names_the_socket_and_no_host_of_a_network() -> None:
    url = server_at(Path("/srv/case work")).url(user="casework_web", database="other")
    assert url == "postgresql://casework_web@/other?host=%2Fsrv%2Fcase%20work%2Fpostgres%2Fsocket&port=5432"


def test_a_folder_is_the_same_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert server_at(Path("var")) == server_at(tmp_path / "other" / ".." / "var")


@pytest.mark.parametrize(("written", "pid"), [("4711\n/data\n", 4711), ("", None), ("nonsense\n", None), (None, None)])
def test_which_process_it_is_stands_in_a_file_that_may_be_half_written(
    tmp_path: Path, written: str | None, pid: int | None
) -> None:
    server = server_at(tmp_path)
    server.data.mkdir(parents=True)
    if written is not None:
        (server.data / "postmaster.pid").write_text(written)
    assert recorded_pid(server) == pid


def test_a_process_is_the_server_only_where_it_works_in_its_cluster(tmp_path: Path) -> None:
    server = server_at(tmp_path)
    server.data.mkdir(parents=True)
    sleeping = "import time; print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", sleeping], cwd=server.data, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert is_alive(process.pid)
        assert is_this_server(server, process.pid)
        assert not is_this_server(server_at(tmp_path / "other"), process.pid)
        process.kill()
    assert not is_alive(process.pid)
    assert not is_this_server(server, process.pid)


def test_a_folder_of_the_socket_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    server = server_at(tmp_path)
    server.home.mkdir()
    make_socket_dir(server)
    make_socket_dir(server)
    server.socket_dir.chmod(0o755)
    with pytest.raises(EmbeddedServerError, match="is not a private folder"):
        make_socket_dir(server)


def test_what_a_program_of_it_says_last_is_why_it_failed(tmp_path: Path) -> None:
    server = server_at(tmp_path)
    assert run_program(server, "pg_ctl", "--version", cwd=Path("/")).startswith("pg_ctl (PostgreSQL)")
    with pytest.raises(EmbeddedServerError, match=r"pg_ctl: Try .pg_ctl --help"):
        run_program(server, "pg_ctl", "--no-such-option", cwd=Path("/"))
