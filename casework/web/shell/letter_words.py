"""How letters went out, in words."""

from __future__ import annotations

from casework.engine.case_objects.letters import HAND, MAIL, POST
from casework.web.shell.i18n import N_

SENT_BY = {MAIL: N_("By e-mail"), POST: N_("By post"), HAND: N_("Handed over")}
