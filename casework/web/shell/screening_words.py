"""How a screening ended, in words."""

from __future__ import annotations

from casework.web.shell.i18n import N_

RESULTS = {"clear": N_("on no list"), "hit": N_("on a list")}
