"""A wheel built from the tree and installed elsewhere works as well as the tree does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from casework.records import embedded, server_process
from tests.support.wheels import ROOT, built, run


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


def test_the_same_tree_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    """Elsewhere and at another time: whoever doubts what is offered builds it, and compares."""
    assert built(tmp_path).read_bytes() == wheel.read_bytes()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `bin` of an environment that has the wheel and, from here, only what it depends on."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    # Only the path: the editable install of the tree hangs on a .pth file, which is not read from here.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def test_everything_that_a_run_needs_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        (path.relative_to(ROOT).as_posix(), package)
        for top, package in [
            ("casework", "casework"),
            ("workflows", "workflows"),
            ("templates", "casework/templates"),
            ("migrations", "casework/migrations"),
        ]
        for path in (ROOT / top).rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".po", ".pot")
    }
    expected = {package + "/" + name.split("/", 1)[1] for name, package in wanted}
    assert expected <= inside, sorted(expected - inside)


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"casework", "workflows"}


def test_the_installed_package_is_not_the_tree(installed: Path, tmp_path: Path) -> None:
    program = (
        "import casework, workflows, casework.templates, casework.migrations as m; print(casework.__file__, m.__file__)"
    )
    printed = run(installed / "python", "-c", program, cwd=tmp_path)
    assert all(Path(path).is_relative_to(installed.parent) for path in printed.split())


def test_the_installed_command_makes_a_database(installed: Path, tmp_path: Path, var_dir: Path) -> None:
    casework = installed / "casework"
    assert "init" in run(casework, "--help", cwd=tmp_path)
    assert run(casework, "--version", cwd=tmp_path).startswith("casework")
    assert "is now at revision" in run(casework, "init", cwd=tmp_path, CASEWORK_VAR=str(var_dir))
    assert "is right" in run(casework, "db", "check", cwd=tmp_path, CASEWORK_VAR=str(var_dir))
    # All that it finds wrong is that no worker runs.
    own = {"PATH": os.environ["PATH"], "CASEWORK_VAR": str(var_dir), "CASEWORK_PROFILE": "demo"}
    looked = subprocess.run(
        [casework, "doctor", "--json"], cwd=tmp_path, env=own, capture_output=True, text=True, check=False
    )
    assert [one["check"] for one in json.loads(looked.stdout)["checks"] if one["state"] == "wrong"] == ["worker"]
    assert embedded.running_pid(server_process.server_at(var_dir)) is not None
    assert "has stopped" in run(casework, "db", "stop", cwd=tmp_path, CASEWORK_VAR=str(var_dir))
    assert list(tmp_path.iterdir()) == []


def test_the_installed_package_finds_its_workflows(installed: Path, tmp_path: Path) -> None:
    program = (
        "from casework.definitions import load_definitions, load_library;"
        "print(len(load_definitions()), len(load_library().editions))"
    )
    definitions, editions = run(installed / "python", "-c", program, cwd=tmp_path).split()
    assert int(definitions) > 0
    assert int(editions) == len(list((ROOT / "workflows" / "published").glob("*.json")))
