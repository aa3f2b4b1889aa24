"""The providers that a form offers: those that can be asked, in the order of the suggestion, and of the others why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask_babel import gettext
from sqlalchemy import Connection

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
    fields = (
        _possible(one, found[services[one.name]]) if one.name in services and not one.settled else one
        for one in form.fields
    )
    return replace(form, fields=tuple(fields))


def _possible(one: Field, suggested: Iterable[SuggestedProvider]) -> Field:
    out = {who.id: who for who in suggested if not who.possible and who.id not in one.values}
    left_out = tuple(f"{name_of(who)} ({say_reasons(who)})" for who in out.values())
    return replace(one, choices=tuple(choice for choice in one.choices if choice[0] not in out), left_out=left_out)


def say_reasons(who: SuggestedProvider) -> str:
    """Why somebody stands where they stand."""
    return ", ".join(gettext(REASONS[code]) for code in who.reasons)


__all__ = ["say_reasons", "with_possible"]
