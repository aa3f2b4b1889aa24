"""What hard filters are called, and of which of them nothing was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext

from casework.json_values import JsonMapping
from casework.web.shell.i18n import N_, listed

#: What each filter looks at.
FILTERS: Mapping[str, str] = {
    "readiness": N_("Readiness"), "country": N_("Country"), "organisation": N_("Excluded organisations"),
    "conflict": N_("Conflict of interest"),
    "licence": N_("Licence to be had"),
    "standard": N_("Standards"), "restriction": N_("Legal restriction"), "owner": N_("Record of the owner"), "status": N_("In use"),
}  # fmt: skip


def say_unknown(verdicts: Sequence[JsonMapping]) -> str:
    """Of which filters nothing was known."""
    names = [FILTERS[one["name"]] for one in verdicts if one["verdict"] == "unknown"]
    return gettext("not known: %(what)s", what=listed([gettext(name) for name in names])) if names else ""
