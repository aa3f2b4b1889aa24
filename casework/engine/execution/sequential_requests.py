"""One request to several providers: one after the other, in the order of a panel, or side by side at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from casework.engine.definition.editions import TransitionRule
from casework.engine.state.case import Case, Track
from casework.engine.state.join_count import asked_with
from casework.json_values import Answers

#: Of a request, what is about the others who get it.
ABOUT_OTHERS = ("panel", "beside", "join", "needed")

#: The fact from outside that tells whom the programme asks; nothing: every provider.
PROVIDERS = "providers"


def still_asked(panel: Iterable[str], facts: Mapping[str, Any]) -> list[str]:
    """Of those whom a request names to be asked next the ones that the programme still asks."""
    asked = facts.get(PROVIDERS)
    return [provider for provider in panel if asked is None or provider in asked]


def asks_others(rule: TransitionRule) -> bool:
    """Whether a transition opens referrals that go out at once."""
    return any(opening["open"] in ("next_provider", "beside") for opening in rule.opens)


def asked_by(case: Case, at: Track, rule: TransitionRule) -> list[tuple[Track, Track]]:
    """The referrals that `rule` opened when it fired, each after the one whose request it gets."""
    fired = at.fired.get(rule.name)
    if fired is None or not asks_others(rule):
        return []
    following = [track for track in case.tracks.values() if not track.fired and track.opened_at == fired.at]
    return [(case.tracks[asked], referral) for referral in following if (asked := asked_with(referral)) is not None]


def same_request(asked: Track, following: Track, first: Answers, today: date, sent: date) -> Answers:
    """The form `first` of the request to `asked`, for the provider of `following`: with all that was shared, and as much time.

    What it asks in words is not repeated: it stands with the request to the first.
    """
    wanted = today + (date.fromisoformat(first["wanted_on"]) - sent)
    changed = {
        "provider": following.provider,
        "wanted_on": wanted.isoformat(),
        "documents": list(asked.given.get("documents") or ()),
        "panel": list(following.given.get("panel") or ()),
    }
    kept = {name: value for name, value in first.items() if name not in ABOUT_OTHERS}
    return {name: value for name, value in {**kept, **changed}.items() if value != []}


def line_of(case: Case, referral: Track) -> list[Track]:
    """The referrals by which a panel came to this one, the first request first; without a panel only itself."""
    line = [referral]
    while (before := case.tracks.get(line[0].given.get("after") or "")) is not None:
        line.insert(0, before)
    return line


def request_of(case: Case, referral: Track) -> list[Track]:
    """The referrals with one of which the words of this request stand: those before in its panel, and the first at once."""
    line = line_of(case, referral)
    while (before := case.tracks.get(asked_with(line[0]) or "")) is not None:
        line.insert(0, before)
    return line
