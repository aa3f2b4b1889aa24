"""The command `serve` says in one line why it cannot."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from tests.databases import ROOT, run_casework


def test_a_port_that_is_taken_is_said_at_once(database_url: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path), "CASEWORK_PROFILE": "demo"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_casework("serve", "--port", str(port), environment=environment)
    assert done.returncode == 1
    assert done.stderr.strip() == f"Error: Cannot listen on 127.0.0.1, port {port}: Address already in use. Choose another."


def test_a_host_that_is_none_is_said_at_once(database_url: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path), "CASEWORK_PROFILE": "demo"}
    done = run_casework("serve", "--host", "nowhere.invalid", environment=environment)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Cannot listen on nowhere.invalid")


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    drawn = subprocess.run(
        f"{sys.executable} -m casework workflow draw case | head -n 1", shell=True, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert drawn.stderr == ""
