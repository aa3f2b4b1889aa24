"""The providers that a form offers: those that can be asked, in the order of the suggestion, and of the others why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from flask_babel import gettext
from sqlalchemy import Connection

from casework.engine.analysis.provider_ranking import AT_WORK, RULED_OUT
from casework.engine.state.case import Case, Track
from casework.json_values import JsonMapping
from casework.operations.people.provider_directory import suggestions_for
from casework.operations.people.views import SuggestedProvider
from casework.web.shell.form_fields import Field, FormView
from casework.web.shell.i18n import name_of
from casework.web.shell.vocabulary import REASONS


def with_possible(db: Connection, case: Case, track: Track, form: FormView, rules: Iterable[JsonMapping]) -> FormView:
    """The form with those to choose from that can be asked. Who stands in it already stays."""
    services = {
        rule["name"]: service
        for rule in rules
        if rule["type"] in ("provider", "providers", "panel")
        and (service := rule["service"] or (track.kind if track.is_referral else ""))
    }
    found = {service: suggestions_for(db, case, service) for service in sorted({*services.values()})}
    # Who is asked is not asked once more; a plan may name them all the same.
    against = RULED_OUT if track.is_referral else RULED_OUT - {AT_WORK}
    fields = (
        _possible(one, found[services[one.name]], against) if one.name in services and not one.settled else one
        for one in form.fields
    )
    return replace(form, fields=tuple(fields))


def _possible(one: Field, suggested: Iterable[SuggestedProvider], against: Collection[str]) -> Field:
    out = {
        who.id: gettext("%(name)s (%(why)s)", name=name_of(who), why=say_reasons(why))
        for who in suggested
        if (why := [code for code in who.reasons if code in against]) and who.id not in one.values
    }
    left = tuple(choice for choice in one.choices if choice[0] not in out)
    return replace(one, choices=left, left_out=gettext(", ").join(out.values()))


def say_reasons(codes: Iterable[str]) -> str:
    """Why somebody stands where they stand."""
    return gettext(", ").join(gettext(REASONS[code]) for code in codes)


__all__ = ["say_reasons", "with_possible"]
