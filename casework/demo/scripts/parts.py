"""Who the officers of a case are, and what several cases have at their end."""

from __future__ import annotations

from dataclasses import replace

from casework.playbook.hand import Do
from casework.playbook.steps import Script, Step, Wait, finish

CHEN, LI, ZHAO = (
    {"officer": officer, "other_officer": other}
    for officer, other in (("chen", "li"), ("li", "zhao"), ("zhao", "chen"))
)
#: Whatever follow-up stands open is answered.
FOLLOWED = finish("officer", "follow_up", further_sites=0)

#: Days that an assessor works before each of these, beside the pace of the script: from data to report it takes two months.
WORKS = {
    "assessment.data_enough": 16, "assessment.need_tests": 12, "assessment.tests_done": 14, "assessment.panel_done": 14,
    "assessment.send_draft": 10, "assessment.comments_in": 8,
}  # fmt: skip
#: No script begins before the demo does.
EARLIEST = 545
#: For so long an assessment is asked for, and planned.
WANTED, PLANNED = 75, 70


def as_long_as_in_life(script: Script) -> Script:
    """The same script, whose assessments take the time that they take; it begins so much earlier."""
    if not any(isinstance(step, Do) and step.what == "assessment.send_draft" for step in script.steps):
        return script
    steps: list[Step] = []
    for step in script.steps:
        if isinstance(step, Do) and step.what in WORKS:
            steps.append(Wait(WORKS[step.what]))
        if isinstance(step, Do) and step.what == "referral:assessment.send":
            step = replace(step, data={"wanted_on": WANTED, **step.data})
        elif isinstance(step, Do) and step.what == "referral:assessment.accept":
            step = replace(step, data={"planned_on": PLANNED, **step.data})
        steps.append(step)
    works = sum(step.days for step in steps if isinstance(step, Wait)) - sum(
        step.days for step in script.steps if isinstance(step, Wait)
    )
    return replace(script, begins=min(script.begins + works, max(EARLIEST, script.begins)), steps=tuple(steps))
