"""The parties of a case."""

from __future__ import annotations

PARTIES = ("need_owner", "technology_owner")
