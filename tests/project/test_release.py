"""What is handed out is signed, and the how-to says how to find whatever was changed on the way."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.wheels import ROOT

HOW_TO = (ROOT / "docs" / "how-to" / "make-a-release.md").read_text("utf-8")


def blocks(heading: str) -> list[str]:
    """The commands under a heading of the how-to."""
    section = HOW_TO.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def sh(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-euc", commands], cwd=folder, capture_output=True, text=True, check=False)


def sign(release: Path, key: Path) -> subprocess.CompletedProcess[str]:
    return sh(f"make --no-print-directory sign DIST='{release}' RELEASE_KEY='{key}'", ROOT)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The folder of a release that was signed with the key that the how-to makes, and its public half in it."""
    made = sh(blocks("Make one")[0], tmp_path)
    assert made.returncode == 0, made.stderr
    folder = tmp_path / "dist of today"
    folder.mkdir()
    for name in ("casework-1.whl", "casework_verify-1.whl", "run.lock", "casework.cdx.json"):
        (folder / name).write_text(f"What {name} holds.\n", "utf-8")
    signed = sign(folder, tmp_path / "release.pem")
    assert signed.returncode == 0, signed.stderr
    (folder / "release.pub").write_bytes((tmp_path / "release.pub").read_bytes())
    return folder


def test_what_was_signed_is_found_whole(release: Path) -> None:
    told = sh(blocks("Check one")[0], release)
    assert told.returncode == 0
    assert "Signature Verified Successfully" in told.stdout
    assert [line for line in told.stdout.splitlines() if line.endswith(": OK")] == [
        f"{name}: OK" for name in ("casework-1.whl", "casework.cdx.json", "casework_verify-1.whl", "run.lock")
    ]


def _another_key(release: Path) -> None:
    (release / "SHA256SUMS").unlink()
    sh(blocks("Make one")[0], release.parent)
    (release / "release.pub").rename(release.parent / "given.pub")
    assert sign(release, release.parent / "release.pem").returncode == 0
    (release.parent / "given.pub").rename(release / "release.pub")


def _list_made_anew(release: Path) -> None:
    (release / "casework-1.whl").write_text("Something else.\n", "utf-8")
    sh("sha256sum *.whl > SHA256SUMS", release)


FORGERIES: dict[str, Callable[[Path], object]] = {
    "a file changed": lambda release: (release / "casework-1.whl").write_text("Something else.\n", "utf-8"),
    "a file gone": lambda release: (release / "run.lock").unlink(),
    "the list made anew": _list_made_anew,
    "a line of the list gone": lambda release: sh("sed -i 1d SHA256SUMS", release),
    "signed with another key": _another_key,
    "no signature": lambda release: (release / "SHA256SUMS.sig").write_bytes(b""),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_what_was_changed_on_the_way_is_found(release: Path, forge: Callable[[Path], object]) -> None:
    forge(release)
    assert sh(blocks("Check one")[0], release).returncode != 0


def test_without_a_key_it_says_what_to_do_and_signs_nothing(release: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in release.iterdir()}
    told = sign(release, tmp_path / "nowhere.pem")
    assert told.returncode != 0
    assert "RELEASE_KEY" in told.stdout
    assert {path.name: path.read_bytes() for path in release.iterdir()} == before
