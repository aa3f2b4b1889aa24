"""A provider opens its own figure from its inbox, comes from a number to its referrals, and takes it out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from flask import Flask

from casework.records.database import transaction
from tests.support.queries import counted
from tests.support.way_to_referral import to_both
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


@pytest.fixture
def referrals(app: Flask, world: World) -> tuple[str, str, str]:
    with transaction(app.extensions["casework"]) as db:
        return to_both(world, db)


def test_a_number_leads_to_its_referrals(browser_for: Enter, referrals: tuple[str, str, str]) -> None:
    number, lab, bank = referrals
    browser = browser_for("provider")
    assert "/referrals/figures" in browser.get("/referrals/delivered").text
    page = browser.get("/referrals/figures").text
    assert "/referrals/figures/behind?line=what:sent" in page.replace("%3A", ":")
    behind = browser.get("/referrals/figures/behind?line=what:sent").text
    assert f"/referrals/{lab}" in behind
    assert number in behind
    assert bank not in page + behind


def test_nothing_was_sent_yet(browser_for: Enter) -> None:
    assert "Nothing to count yet." in browser_for("provider").get("/referrals/figures").text


def test_a_line_that_is_not_told_has_no_list(browser_for: Enter) -> None:
    browser = browser_for("provider")
    assert browser.get("/referrals/figures/behind").status_code == 404
    assert browser.get("/referrals/figures/behind?line=provider:x").status_code == 404


def test_it_is_taken_out_as_files(browser_for: Enter, referrals: tuple[str, str, str]) -> None:
    _, lab, bank = referrals
    browser = browser_for("provider")
    rows = list(csv.reader(io.StringIO(browser.get("/referrals/figures.csv").text.lstrip("\ufeff"))))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [lab] in [row[-1:] for row in rows]
    told = json.loads(browser.get("/referrals/figures.json").text)
    assert told["rows"][0]["referrals"] == [lab]
    assert bank not in str(rows) + str(told)
    assert browser.get("/referrals/figures.xlsx").data.startswith(b"PK")


def test_it_costs_as_much_for_many_as_for_one(
    browser_for: Enter, app: Flask, world: World, referrals: tuple[str, str, str]
) -> None:
    browser = browser_for("provider")
    browser.get("/referrals/figures")
    with counted(app) as once:
        browser.get("/referrals/figures")
    with transaction(app.extensions["casework"]) as db:
        to_both(world, db)
    with counted(app) as twice:
        browser.get("/referrals/figures")
    assert len(twice) == len(once)
