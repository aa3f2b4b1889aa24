"""The process that reads files of strangers: it may use little of the machine, and leaves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from casework.operations.verification import verifier_process
from casework.operations.verification.file_checks import find_verifier

PROCESS = verifier_process.__name__


def limited(program: str) -> str:
    """What a program says at its end that has these limits."""
    begin = f"from {PROCESS} import limit; limit(20); "
    done = subprocess.run([sys.executable, "-I", "-c", begin + program], capture_output=True, check=False)
    return done.stderr.decode()


def test_it_ends_by_itself_where_it_takes_more_memory_than_it_may() -> None:
    assert "MemoryError" in limited(f"bytearray({2 * verifier_process.MEMORY})")


def test_it_writes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert "File too large" in limited(f"open({str(path)!r}, 'wb', 0).write(b'x')")
    assert path.read_bytes() == b""


def test_it_is_the_command_that_everybody_has(tmp_path: Path) -> None:
    folder = find_verifier()
    assert folder is not None
    path = tmp_path / "none.txt"
    path.write_text("nothing")
    asked = [sys.executable, "-I", "-m", PROCESS, folder, "20", str(path), "--json"]
    done = subprocess.run(asked, capture_output=True, check=False)
    assert done.returncode == json.loads(done.stdout)["exit"] == 2


def test_nothing_beside_the_verifier_is_taken_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    done = subprocess.run(
        [sys.executable, "-I", "-m", PROCESS, str(tmp_path), "20", "x", "--json"], capture_output=True, check=False
    )
    assert done.returncode != 7
