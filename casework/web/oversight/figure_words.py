"""What figures and their lines are called: each with what it counts, in words; ids and codes by what the programme calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext, ngettext

from casework.definitions import load_library
from casework.engine.case_objects.technology_fields import FIELDS
from casework.engine.figures.cohorts import OPENED_FROM, OPENED_TO
from casework.engine.figures.counting import Row
from casework.engine.parts import MAIN
from casework.operations.oversight.figure_names import CalledInFigures
from casework.operations.oversight.figure_scope import EVENT
from casework.web.shell.i18n import N_, chinese, edition_text, name_of, say_unit
from casework.web.shell.impact_words import LEVELS, say_computed
from casework.web.shell.record_words import VERDICTS
from casework.web.shell.task_links import queue_name
from casework.web.shell.technology_field_words import say_field
from casework.web.shell.values import body_name, choice_name, say_amount, say_match_source, service_name

#: What each figure is called, and what it counts among what.
FIGURES: Mapping[str, tuple[str, str]] = {
    "funnel": (N_("From need to effect"), N_("Needs, and the cases that came through each step, the first time.")),
    "conversion": (
        N_("How many go on"),
        N_("Of the cases that reached a step, those that reached the next one, those that ended, and those still open."),
    ),
    "time_in_step": (
        N_("Time in each step"),
        N_("Working days of the stays that ended, and whose the time was. Coming back to a step is a stay of its own."),
    ),
    "discipline": (N_("Case hygiene"), N_("Live cases that break no rule of case hygiene, as checked every night.")),
    "follow_up": (
        N_("Follow-up after closing"),
        N_("Of the closed cases whose question is due, those that a party answered. “No answer” is none."),
    ),
    "referrals": (
        N_("Referrals, on both clocks"),
        N_("Answered within five working days of the programme; the median is on the provider's own clock, without the time "
           "in which it waited for what it had asked. The whole of it is told in working days, whoever's turn it was. Late now is what "
           "the provider, or the office, should have done by now, of those that go on."),
    ),
    "mediations": (
        N_("Mediations"),
        N_("Of the whole programme, as of the end of a quarter. Numbers under five are not told, and never by case."),
    ),
    "loans": (N_("Loans on rights"), N_("Requests sent, and how far they came. Amounts of different currencies are never added.")),
    "finance": (N_("Green finance"), N_("What was wanted, offered and closed. A loan on rights is not counted again.")),
    "assessments": (N_("Assessments"), N_("Those that ended and were not replaced; working days from the admission to the issue.")),
    "agreements": (N_("Agreements"), N_("Signed ones, one a round. What only prepares another agreement stands apart.")),
    "deployments": (N_("Sites"), N_("Sites that came to their acceptance test. A case may have several.")),
    "effects": (
        N_("Effect"),
        N_("What is saved, of the cases with an accepted site or a reported use. Levels are never added."),
    ),
    "endings": (N_("Why cases ended"), N_("Main reasons of the cases that closed without success.")),
    "conflicts": (N_("Conflicts of interest and stops"), N_("Of the requests sent; stops beside the live cases.")),
    "second_sites": (N_("Further sites"), N_("Cases that became more, of those with an accepted site.")),
    "data_quality": (
        N_("Data confirmed by a person"),
        N_("Technologies of which somebody confirmed it in the last two years."),
    ),
    "workload": (
        N_("Workload"),
        N_("Live cases, and tasks in hand by how many working days they are late; and tasks that nobody has taken."),
    ),
    "activities": (N_("Events and visits"), N_("What the programme did beside its cases.")),
    "past_projects": (N_("Past projects"), N_("Projects that had ended before. Nobody has verified them here.")),
}  # fmt: skip
#: What lines are of, by their figure; what several figures have stands under "".
CODES: Mapping[str, Mapping[str, str]] = {
    "": {
        "sent": N_("Sent"), "accepted": N_("Accepted"), "declined": N_("Declined"), "stopped": N_("Stopped"),
        "answered_in_time": N_("Answered in time"), "ended": N_("Came to an end"),
    },
    "funnel": {
        "need_published": N_("Need published"), "match_not_refused": N_("With a match that is not refused"),
        "matches": N_("Matches that are not refused"),
        "opened": N_("Case opened"), "interest_confirmed": N_("Interest confirmed"), "plan_approved": N_("Plan approved"),
        "agreement_signed": N_("Agreement signed"), "site_accepted": N_("Site accepted"),
        "measured_12_months": N_("Measured for 12 months"), "verified": N_("Effect verified"),
        "assessment": N_("Assessment"), "money": N_("Money"),
        "needed": N_("needed"), "passed": N_("came through"), "not_needed": N_("not needed"),
    },
    "time_in_step": {"open": N_("Still there"), "side": N_("Whose time")},
    "discipline": {"last_night": N_("Last night"), "nights": N_("All nights together")},
    "follow_up": {
        "all": N_("all"), "with_agreement": N_("with an agreement"),
        "answered_in_time": N_("Answered in time"), "answered": N_("Ever answered"),
    },
    "referrals": {
        "asked_back": N_("Asked back"), "started": N_("Started"), "delivered": N_("Delivered"), "approved": N_("Result taken"),
        "whole": N_("From sending to the result"),
        "late": N_("Late now, with the provider"), "late_office": N_("Late now, with the office"),
    },
    "mediations": {
        "referred": N_("Referred"), "ripe": N_("ended, or a year old"), "appointed": N_("with a mediator appointed"),
        "settled": N_("Settled, in whole or in part"), "resolved_by_talks": N_("Resolved by talks"),
    },
    "loans": {
        "first_door": N_("Through the first door"), "bank": N_("Approved by the bank"), "registered": N_("Pledge registered"),
        "paid": N_("Paid out"), "second_over_first": N_("Bank, of those through the first door (for reference: 60 of 100)"),
        "overdue": N_("Overdue, with what is owed"),
    },
    "finance": {"wanted": N_("Wanted"), "offered": N_("Offered"), "closed": N_("Closed")},
    "assessments": {
        "verdict": N_("Verdict"), "issued": N_("Report issued"),
        "signed_with_statement": N_("Signed cases with a valid statement"), "waived": N_("Went on without one"),
    },
    "agreements": {
        "signed": N_("Signed"), "with_dispute_clause": N_("With a clause on disputes"),
        "technology_contracts": N_("Technology contracts"), "technology_value": N_("of which technology"),
        "registered_in_time": N_("Across a border, registered within 60 days"), "under_licence": N_("Under an export licence"),
    },
    "deployments": {
        "accepted": N_("Site accepted"), "tested": N_("Came to their test"),
        "accepted_at_once": N_("Accepted without a failed test before"),
    },
    "effects": {"with_records": N_("Cases with a record")},
    "endings": {
        "main_reason": N_("Main reason"), "further_reason": N_("Further reasons"), "outcome": N_("Outcome"),
        "stopped": N_("Stopped by compliance"), "needs_without_a_way": N_("Needs without a live or successful case"),
    },
    "conflicts": {
        "declared": N_("Declared"), "upheld": N_("Upheld"), "waived": N_("Waived"), "replaced": N_("Another person named"),
        "stops_confirmed": N_("Stops confirmed"), "stops_refused": N_("Stops refused"),
    },
    "second_sites": {"became_more": N_("Became more")},
    "data_quality": {
        "all": N_("Of all technologies"), "with_match": N_("Of those with a match"), "readiness": N_("Readiness"),
        "right": N_("Rights"), "deployment": N_("Sites where it runs"), "all_three": N_("All three"),
    },
    "workload": {
        "live_cases": N_("Live cases"), "not_due": N_("Not due"), "up_to_5": N_("Up to 5 days late"),
        "up_to_20": N_("Up to 20 days late"), "over_20": N_("Over 20 days late"), "aftercare": N_("After closing"),
        "untaken": N_("Nobody has taken them"),
    },
    "activities": {
        "events": N_("Events"), "event_participants": N_("Who came from outside"), "enterprises_visited": N_("Enterprises visited"),
        "needs_collected": N_("Needs that came of an assessment"),
    },
    "past_projects": {"ended": N_("Came to an end")},
}  # fmt: skip
#: By what cases are told apart before any is counted.
LABELS = {
    "phase": N_("Phase"), "sector": N_("Sector"), "district": N_("District"), "source": N_("Source of the match"),
    "technology_field": N_("Field of technology"), EVENT: N_("Event or assessment"),
    OPENED_FROM: N_("Opened from"), OPENED_TO: N_("Opened until"),
}  # fmt: skip
#: Figures whose lines are called as those of another one.
_AS = {"conversion": "funnel"}
#: What the parts of time are called beside the bodies outside.
_SIDES = {"office": N_("the office"), "provider": N_("a provider"), "other": N_("others")}
_MONTHS_OF_RUNGS = 30
#: Hours that are told without a digit behind the point.
_MANY = 100


def title_of(figure: str) -> str:
    return gettext(FIGURES[figure][0]) if figure in FIGURES else figure.replace("_", " ")


def about(figure: str) -> str:
    """What it counts among what."""
    return gettext(FIGURES[figure][1]) if figure in FIGURES else ""


@dataclass(frozen=True)
class Sayer:
    """Says what lines are of."""

    called: CalledInFigures

    def say(self, figure: str, key: str, code: str | None, what: str | None = None) -> str:
        """One of the things that a line is of, with what the line tells of it."""
        if not code:
            return gettext("not said")
        own = CODES.get(_AS.get(figure, figure), {})
        if code in own or key in ("what", "of", "among", "next", "branch"):
            words = own.get(code) or CODES[""].get(code)
            return gettext(words) if words else code.replace("_", " ")
        return self._said(key, code, what)

    def _said(self, key: str, code: str, what: str | None) -> str:
        if code in self.called.ids:
            return self.called.ids[code]
        if key == "phase" and code in self.called.phases:
            return name_of(self.called.phases[code])
        if (entry := self.called.entry(key, code)) is not None:
            return entry.called(entry.label_zh if chinese() else entry.label)
        if key == "step":
            return _state(code)
        if key == "reason" and what == "outcome":
            return choice_name("outcome", code)
        return _PLAIN.get(key, str)(code)


def _state(code: str) -> str:
    edition = load_library().playing(MAIN)
    return code.replace("_", " ") if edition is None else edition_text(edition, f"states.{code}")


def place_of_state(code: str | None) -> int:
    """Where a step of the main track comes, in the order of its definition; last what it does not know."""
    edition = load_library().playing(MAIN)
    states = [] if edition is None else list(edition.states)
    return states.index(code) if code in states else len(states)


def place_of_field(code: str | None) -> tuple[int, str]:
    """Where a field of technology comes, in the order of their numbers; last what is none."""
    return (FIELDS.index(code) if code in FIELDS else len(FIELDS), code or "")


def _verdict(code: str) -> str:
    return gettext(VERDICTS[code]) if code in VERDICTS else choice_name("verdict", code)


def _side(code: str) -> str:
    return gettext(_SIDES[code]) if code in _SIDES else body_name(code)


def say_rung(days: str) -> str:
    """So many days as the months that they stand for."""
    months = round(int(days) / _MONTHS_OF_RUNGS)
    return ngettext("%(num)d month", "%(num)d months", months)


_PLAIN: Mapping[str, Callable[[str], str]] = {
    "service": service_name,
    "verdict": _verdict,
    "side": _side,
    "days": say_rung,
    "unit": say_unit,
    "queue": queue_name,
    "reason": lambda code: choice_name("reason", code),
    "instrument": lambda code: choice_name("instrument", code),
    "capacity": lambda code: choice_name("capacity_unit", code),
    "kind": lambda code: choice_name("kind", code),
    "outcome": lambda code: choice_name("outcome", code),
    "level": lambda code: gettext(LEVELS[code]) if code in LEVELS else code,
    "source": say_match_source,
    "technology_field": say_field,
}


def say_line(sayer: Sayer, figure: str, row: Row) -> str:
    """All that a line is of: as it stands alone, without the table around it."""
    return say_of(sayer, figure, row.of)


def say_of(sayer: Sayer, figure: str, of: Mapping[str, str | None]) -> str:
    """The same of what a line is of, as it was frozen or is told outside."""
    told = ((key, code) for key, code in of.items() if key not in ("unit", "until"))
    return " · ".join(sayer.say(figure, key, code, of.get("what")) for key, code in told)


# --- numbers ---------------------------------------------------------------------------------------------------------


#: What is hidden, or told nowhere.
NOTHING = "–"


def say_number(number: object) -> str:
    """A number as it is told outside."""
    return NOTHING if number is None else str(number)


def say_percent(share: Decimal | None) -> str:
    return "" if share is None else f"{share} %"


def say_count(row: Row) -> str:
    """The number, among how many, and in how many cases where a case counts several times."""
    told = str(row.numerator)
    if row.denominator is not None:
        told = gettext("%(count)s of %(all)s", count=told, all=row.denominator)
    if row.behind != row.numerator:
        return ngettext("%(count)s, in %(num)d case", "%(count)s, in %(num)d cases", row.behind, count=told)
    return told


def say_cases(count: int) -> str:
    return ngettext("%(num)d case", "%(num)d cases", count)


def say_money(money: Mapping[str, Decimal]) -> str:
    """By currency, never added."""
    return " · ".join(f"{currency} {say_amount(amount)}" for currency, amount in money.items())


def say_saved(amount: Decimal, unit: str | None) -> str:
    said = say_computed(str(amount))
    return f"{said} {say_unit(unit)}" if unit else said


_TIMES = {"working_minutes": N_("working minutes"), "working_days": N_("working days"), "days": N_("days")}


def say_units(unit: str | None) -> str:
    """In what a median or an amount is told."""
    if not unit:
        return ""
    return gettext(_TIMES[unit]) if unit in _TIMES else say_unit(unit)


def say_length(value: Decimal | None, unit: str | None) -> str:
    """A median in the unit that its figure says, minutes as hours."""
    if value is None:
        return ""
    if unit == "working_minutes":
        hours = value / 60
        return gettext("%(hours)s working hours", hours=f"{hours:,.0f}" if hours >= _MANY else f"{hours:.1f}")
    words = f"{value.normalize():f}"
    if value == 1:
        return (
            gettext("%(days)s working day", days=words)
            if unit == "working_days"
            else gettext("%(days)s day", days=words)
        )
    return (
        gettext("%(days)s working days", days=words) if unit == "working_days" else gettext("%(days)s days", days=words)
    )


def say_minutes(minutes: int | None) -> str:
    """Working minutes as hours."""
    return say_length(None if minutes is None else Decimal(minutes), "working_minutes")
