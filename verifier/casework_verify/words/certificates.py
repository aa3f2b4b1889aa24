"""What is said of certificates."""

from __future__ import annotations

from casework_verify.words.table import Words

CERTIFICATES: dict[str, Words] = {}
