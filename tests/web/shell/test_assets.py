"""What was taken over from others is what its lock says, and carries its licence."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Any

import pytest

STATIC = files("casework.web").joinpath("static")
LOCK: list[dict[str, Any]] = json.loads(STATIC.joinpath("assets.lock.json").read_text("utf-8"))
OURS = {
    "agenda.css",
    "alerts.css",
    "app.js",
    "assets.lock.json",
    "base.css",
    "case.css",
    "charts.css",
    "components.css",
    "decisions.css",
    "documents.css",
    "early.js",
    "figures.css",
    "keys.js",
    "link.js",
    "map.css",
    "matches.css",
    "mentions.js",
    "likely.js",
    "lists.css",
    "lists.js",
    "messages.css",
    "news.js",
    "passkeys.js",
    "progress.js",
    "record.css",
    "referrals.css",
    "tokens.css",
    "uploads.js",
    "work.css",
}
FREE = {"MIT", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"}


@pytest.mark.parametrize("asset", LOCK, ids=lambda one: str(one["file"]))
def test_an_asset_is_what_the_lock_says(asset: dict[str, Any]) -> None:
    found = hashlib.sha256(STATIC.joinpath(asset["file"]).read_bytes()).hexdigest()
    assert found == asset["sha256"]


@pytest.mark.parametrize("asset", LOCK, ids=lambda one: str(one["file"]))
def test_an_asset_has_a_free_licence_whose_text_is_here(asset: dict[str, Any]) -> None:
    assert asset["licence"] in FREE
    assert len(STATIC.joinpath(asset["licence_file"]).read_text("utf-8")) > 300


def test_everything_here_is_ours_or_locked() -> None:
    here = {one.name for one in STATIC.iterdir() if one.is_file()}
    assert here == OURS | {one["file"] for one in LOCK}


def test_our_own_assets_ask_no_other_host() -> None:
    for name in OURS - {"assets.lock.json"}:
        # A picture within the style names its language, which nobody asks for.
        words = STATIC.joinpath(name).read_text("utf-8").replace("xmlns='http://www.w3.org/2000/svg'", "")
        assert "http://" not in words
        assert "https://" not in words
        assert "@import" not in words
