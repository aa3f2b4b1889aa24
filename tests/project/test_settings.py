"""Settings come from the environment, and faults in them are said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.errors import InvalidSettings
from casework.settings import load_settings


def test_the_default_is_a_demo_under_var() -> None:
    settings = load_settings()
    assert (settings.profile, settings.database_url, settings.var) == ("demo", None, Path.cwd() / "var")


def test_the_environment_decides_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings("production").profile == "production"
    monkeypatch.setenv("CASEWORK_PROFILE", "demo")
    assert load_settings("production").profile == "demo"


@pytest.mark.parametrize("name", ["DATABASE_URL", "CASEWORK_DATABASE_URL"])
def test_the_database_is_named_in_two_ways(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "postgresql://there/it")
    assert load_settings().database_url == "postgresql://there/it"


@pytest.mark.parametrize("name", ["DATABASE_URL_FILE", "CASEWORK_DATABASE_URL_FILE"])
def test_a_secret_may_lie_in_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("postgresql://u:p@there/it\n")
    monkeypatch.setenv(name, str(tmp_path / "secret"))
    assert load_settings().database_url == "postgresql://u:p@there/it"


def test_a_secret_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("do-not-show\n")
    monkeypatch.setenv("CASEWORK_SECRET_KEY_FILE", str(tmp_path / "key"))
    settings = load_settings()
    assert settings.secret_key
    assert settings.secret_key.get_secret_value() == "do-not-show"
    assert "do-not-show" not in repr(settings)


def test_a_missing_secret_file_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_SECRET_KEY_FILE", "/nowhere/key")
    with pytest.raises(InvalidSettings, match="/nowhere/key"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("CASEWORK_PROFILE", "toy"), ("CASEWORK_POOL_SIZE", "0"), ("CASEWORK_STATEMENT_TIMEOUT_MS", "soon")],
)
def test_a_wrong_value_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings, match=name):
        load_settings()


def test_production_refuses_a_moved_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_CLOCK_OFFSET", "60")
    assert load_settings("demo").clock_offset == 60
    with pytest.raises(InvalidSettings, match="CASEWORK_CLOCK_OFFSET must be 0 in production"):
        load_settings("production")
