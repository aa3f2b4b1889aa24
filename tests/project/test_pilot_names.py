"""The engine knows no pilot: no module of Casework names a state, a transition or a task of the definitions in `workflows`.

Which of them plays which part, a definition says (`engine.parts`). What is called the same by chance stands below, with its
reason, and where it may.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import casework
from casework.definitions import load_library

HOME = Path(casework.__file__).parent
#: They play the pilot.
PLAY_IT = ("demo", "playbook")

#: Words that are Casework's own as well: (reason, words, where; everywhere where nothing is said).
COLLISIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("columns, keys of events and answers", "closed completed consent documents ended hold in_force on_hold options overdue profile"
     " proposed refused registered replaced signed start end withdrawn", ()),
    ("operations of tasks, by WS-HumanTask, and their events", "assign confirm fail release resume suspend suspended failed approved"
     " approve", ("engine/analysis/decisions.py",
                  "engine/execution/task_lifecycle.py", "engine/execution/effects.py", "engine/state/events.py", "engine/tasks",
                  "api/tasks", "web/tasks", "web/history", "web/auth")),
    ("states of jobs, mails and webhooks", "cancel cancelled delivered failed sent give_up",
        ("operations/core/outbox.py", "jobs", "operations/notifications", "operations/integrations",
     "operations/oversight", "operations/core/notice_words.py", "api/oversight", "api/integrations", "web/notifications",
     "web/oversight", "web/integrations",
     "records/tables/notifications.py", "operations/people/invitation_mail.py", "operations/links/",
     "operations/privacy/erasure.py")),
    ("stages of an amount, what secures it and parts of a repayment", "approved recovered repaid valued",
     ("engine/parts.py", "web/cases/money.py")),
    ("inputs that no row of a decision table decides", "gaps", ("commands/table.py",)),
    ("under which a figure of a need holds", "condition",
     ("engine/case_objects/need_figures.py", "operations/catalogue/import_figures.py", "web/shell/figure_words.py")),
    ("the weight of an effect that was verified", "verified",
     ("matching/weights.py", "web/matching/weights_pages.py", "web/people/weight_names.py")),
    ("the address that says whether requests may be sent", "ready", ("web/shell/health.py", "web/audit/pages.py")),
    ("a hard filter of matching", "conflict", ("api/protocol/fields.py",)),
    ("the address of the page that makes a match", "matching", ("web/catalogue/record_pages.py",)),
    ("a decision on a match run, and the tables of matching", "accept matching",
     ("api/matching", "operations/matching", "records/tables/__init__.py")),
    ("what a person does with values of a record", "confirm", ("web/catalogue/record_pages.py",)),
    ("jobs that send mails and propose matches", "send propose", ("jobs", "web/oversight/job_pages.py")),
    ("states of needs, and of them as enterprises state them", "draft accepted accept",
     ("operations/catalogue/need_", "records/tables/needs.py", "web/catalogue", "api/catalogue/statement_schemas.py",
      "api/catalogue/record_routes.py", "engine/case_objects/record_use.py")),
    ("the answer that counts as none, which an index holds", "no_answer", ("records/tables/cases.py",)),
    ("states of invitations, recoveries, role requests and unsealings", "acceptance accepted agree recovered",
     ("engine/two_person.py", "api/people", "operations/people", "operations/auth", "web/people", "web/mediations",
      "web/privacy", "web/shell/second_person.py")),
    ("tabs of the inbox", "delivered", ("engine/case_objects/inbox.py", "operations/referrals/inbox.py",
        "web/referrals/pages.py")),
    ("statuses of FHIR", "rejected draft cancelled failed", ("operations/referrals/fhir.py",)),
    ("drafts of forms that are kept, and of needs", "draft", ("operations/core/rate_limits.py", "web/shell/limited_routes.py",
        "web/catalogue")),
    ("kinds of transitions and of notices", "return delivery", ("engine/definition/grammar.py", "engine/analysis/notification_rules.py",
     "web/cases/action_page.py")),
    ("reasons of the order of providers", "conflict declined", ("engine/analysis/provider_ranking.py", "web/shell/vocabulary.py")),
    ("services of organisations", "agreement assessment deployment", ("operations/core/i18n.py", "operations/tasks/skills.py",
     "web/people/organisation_pages.py", "web/referrals/guide_pages.py")),
    ("letters, scopes, addresses and the installation's log", "closing decide correction withdraw installation dropped", ()),
    ("what a catalogue says of a technology, and kinds of papers", "verified verified_with_limits not_verified nda",
     ("engine/case_objects/technology_details.py", "web/shell/values.py", "web/shell/record_words.py", "web/cases/effect.py")),
    ("states of success stories", "draft", ("operations/results", "web/results", "api/results", "records/tables/stories.py")),
    ("states of stage reports", "draft", ("api/oversight/report_schemas.py",)),
    ("states of batches, and what became of a case of one", "failed suspended cancelled suspend resume cancel",
     ("engine/batches.py", "api/people/batch_schemas.py", "web/people/batch_pages.py")),
    ("states of files that are brought in", "failed", ("operations/catalogue/file_imports.py", "web/catalogue/file_import_pages.py")),
    ("how well an effect is known", "verified", ("engine/state/impact_values.py", "api/protocol/case_schemas.py",
     "web/shell/impact_words.py", "operations/matching")),
    ("what a definition tells of the price of a deal", "no_value", ("engine/parts.py",)),
    ("lines of figures, which have the words of reports, and how a need stands",
     "accepted appointed approved assessment declined delivered deployment draft follow_up introduced sent verified", ("engine/figures",)),
    ("the life cycle of XES, and types of objects", "assign resume suspend agreement", ("engine/mining",)),
    ("lines of figures on their page, and what they are called", "accepted appointed approved assessment declined deployment follow_up"
     " introduced verified", ("web/oversight/figure_", "web/oversight/report_paper.py")),
    ("how a screening ended", "clear", ("records/tables/people.py", "engine/case_objects/screenings.py",
     "web/shell/screening_words.py", "operations/core/external_facts.py", "api/catalogue/organisation_schemas.py")),
    ("Python, pydantic, mail and weak passwords", "application close default replace", ()),
    ("words of the field, in the glossary", "triage resume reopen accept decline failed drawdown deployment commissioning monitoring"
     " milestone verified", ("web/shell/glossary.py",)),
    ("a decision on a candidate", "accept", ("web/matching",)),
    ("how often candidates of a rank were accepted", "accepted", ("operations/matching/follow_up.py",)),
    ("a filter of a need's list", "conflict", ("matching/filters.py", "operations/matching", "web/matching", "api/matching/schemas.py",
     "web/catalogue/filter_words.py")),
    ("sent() is a function", "sent", ("records/access_sql.py",)),
    # What is exceptional to an auditor is served by an index, and an index holds no list from elsewhere; `tests/web/audit`
    # compares it with what the definitions say.
    ("the index of exceptional events", "ask_extension ask_more_time compliance_stop decide_extension decide_more_time decide_waiver"
     " extend_term fee_waived nda skip_assessment waive_assessment waive_conflict", ("records/tables/history.py",)),
)  # fmt: skip


def _names() -> frozenset[str]:
    found: set[str] = set()
    for edition in load_library().editions.values():
        found |= {part for path in edition.states for part in path.split(".")}
        found |= {rule.name for rule in edition.transitions} | {rule.name for rule in edition.tasks.values()}
    return frozenset(found)


def _said(source: str, names: frozenset[str]) -> Iterator[tuple[int, str]]:
    """The names that stand in quotes: as a string of their own, or within one of SQL."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = [node.value] if node.value in names else re.findall(r"'([a-z_]+)'", node.value)
            yield from ((node.lineno, word) for word in words if word in names)


