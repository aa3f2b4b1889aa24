"""Image and compose file say what the program and the how-to say: users, settings, secrets, rights; read without building them."""

from __future__ import annotations

import re
from typing import Any

import click
import yaml

from casework.cli import main
from casework.settings import Settings
from docs.components import ROOT, locked, needed, run_lock

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
OURS = sorted(name for name, one in COMPOSE["services"].items() if one["image"] == "casework")


def test_what_is_ours_has_a_root_that_is_read_only_and_no_rights() -> None:
    assert OURS == ["init", "web", "worker"]
    for name in OURS:
        one = COMPOSE["services"][name]
        assert (one["read_only"], one["cap_drop"], one["security_opt"]) == (
            True,
            ["ALL"],
            ["no-new-privileges:true"],
        ), name
        assert "privileged" not in one


def test_nobody_runs_as_root_and_the_worker_alone_is_who_keeps_the_key() -> None:
    users = dict(re.findall(r"useradd --uid (\d+) .* ([a-z-]+) ", CONTAINERFILE))
    assert users == {"10001": "casework-web", "10002": "casework-worker"}
    last = re.findall(r"^USER (.+)$", CONTAINERFILE, re.MULTILINE)[-1]
    assert (last, COMPOSE["services"]["worker"]["user"]) == ("10001:10000", "10002:10000")
    assert "-m 0755 -o casework-worker -g casework /var/lib/casework/log" in CONTAINERFILE


def test_each_setting_and_each_command_is_there() -> None:
    known = {f"CASEWORK_{name.upper()}" for name in Settings.model_fields}
    for name in OURS:
        one = COMPOSE["services"][name]
        named = {each.removesuffix("_FILE") for each in one["environment"]} - {"DATABASE_URL"}
        assert named <= known, name
        assert one.get("command", ["serve"])[0] in main.list_commands(click.Context(main))
    words = re.findall(r"^(?:ENV |CMD \[\").*$", CONTAINERFILE, re.MULTILINE)
    assert set(re.findall(r"CASEWORK_\w+", " ".join(words))) <= known


def test_the_owner_s_address_is_for_init_alone() -> None:
    who = [name for name, one in COMPOSE["services"].items() if "owner_database_url" in one.get("secrets", ())]
    assert who == ["database", "init"]


def test_what_is_used_is_declared() -> None:
    for kind in ("secrets", "networks"):
        used = {each for one in COMPOSE["services"].values() for each in one.get(kind, ())}
        assert used <= set(COMPOSE[kind]), kind
    mounted = {each.split(":")[0] for one in COMPOSE["services"].values() for each in one.get("volumes", ())}
    assert {each for each in mounted if not each.startswith("./")} == set(COMPOSE["volumes"])
    assert all((ROOT / each).exists() for each in mounted if each.startswith("./"))


def test_letters_are_printed_in_the_image_too() -> None:
    wanted = re.findall(r"^PRINTING := (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[0].split()
    assert [one for one in wanted if one not in CONTAINERFILE] == []


def test_the_image_has_what_is_needed_and_no_tools_of_tests() -> None:
    names = {one.name for one in locked(run_lock())}
    assert names == {one.name for one in locked((ROOT / "requirements.lock").read_text("utf-8"))} & set(needed())
    # Asked for by an extra of what was there already without it.
    assert "psycopg-pool" in names
    assert not names & {"pytest", "mypy", "playwright", "hypothesis"}
    assert all(one.hashes for one in locked(run_lock()))
