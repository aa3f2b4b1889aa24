"""In which columns of a row words may name somebody."""

from __future__ import annotations

import pytest
from sqlalchemy import ARRAY, Text
from sqlalchemy.dialects.postgresql import JSONB

from casework.operations.privacy.personal_texts import WORDY, names_in, worded
from casework.records.tables import metadata

#: What stays as it is, though it holds words: what the history says itself, by what a row is found again, and codes of roles.
STAYS = {
    "organisations.name", "organisations.name_zh", "organisations.services", "organisations.kind", "organisations.size",
    "organisation_contacts.language", "organisation_owners.kind", "organisation_owners.screened",
    "organisation_screenings.result", "service_accounts.scopes", "needs.source",
    "needs.external_id", "technologies.source", "technologies.external_id", "matches.source", "matches.external_id", "matches.refusal_code",
    "match_runs.digest", "match_proposals.filters", "need_statements.language", "need_statements.state", "interest_requests.language",
    "interest_requests.side", "interest_requests.state", "success_stories.number", "success_stories.state",
    "story_consents.language", "story_consents.side", "story_consents.state", "office_link_secrets.typed",
    "past_projects.source", "past_projects.external_id", "past_projects.outcome", "past_projects.contract_currency",
    "requests.key", "requests.digest", "mails.key", "saved_views.page", "saved_views.shared_role", "party_link_secrets.code",
    "party_link_secrets.typed", "list_entries.list", "list_entries.code", "list_entries.version", "sources.name", "sources.fields",
    "imports.kind", "imports.source", "imports.state", "imports.fields",
    "needs_assessments.sectors", "needs_assessments.districts", "needs_assessments.status", "assessment_visits.kind",
    "assessment_visits.district", "legal_holds.about", "checkpoint_mails.language", "incoming_messages.message_id",
    "incoming_messages.state", "incoming_messages.code",
}  # fmt: skip


@pytest.mark.parametrize("table", WORDY)
def test_every_column_of_words_is_looked_through_but_for_those_named_here(table: str) -> None:
    columns = metadata.tables[table].columns
    words = {
        column.name
        for column in columns
        if not column.primary_key
        and (
            isinstance(column.type, (Text, JSONB))
            or isinstance(column.type, ARRAY)
            and isinstance(column.type.item_type, Text)
        )
    }
    assert {name for name, _ in worded(table)} == words - {
        name.partition(".")[2] for name in STAYS if name.startswith(f"{table}.")
    }


def test_each_is_written_as_what_it_is() -> None:
    written = dict(worded("technologies"))
    assert (written["title"], written["benefits"], written["standards"]) == ("text", "text[]", "jsonb")


def test_a_row_names_somebody_where_any_of_them_does() -> None:
    asked = names_in("saved_views").split(" OR ")
    assert len(asked) == len(list(worded("saved_views")))
    assert all(part.endswith(" ~* :named") for part in asked)


def test_by_what_a_row_is_known_is_not_looked_through() -> None:
    assert list(worded("allowances")) == []
