"""What is said of events that were not allowed."""

from __future__ import annotations

from casework_verify.words.replay_people import PEOPLE
from casework_verify.words.replay_rules import RULES
from casework_verify.words.table import Words

REPLAY: dict[str, Words] = {**PEOPLE, **RULES}
