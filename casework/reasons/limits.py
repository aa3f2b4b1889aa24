"""Why a limit of a programme's own is refused."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

OF_LAW = template("limits.of_law", N_("is a limit of law, which nobody here changes: %(law)s"))
NOT_OURS = reason("limits.not_ours", N_("is not counted in days from its beginning alone, so the workflow sets it"))
SAME = reason("limits.same", N_("Nothing is changed: the limit is like this already."))
