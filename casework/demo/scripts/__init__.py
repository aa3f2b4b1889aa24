"""The cases of the demo: one in every state, and one for each exception that a case may meet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from casework.demo.scripts import agreements, assessments, beginnings, endings, sites
from casework.demo.scripts.parts import as_long_as_in_life
from casework.engine.deadlines.calendars import Calendar
from casework.playbook.steps import Script


def scripts(calendar: Calendar, end: datetime) -> list[Script]:
    """The demo's cases, the most telling ones first."""
    told = [
        agreements.PLEDGE_AND_FINANCE,
        sites.follow_up_due(_closed_so_that_follow_up_is_due(calendar, end)),
        endings.SUPERSEDED,
        assessments.ASSESSMENT_NEW,
        assessments.ASSESSMENT_AT_WORK,
        assessments.ASSESSMENT_LATE,
        assessments.ASSESSMENT_RETURNED,
        agreements.ON_HOLD,
        sites.LOAN_OVERDUE,
        sites.ACCEPTANCE_FAILED,
        endings.SILENT_PARTY,
        endings.PARTY_WITHDREW,
        assessments.CONSENT_WITHDRAWN,
        assessments.THREE_PROVIDERS,
        agreements.PATENT_LAPSED,
        agreements.SETTLEMENT,
        endings.REOPENED,
        endings.COMPLIANCE_STOP,
        endings.DUPLICATE,
        agreements.ACROSS_THE_BORDER,
        beginnings.OFFICER_LEFT,
        agreements.ASSIGNED,
        agreements.JOINT_VENTURE,
        agreements.WRONG_STEP,
        agreements.RESTRICTED_EXPORT,
        agreements.FORBIDDEN_EXPORT,
        agreements.PENDING_APPLICATION,
        assessments.NOT_VIABLE,
        sites.IN_OPERATION,
        sites.WITHOUT_SITE,
        beginnings.ONE_CONSENT,
        beginnings.INTRODUCED,
        beginnings.OFFICER_WITH_INTEREST,
        beginnings.PROPOSED,
        agreements.RESTRICTED_IMPORT,
    ]
    return [as_long_as_in_life(script, n) for n, script in enumerate(told)]


def _closed_so_that_follow_up_is_due(calendar: Calendar, end: datetime) -> int:
    """So many days before today a case must have closed for its first follow-up to be due today."""
    today: date = calendar.local_date(end)
    zone = ZoneInfo(calendar.zone)

    def due(days: int) -> date:
        closed = datetime.combine(today - timedelta(days=days), time(11), zone)
        return calendar.local_date(calendar.due(calendar.due(closed, 180, "cd"), 20, "wd"))

    return min(range(195, 240), key=lambda days: abs((due(days) - today).days))
