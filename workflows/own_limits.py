"""What guards compare with and a programme may set for itself: ours, from no law (`docs/explanation/law.md`)."""

from __future__ import annotations

from casework.engine.case_objects.screenings import RECORD_LIMIT
from casework.engine.definition.limits import GuardLimit

#: A screening in a case; of one on an organisation's record the day is said.
SCREENING_HOLDS = GuardLimit("case.limits.screening_holds", 90, "cd", 7, 366, "A screening in the case holds")
#: Whatever day it names.
RECORD_HOLDS = GuardLimit(RECORD_LIMIT, 366, "cd", 7, 366, "A screening on an organisation's record counts for at most")
#: After a reopening.
CONSENT_HOLDS = GuardLimit("case.limits.consent_holds", 12, "mo", 1, 60, "A consent given before a reopening holds")
REOPENING = GuardLimit("case.limits.reopening", 24, "mo", 1, 120, "A closed case may be reopened for")
#: The check of the rights: when it is repeated, and how old it may be at the signing.
CHECK_HOLDS = GuardLimit("ip.limits.check_holds", 90, "cd", 7, 366, "A check of the rights holds")
#: The measures that said one to three years have been replaced (C5).
LETTER_HOLDS = GuardLimit("agreement.limits.letter_holds", 36, "mo", 12, 36, "A letter of intent is valid for at most")
START = GuardLimit("referral.limits.start", 15, "wd", 1, 90, "A provider has to start, after accepting, within")
EXTENSION = GuardLimit(
    "referral.limits.extension",
    90,
    "cd",
    1,
    730,
    "The time that may be added to what was planned, however short that was",
)
RETURNS = GuardLimit("referral.limits.returns", 2, "times", 1, 10, "What a provider delivers may be returned")
RETESTS = GuardLimit(
    "deployment.limits.retests", 2, "times", 1, 10, "What failed at the site acceptance may be tested again"
)
#: Above it whoever approves a loan is asked once more.
INTEREST = GuardLimit(
    "pledge.limits.interest", 15, "pc", 1, 36, "The interest of a loan that nobody is asked about again is at most"
)
