"""`casework archive` and what else tells of sealed files: the doctor, the night, and a backup that has them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from casework.cli import main
from casework.commands.doctor import look
from casework.engine.retention import ARCHIVED
from casework.operations.documents.key_material import document_store_of
from casework.operations.privacy.removing import carry_on
from casework.operations.verification import archiving
from casework.operations.verification.case_archive import check_case_file
from casework.operations.verification.nightly import verify_night
from casework.operations.verification.tree_judgement import kept_here
from casework.records.database import transaction
from casework.records.key_ring import secret_key
from casework.settings import Settings
from tests.operations.privacy.removal_scene import Scene, set_scene
from tests.support.world import World


@dataclass
class Office:
    """An office with one case in its archive, as its commands find it."""

    scene: Scene
    settings: Settings
    environment: dict[str, str]
    file: Path
    number: str

    def run(self, *asked: str) -> Result:
        return CliRunner().invoke(main, ["archive", *asked], env=self.environment)

    def told(self, *asked: str) -> Any:
        return json.loads(self.run(*asked, "--json").stdout)


@pytest.fixture
def office(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, database_url: str
) -> Iterator[Office]:
    store = document_store_of(engine, settings)
    scene = set_scene(engine, superuser_engine, settings, world, store, count=1, fate=ARCHIVED)
    scene.agree()
    carry_on(scene.engine, scene.programme, archiving.Archive(scene.engine, settings))
    environment = {"CASEWORK_PROFILE": "test", "DATABASE_URL": database_url, "CASEWORK_VAR": str(settings.var)}
    (file,) = settings.archive_dir.iterdir()
    yield Office(scene, settings, environment, file, scene.numbers[0])
    scene.engine.dispose()


def test_they_are_listed_proved_and_taken_out_and_every_damage_is_told(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = office.told("list")["cases"]
    assert (one["number"], office.file.name) == (office.number, f"{one['log']}.{one['file']}.sealed")
    assert office.number in office.run("list").stdout
    proved = office.run("verify")
    assert (proved.exit_code, proved.stdout) == (0, "1 of 1 sealed files are whole.\n")
    assert office.run("verify", "BJ-1999-0001").exit_code == 1
    taken = tmp_path / "case.zip"
    done = office.run("open", office.number, str(taken), "--as", "auditor@example.org")
    assert (done.exit_code, taken.stat().st_mode & 0o077, check_case_file(taken)) == (0, 0, [])
    with zipfile.ZipFile(taken) as parts:
        assert any(name.startswith("documents/") for name in parts.namelist())
    assert office.run("open", office.number, str(taken), "--as", "auditor@example.org").exit_code == 1
    # Who does not read the case whole takes nothing out, and no file is left of it.
    refused = office.run("open", office.number, str(tmp_path / "other.zip"), "--as", "provider@example.org")
    assert (refused.exit_code, (tmp_path / "other.zip").exists()) == (1, False)
    for name, value in office.environment.items():
        monkeypatch.setenv(name, value)
    assert [one.state for one in look() if one.check == "archive"] == ["fine"]
    assert verify_night(office.scene.engine, kept_here(office.settings)) == 0
    _rekeyed(office, monkeypatch)
    _damaged(office)


def _rekeyed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a new secret key the former one is to be kept for as long as there are files that it alone opens."""
    used = secret_key(office.settings)

    def keys() -> list[tuple[str, bool]]:
        return [(one.state, office.number in one.says) for one in look() if one.check == "archive key"]

    assert keys() == []
    monkeypatch.setenv("CASEWORK_SECRET_KEY", "another-key-than-that-which-sealed-it-4711")
    assert keys() == [("wrong", True)]
    monkeypatch.setenv("CASEWORK_SECRET_KEY_FALLBACKS", used)
    assert keys() == [("look", True)]
    monkeypatch.delenv("CASEWORK_SECRET_KEY")
    monkeypatch.delenv("CASEWORK_SECRET_KEY_FALLBACKS")


def _damaged(office: Office) -> None:
    """A byte that is another, an end that is cut off, and a file that is gone: each is told by everybody who looks."""
    whole = office.file.read_bytes()
    for content in (whole[:-9], whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:], None):
        office.file.unlink() if content is None else office.file.write_bytes(content)
        proved = office.run("verify")
        assert (proved.exit_code, f"{office.number}: it " in proved.stdout) == (1, True)
        assert not office.told("verify", office.number)["whole"]
        assert [one.state for one in look() if one.check == "archive"] == ["wrong"]
        with transaction(office.scene.engine) as db:
            (found,) = archiving.check_sealed(db, kept_here(office.settings))
            assert (found.kind, found.number) == ("archive", office.number)
    with office.scene.superuser.begin() as db:
        db.execute(text("DELETE FROM verification_nights"))
    assert verify_night(office.scene.engine, kept_here(office.settings)) == 1
    office.file.write_bytes(whole)
    assert office.run("verify").exit_code == 0
