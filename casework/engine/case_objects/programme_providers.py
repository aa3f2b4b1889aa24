"""Which providers a programme asks: every one, or those on a list of its own."""

from __future__ import annotations

from collections.abc import Collection

from casework import reasons
from casework.engine.state.case import Case
from casework.errors import InvalidForm

#: What the log of a programme says was done.
PROVIDERS_SET = "providers_set"
#: As many stand on a list at most.
MOST = 500
#: How a programme says whom it asks.
EVERY, LISTED = "every", "listed"
#: Ids of providers in order; None: all that take requests, those that come later too.
Asked = list[str] | None


def cleaned(providers: Collection[str] | None) -> Asked:
    """A list as it is stored: each once, in order. Raises InvalidForm."""
    if providers is None:
        return None
    if len(set(providers)) > MOST:
        raise InvalidForm(fields={"providers": reasons.providers.FULL(most=MOST)})
    return sorted(set(providers))


def only_adds(before: Asked, after: Asked) -> bool:
    """Whether some are asked that were not, and everything else stays: that needs no reason."""
    return before is not None and after is not None and set(before) < set(after)


def at_work(case: Case, service: str = "") -> set[str]:
    """The providers whom a case has asked for a service, or for any: whoever is taken off the list goes on with that.

    What a party was asked by a link holds for the providers that the link names.
    """
    asked = {
        track.provider
        for track in case.tracks.values()
        if track.is_referral and track.live and track.sent and track.provider and service in ("", track.kind)
    }
    return asked | ({one for link in case.party_links.values() for one in link.providers} if not service else set())


__all__ = ["EVERY", "LISTED", "MOST", "PROVIDERS_SET", "Asked", "at_work", "cleaned", "only_adds"]
