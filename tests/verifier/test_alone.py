"""A stranger with the wheel, a file and a key: installed alone, without this repository's code, the command gives the right verdict."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from casework.records import tree_tiles
from casework.records.database import transaction
from tests.support.databases import ROOT
from tests.verifier.conftest import House
from tests.verifier.forging import Forgery

SOURCES = ("casework_verify", "pyproject.toml", "README.md", "LICENSE")
#: What it needs, and what that needs.
NEEDS = ("cryptography", "rfc8785", "cffi", "pycparser")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Without our environment: nothing leads to the tree."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def copy_library(library: Distribution, into: Path) -> None:
    """The files of a library that is installed here, of the release in the lock file: no network is asked."""
    for file in library.files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file.locate(), into / file)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verifier-wheel")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        path = ROOT / "verifier" / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source / name)
    built = run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", source, cwd=folder
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = (folder / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stranger")
    assert run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder).returncode == 0
    python = folder / "bin" / "python"
    installed = run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder
    )
    assert installed.returncode == 0, installed.stderr
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout.strip()
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    for name in NEEDS:
        library = distribution(name)
        assert re.search(rf"^{name}=={re.escape(library.version)}\b", locked, re.MULTILINE), name
        copy_library(library, Path(site))
    return folder / "bin" / "casework-verify"


def test_nothing_of_the_application_is_there(command: Path, tmp_path: Path) -> None:
    python = command.with_name("python")
    program = "import casework_verify, importlib.util as u; print(casework_verify.__file__, u.find_spec('casework'), u.find_spec('flask'))"
    where, *others = run(python, "-c", program, cwd=tmp_path).stdout.split()
    assert Path(where).is_relative_to(command.parents[1])
    assert others == ["None", "None"]


def test_a_stranger_gets_the_right_verdict(command: Path, case_file: Path, keys: Path, tmp_path: Path) -> None:
    sound = run(command, case_file, "--key", keys, "--state", tmp_path / "state.json", cwd=tmp_path)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert "nothing is wrong" in sound.stdout
    forged = Forgery(case_file)
    forged.rows[4]["header"]["role"] = "manager"
    forged.rechain()
    tampered = run(
        command,
        forged.write(tmp_path / "forged.zip"),
        "--state",
        tmp_path / "state.json",
        "--language",
        "zh",
        cwd=tmp_path,
    )
    assert (tampered.returncode, tampered.stderr) == (1, "")
    assert "第 5 号事件" in tampered.stdout
    unread = run(command, tmp_path / "nothing.zip", cwd=tmp_path)
    assert (unread.returncode, unread.stderr) == (2, "")
    asked = run(command, "--help", cwd=tmp_path)
    assert asked.returncode == 0
    assert "--state" in asked.stdout


def test_it_says_chinese_where_the_terminal_cannot(command: Path, case_file: Path, tmp_path: Path) -> None:
    said = run(command, case_file, "--language", "zh", cwd=tmp_path)
    assert said.returncode == 0
    assert "Traceback" not in said.stderr


def test_a_stranger_is_a_witness(command: Path, house: House, case_file: Path, keys: Path, tmp_path: Path) -> None:
    witness = command.with_name("casework-witness")
    public = run(witness, "key", "witness.example/w1", tmp_path / "key", cwd=tmp_path).stdout
    with transaction(house.engine) as db:
        published = tree_tiles.published_checkpoint(db)
    assert published is not None
    (tmp_path / "checkpoint").write_text(published.note)
    own = ("--key", tmp_path / "key", "--log", keys, "--state", tmp_path / "witness.json")
    signed = run(witness, "cosign", tmp_path / "checkpoint", *own, cwd=tmp_path)
    assert (signed.returncode, signed.stderr) == (0, "")
    (tmp_path / "signed").write_text(signed.stdout)
    (tmp_path / "trusted").write_text(keys.read_text() + public)
    told = run(command, tmp_path / "signed", "--key", tmp_path / "trusted", "--witnesses", "1", cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    assert "1 of 1 witnesses" in told.stdout
    forged = published.note.replace(f"\n{published.size}\n", f"\n{published.size + 1}\n")
    (tmp_path / "checkpoint").write_text(forged)
    refused = run(witness, "--language", "zh", "cosign", tmp_path / "checkpoint", *own, cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "签名不成立" in refused.stderr
