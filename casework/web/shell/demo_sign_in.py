"""The people of a demo on the sign-in page: first one of each kind, with what they will see, and below them the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from casework.engine.roles import Role
from casework.web.shell.i18n import N_

#: What somebody of the kind sees first, in the order in which the kinds are shown.
KINDS = {
    Role.OFFICER: N_("Work and cases: what to do next, by when, and who is being waited for."),
    Role.SUPERVISOR: N_("Decisions that wait, such as plans and closings, and the team's load."),
    Role.COMPLIANCE: N_("Parties to screen, the gate before signing, and the power to stop a case."),
    Role.PROVIDER: N_("Offers to answer, work in progress, and nothing of any other provider."),
    Role.DISPUTE_OFFICER: N_("Sealed mediations, which are there for nobody who is not named."),
    Role.AUDITOR: N_("Read every case and its verified history, and raise findings."),
    Role.MANAGER: N_("Every case to read, and the lists to export."),
    Role.ADMINISTRATOR: N_("People, organisations, programmes and workflows, and no case."),
}


@dataclass(frozen=True)
class Card:
    """One person of the demo, who signs in with one click."""

    email: str
    password: str
    name: str
    roles: tuple[str, ...]
    organisation: str


def demo_cards() -> list[Card]:
    """The demo's people, where this is a demo and its file of accounts lies there."""
    if current_app.config["PROFILE"] != "demo":
        return []
    try:
        demo = json.loads(current_app.config["DEMO_ACCOUNTS"].read_text("utf-8"))
        return [
            Card(
                account["email"],
                account["password"],
                account["name"],
                tuple(account["role"]),
                account.get("organisation") or "",
            )
            for account in demo["accounts"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def one_of_each(cards: Sequence[Card]) -> tuple[list[tuple[Card, str]], list[Card]]:
    """The first card of each kind with what its person sees, and the other cards."""
    first = {kind: next((card for card in cards if kind in card.roles), None) for kind in KINDS}
    shown = [(card, KINDS[kind]) for kind, card in first.items() if card is not None]
    return shown, [other for other in cards if other not in [card for card, _ in shown]]
