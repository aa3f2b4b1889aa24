"""How the programs of other makers are found, and what one is told where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.programs import CALC, CHROMIUM, NoProgramError, find_program


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for programs that is the only one there is."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_it_is_the_one_that_is_installed(bare: Path) -> None:
    write_program(bare / "google-chrome", "exit 0")
    assert find_program(CHROMIUM, install=False) == str(bare / "google-chrome")


def test_it_is_installed_by_debians_own_packages(bare: Path) -> None:
    write_program(
        bare / "apt-get",
        f'case "$*" in *install*chromium-headless-shell) : > {bare}/chromium-headless-shell;'
        f" /bin/chmod 755 {bare}/chromium-headless-shell;; esac",
    )
    assert find_program(CHROMIUM, install=True) == str(bare / "chromium-headless-shell")


def test_an_installation_that_fails_is_told(bare: Path) -> None:
    write_program(bare / "apt-get", "exit 100")
    with pytest.raises(NoProgramError, match="apt-get install chromium-headless-shell"):
        find_program(CHROMIUM, install=True)


def test_without_one_a_single_line_says_how_to_get_it(bare: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.programs"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert "apt-get install chromium-headless-shell" in line
    assert "make test-fast" in line


def test_each_program_says_its_own_package(bare: Path) -> None:
    with pytest.raises(NoProgramError, match="No LibreOffice was found.*apt-get install libreoffice-calc-nogui"):
        find_program(CALC, install=False)
