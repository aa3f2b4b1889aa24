"""Stretches of the way that many journeys have in common, beyond those of every script."""

from __future__ import annotations

from typing import Any

from casework.playbook.steps import Steps, do
from casework.playbook.stretches import AGREED_ACROSS, BUILT, NO_SITE, READY, SIGNED, to_structuring


def to_agreement(match: str = "main", **plan: Any) -> Steps:
    return (*to_structuring(match, **plan), *READY)


def to_deployment(match: str = "main", **plan: Any) -> Steps:
    return (*to_structuring(match, **plan), *SIGNED)


def to_monitoring(match: str = "main", **plan: Any) -> Steps:
    return (*to_deployment(match, **plan), *BUILT, do("officer", "deployment.pass"), do("officer", "case.accept_site"))


def no_site(match: str = "main", **plan: Any) -> Steps:
    """As far as monitoring, by an agreement that needs no site."""
    return (*to_structuring(match, **plan), *NO_SITE)


def to_export(match: str = "export", classed: str = "free") -> Steps:
    """As far as the agreement of a technology that leaves the country: it is classed before any terms are agreed."""
    return (
        *to_structuring(match),
        AGREED_ACROSS[0],
        do("compliance", f"agreement.class_{classed}"),
        *READY,
    )
