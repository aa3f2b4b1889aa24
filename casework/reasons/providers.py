"""Why a provider is not asked, or a programme's list of them not changed."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

NOT_OURS = reason(
    "providers.not_ours",
    N_(
        "is not on the programme's list of providers: choose another, or let a supervisor add it under"
        " Settings, Providers of the programme"
    ),
)
UNKNOWN = reason("providers.unknown", N_("names an organisation that takes no requests"))
FULL = template("providers.full", N_("a list has at most %(most)s providers"))
SAY_WHY = reason("providers.say_why", N_("say why: whom the programme asks changes, and nobody is only added"))
SAME = reason("providers.same", N_("Nothing is changed: the programme asks these providers already."))