def _hits() -> Iterator[tuple[str, int, str]]:
    names = _names()
    for path in sorted(HOME.rglob("*.py")):
        where = path.relative_to(HOME).as_posix()
        if where.split("/")[0] not in PLAY_IT:
            yield from ((where, line, word) for line, word in _said(path.read_text("utf-8"), names))
    for path in sorted(HOME.rglob("*.sql")):
        for line, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            told = re.findall(r"'([a-z_]+)'", text)
            yield from ((path.relative_to(HOME).as_posix(), line, word) for word in told if word in names)


def _allowed(where: str, word: str) -> str | None:
    """By which reason a word may stand there."""
    for reason, words, places in COLLISIONS:
        if word in words.split() and (not places or any(where.startswith(place) for place in places)):
            return reason
    return None


def test_no_module_names_what_the_pilot_calls_its_own() -> None:
    # The tables as SQL are written from those in Python.
    found = [hit for hit in _hits() if hit[0] != "records/sql/tables.sql" and _allowed(hit[0], hit[2]) is None]
    assert not found, "\n".join(f"{where}:{line} {word}" for where, line, word in found)


def test_no_collision_is_allowed_that_is_not_there() -> None:
    there = {(reason, word) for where, _, word in _hits() if (reason := _allowed(where, word))}
    assert {(reason, word) for reason, words, _ in COLLISIONS for word in words.split()} <= there


def test_a_name_in_a_statement_is_found() -> None:
    names = frozenset({"send"})
    assert [word for _, word in _said("SQL = \"t.fired ? 'send'\"\nx = 'send'\ny = 'sender'", names)] == [
        "send",
        "send",
    ]
