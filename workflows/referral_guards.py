"""What must hold for the steps of a referral: its consent, its people, its time."""

from __future__ import annotations

from datetime import date, timedelta

from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, guard
from casework.engine.parties import PARTIES
from workflows.guards import live_tracks
from workflows.own_limits import EXTENSION, RETURNS, START


def _covers(f: Facts, provider: str | None, document: str) -> bool:
    """Whether each party that the document concerns lets this provider see it."""
    known = f.case.documents.get(document)
    if known is None or provider is None:
        return False
    return all(any(track.covers(known, provider) for track in live_tracks(f, party)) for party in known.concerns)


@guard(
    rule="The service is the referral's.",
    refusal="This is another service than the referral's.",
    at=("service",),
)
def service_is_the_referrals(f: Facts) -> bool:
    return f.data.get("service") in (None, f.track.kind)


@guard(
    rule="A consent of each party concerned covers this provider and each of these documents.",
    refusal=(
        "No consent of the party concerned covers this provider and each of these documents. A paper of neither party concerns"
        " both, unless it was entered as the office's own."
    ),
    at=("documents",),
    law=Law.CONSENT,
)
def consent_covers_documents(f: Facts) -> bool:
    if f.track.kind == "mediation":
        return not f.data.get("documents")
    provider = f.data.get("provider") or f.track.provider
    return all(_covers(f, provider, document) for document in f.data.get("documents") or ())


@guard(
    rule="Consents still cover every shared document.",
    refusal="A shared document is no longer covered by a consent.",
    law=Law.CONSENT,
)
def consent_covers_what_was_shared(f: Facts) -> bool:
    return all(_covers(f, f.track.provider, document) for document in f.track.given.get("documents") or ())


@guard(
    rule="To a provider abroad nothing goes by a consent that was given before it was known to be there.",
    refusal="This provider is abroad by its record, and a consent reaches it that was given before that was known. It covers no transfer"
    " abroad: ask the party for a new consent first.",
    reads=("abroad",),
    at=("provider",),
    law=Law.CONSENT,
)
def consent_is_for_abroad(f: Facts) -> bool:
    """A yes to a transfer abroad is a consent of its own (K3); a no reaches no provider that was abroad by then."""
    provider = f.data.get("provider") or f.track.provider
    if provider is None or provider not in f.from_outside("abroad")["providers"]:
        return True
    reaching = [one for party in PARTIES for one in live_tracks(f, party) if one.reaches(provider)]
    return {one.party for one in reaching} <= {one.party for one in reaching if one.abroad}


@guard(
    rule="The person named has declared no interest in this matter.",
    refusal="The person named has declared an interest in this matter.",
    at=("person",),
    law=Law.INTEREST,
)
def person_is_not_barred(f: Facts) -> bool:
    person = f.data.get("person")
    return person is None or person not in f.track.barred | f.case.interests


@guard(
    rule="This person has not declared an interest in the case before.",
    refusal="This person has declared an interest in the case already.",
    at=("person",),
    law=Law.INTEREST,
)
def person_is_not_out(f: Facts) -> bool:
    return (f.data.get("person") or f.actor) not in f.case.interests


@guard(
    rule="The provider has not started in the time that it has after accepting.",
    refusal="The provider still has time to start.",
    limits=(START,),
)
def start_is_overdue(f: Facts) -> bool:
    accepted = f.fired("accept")
    return accepted is not None and f.now >= f.calendar.due(accepted.at, f.limit(START), "wd")


def _dues(f: Facts) -> list[date]:
    """When the work is due: as the referral's step says, and where nothing was planned as the service's own limits do."""
    tracks = [f.track, *([f.child] if f.child is not None else ())]
    for track in tracks:
        dues = [task.due_at for task in f.case.step_tasks(track.id) if task.due_at is not None]
        if dues:
            return [f.calendar.local_date(due) for due in dues]
    return []


def _due_at_first(f: Facts) -> list[date]:
    """Where nothing was planned: when the step of the service is due, or once more time was granted for it the first day that was."""
    tracks = [*([f.child] if f.child is not None else ()), f.track]
    for track in tracks:
        steps = [(task.opened_at, task.due_at) for task in f.case.step_tasks(track.id) if task.due_at is not None]
        if steps:
            began = min(opened for opened, _ in steps)
            granted = [
                (task.closed_at, str(task.result["until_on"]))
                for task in f.results("decide_extension")
                if task.track == f.track.id and task.result.get("granted") and task.result.get("until_on")
                if task.closed_at is not None and task.closed_at >= began
            ]
            return (
                [date.fromisoformat(min(granted)[1])] if granted else [f.calendar.local_date(due) for _, due in steps]
            )
    return []


def _last_extension(f: Facts) -> date:
    """The last day that may be asked for and granted: twice the time from acceptance to the planned day, or so many days as may be
    added after it or after a return; where nothing was planned, after the first day of the service's step, which no later grant moves."""
    more = timedelta(days=f.limit(EXTENSION))
    accepted, returned, planned = f.fired("accept"), f.fired("return"), f.said("accept.planned_on")
    days = [f.calendar.local_date(returned.at) + more] if returned is not None else []
    if accepted is not None and planned is not None:
        start, day = f.calendar.local_date(accepted.at), date.fromisoformat(planned)
        days += [day + (day - start), day + more]
    elif planned is None:
        days += [due + more for due in _due_at_first(f)]
    return max(days, default=f.today + more)


def _wanted(f: Facts) -> date | None:
    """The day of an extension, as it is asked for or granted; None where no day is named."""
    day = f.data.get("new_date") or f.data.get("until_on")
    return date.fromisoformat(day) if isinstance(day, str) else None


@guard(
    rule="No earlier request for more time is being decided on.",
    refusal="More time was asked for already, and is being decided on.",
)
def no_extension_is_asked(f: Facts) -> bool:
    return not any(task.name == "decide_extension" and task.track == f.track.id for task in f.case.open_tasks())


@guard(
    rule="The new day is later than the day on which the work is due.",
    refusal="The new day must be later than the day on which the work is due.",
    at=("new_date",),
)
def extension_is_later(f: Facts) -> bool:
    day = _wanted(f)
    return day is None or all(day > due for due in _dues(f))


@guard(
    rule="The new day lies within twice the time that was planned, or not too long after the planned day or a return.",
    refusal="The new day lies too far away: at most twice the time that was planned from the acceptance, or what may be added to what"
    " was planned or after a return. For more than that, the request is cancelled and made anew.",
    limits=(EXTENSION,),
    at=("new_date", "until_on"),
)
def extension_is_bounded(f: Facts) -> bool:
    day = _wanted(f)
    return day is None or day <= _last_extension(f)


@guard(
    rule="The work on this service has ended.",
    refusal="The work on this service has not ended yet.",
)
def work_has_ended(f: Facts) -> bool:
    """A loan that has been paid out counts as delivered: its servicing goes on for years."""
    work = f.child
    if work is None or not work.live:
        return True
    return work.workflow == "pledge" and f.at_milestone(work, "paid")


@guard(
    rule="The referral is not a mediation.",
    refusal="A mediation has no such step.",
    law=Law.SECRECY,
)
def not_a_mediation(f: Facts) -> bool:
    return f.track.kind != "mediation"


@guard(
    rule="It was returned fewer times than it may be.",
    refusal="It has been returned as often as it may be.",
    limits=(RETURNS,),
)
def rounds_are_left(f: Facts) -> bool:
    return f.count("return") < f.limit(RETURNS)
