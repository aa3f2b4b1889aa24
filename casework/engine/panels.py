"""A panel: providers in the order in which they are asked for one service, each with the same request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.engine.cases import Case, Track
from casework.engine.editions import TransitionRule

Json = Any


def asked_by(case: Case, asked: Track, rule: TransitionRule) -> list[tuple[Track, str]]:
    """The referrals that `rule` opened when it fired on `asked`, each with the transition that sends it."""
    names = [one["transition"] for one in rule.opens if one["open"] == "next_provider"]
    following = [one for one in case.tracks.values() if one.given.get("after") == asked.id and not one.fired]
    return [(one, name) for one in following for name in names]


def same_request(asked: Track, following: Track, transition: str, today: date, sent: date) -> Mapping[str, Json]:
    """The form of the request to `asked`, for the provider of `following`: with all that was shared, and as much time.

    What it asks in words is not repeated: it stands with the request to the first of the panel.
    """
    first = asked.fired[transition].data
    wanted = today + (date.fromisoformat(first["wanted_on"]) - sent)
    changed = {
        "provider": following.provider, "wanted_on": wanted.isoformat(),
        "documents": list(asked.given.get("documents") or ()),
        # One day for all that is shared: never a later one than was named for any of it.
        "shared_until": min((asked.given.get("shared_until") or {}).values(), default=[]), "panel": list(following.given.get("panel") or ()),
    }  # fmt: skip
    return {name: value for name, value in {**first, **changed}.items() if value != []}


def line_of(case: Case, referral: Track) -> list[Track]:
    """The referrals by which a panel came to this one, the first request first; without a panel only itself."""
    line = [referral]
    while (before := case.tracks.get(line[0].given.get("after") or "")) is not None:
        line.insert(0, before)
    return line
