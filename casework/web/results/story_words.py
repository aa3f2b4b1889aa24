"""How success stories stand and what parties said to them, in words."""

from __future__ import annotations

from casework.web.shell.i18n import N_

#: How a story stands, and what a party said to it.
STATES = {"draft": N_("draft"), "asked": N_("the parties are asked"), "published": N_("published")}
ANSWERS = {
    "open": N_("asked, no answer yet"), "over": N_("did not answer in time"), "given": N_("consents"),
    "refused": N_("does not consent"), "withdrawn": N_("ended"),
}  # fmt: skip
#: What a party has said itself.
SAID = {"given": ANSWERS["given"], "refused": ANSWERS["refused"], "withdrawn": N_("consents no longer")}
SIDES = {"need_owner": N_("the need owner"), "technology_owner": N_("the technology owner")}

__all__ = ["ANSWERS", "SAID", "SIDES", "STATES"]
