"""The journeys by subject: each a name and its steps."""

from __future__ import annotations

from tests.journeys.driver import Step
from tests.journeys.scripts import assessments

#: Every script by its name.
SCRIPTS: dict[str, tuple[Step, ...]] = {name: steps for one in (assessments,) for name, steps in one.SCRIPTS.items()}
