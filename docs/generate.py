"""Writes the pages of `docs/reference` that follow from the code: `make docs`.

`tests/project/test_docs.py` fails while a page does not say what the code does.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from casework.api import PREFIX, ROUTES
from casework.api.protocol.errors import STATUS
from casework.api.protocol.service_account_scopes import BY_TRANSITION, EVERY, TABLE
from casework.cli import main
from casework.definitions import load_definitions, playing
from casework.engine.definition.editions import Edition, PaperRule, StateRule, TaskRule, TransitionRule
from casework.engine.definition.grammar import PREVIOUS_STEP
from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import GUARDS
from casework.engine.execution import task_lifecycle
from casework.engine.parts import REFERRAL
from casework.operations.auth.throttling import MOST_OF_ADDRESS, WINDOW
from casework.operations.core.rate_limits import ALLOWANCES
from casework.operations.integrations.service_account_scopes import DELIVER, NONE, SCOPES, scope_of_transition
from casework.operations.integrations.service_accounts import MOST_A_MINUTE
from casework.operations.verification.coverage import COVERED
from casework.permissions.actors import PROVIDER_ROLES
from casework.reasons.base import CATALOGUE
from casework.settings import Settings
from casework.web.shell.glossary import TERMS
from casework.web.shell.limited_routes import LIMITED
from tests.playbook.patterns.catalogue import PATTERNS
from tests.playbook.patterns.pattern import VERDICTS

REFERENCE = Path(__file__).parent / "reference"
#: What a reader of the page should not edit by hand.
MADE = "<!-- Made by `make docs`; change the code, not this page. -->"


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    writers: dict[str, Callable[[], Iterator[str]]] = {
        "asvs.md": asvs,
        "workflows.md": workflows,
        "guards.md": guards,
        "command-line.md": command_line,
        "settings.md": settings,
        "routes.md": routes,
        "reasons.md": codes,
        "limits.md": limits,
        "scopes.md": scopes,
        "tasks.md": tasks,
        "glossary.md": glossary,
        "verification.md": verification,
        "workflow-patterns.md": patterns,
    }
    return {name: "\n".join([MADE, "", *lines()]).rstrip() + "\n" for name, lines in writers.items()}


def newest() -> list[Edition]:
    """The newest edition of each workflow, in the order in which a case meets them; states in the order of writing.

    `casework workflow check` says whether they are published as they stand.
    """
    return [publish(definition) for definition in load_definitions()]


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    head = list(head)
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |"


# --- tasks ---


def tasks() -> Iterator[str]:
    """The life cycle of a task, from the table that the engine reads."""
    yield "# The life cycle of a task"
    yield ""
    yield (
        "WS-HumanTask 1.1 with its ten states and sixteen operations, and `assign` beside them. What stands in no cell is"
        " refused, says why and changes nothing. The pages offer what this table allows, `GET /tasks/{id}` lists it as"
        " `operations`, and `POST /tasks/{id}/{operation}` does it; `casework verify` judges each event by it."
    )
    yield ""
    yield "## Who"
    yield ""
    yield from table(("Kind of person", "In Casework"), ((kind, said) for kind, said in task_lifecycle.KINDS.items()))
    yield ""
    yield "## What, from which state, by whom"
    yield ""
    yield from table(
        ("Operation", "Button", "From (who)", "To", "With"),
        (
            (
                f"`{row.name}`",
                str(row.do),
                "; ".join(_cells(row)),
                row.to or ("the state before" if row.name == "resume" else "unchanged"),
                _comes_with(row),
            )
            for row in task_lifecycle.OPERATIONS.values()
        ),
    )
    yield ""
    yield "- `resume` is for whoever may suspend the task in the state that it was suspended from, and leads back to that state."
    yield "- `complete` from Ready or Reserved claims and starts the task in the same action."
    yield "- `complete` of a delegated task gives it back, Reserved, to whoever delegated it, who accepts it by completing it."
    yield "- `assign` of a task that waits leaves it Suspended: its waiting goes on with the next person."
    yield "- `nominate` and `forward` without a person leave the task Ready for its whole queue."
    yield "- A task is `Error` in no way of Casework's: an action that fails leaves nothing behind."
    yield ""
    yield "## What a type of task does not know"
    yield ""
    yield from table(
        ("Type", "Operation", "Why"),
        (
            (kind, f"`{operation}`", str(why))
            for kind, rows in task_lifecycle.NOT_FOR.items()
            for operation, why in rows.items()
        ),
    )
    yield ""
    yield (
        "A side task is skipped only where the workflow lets people ask for it again. A step and a decision are taken,"
        " started, delegated and completed by the roles of their queue alone. What was delegated to somebody is not delegated,"
        " forwarded, assigned, skipped or failed by them. Whoever may complete a side task may ask another person to"
        " review it first: that person approves it or asks for changes, does nothing else with it, and what was approved is"
        " what is completed."
    )


def _cells(row: task_lifecycle.Operation) -> Iterator[str]:
    by_kinds: dict[frozenset[str], list[str]] = {}
    for state, kinds in row.who.items():
        by_kinds.setdefault(kinds, []).append(state)
    for kinds, states in by_kinds.items():
        yield f"{', '.join(states)} ({', '.join(kind for kind in task_lifecycle.KINDS if kind in kinds)})"


def _comes_with(row: task_lifecycle.Operation) -> str:
    person = {"must": "a person", "may": "a person or nobody"}.get(row.person or "", "")
    more = {"suspend": "a day, for whom", "modify": "a priority"}.get(row.name, "")
    return ", ".join(part for part in (person, more, f"a {row.words}" if row.words else "") if part)


# --- workflows -------------------------------------------------------------------------------------------------------


def workflows() -> Iterator[str]:
    yield "# The workflows"
    yield ""
    yield "What the newest published edition of each workflow says. How to read it:"
    yield ""
    yield "- **Who** of a state is the queue of its step task, **limit** the task's due date, **step** its place on the"
    yield "  step bar. A provider's queue belongs to the organisation that took the referral."
    yield "- **Set by** names the article that sets a limit ([the law](../explanation/law.md)), or says that it is ours, the"
    yield "  programme's own; the day named is one that a form asks for. A limit of law in calendar days or months whose"
    yield "  last day is one on which nobody works ends on the next working day; no other limit moves."
    yield "- **To** “stays” records an action and leaves the state; “back” leads to where a side state was entered from."
    yield "- **Kind** is `main`, `return` (a step back that is part of the work) or `exception`."
    yield "- A **form** with `field?` does not insist on that answer. What each field takes stands in the table of forms of each"
    yield "  workflow, and what every field of a type takes under [fields](#fields)."
    yield "- **Only if** names the [guards](guards.md) that must all hold, and the papers that must be on file by their kind."
    yield from _fields()
    for edition in newest():
        yield from _workflow(edition)


#: What each type of field takes wherever it stands; what a single field takes besides is told with it.
TYPES = {
    "text": "One line of words: letters of every script, no control characters.",
    "note": "Some sentences, with line ends and tabs and no other control characters.",
    "number": "A decimal number, as a string or a whole number: up to 15 digits before the point and 6 after it; never infinite.",
    "money": "An amount as a number is written, not negative, and a currency of three capital letters.",
    "date": "A day as YYYY-MM-DD, between 1900 and 2199, in the programme's time zone.",
    "choice": "One of the codes that are named.", "many": "Any of the codes that are named, each once.",
    "yes_no": "`true` or `false`, nothing that looks like it.", "party": "`need_owner` or `technology_owner`.",
    "burden": "The id of a licence, an assignment or a transfer that lies on a right of this case.",
    "organisation": "The id of an organisation that the case's programme knows and that is no provider.",
    "owner": "The id of an owner of the party that a task is about.",
    "right": "The id of an IP right of this case.", "impact": "The id of a record of the case's effect that stands.",
    "listed_many": "A list of such entries.",
    "listed": "The version or kind and the code of an entry that a list of the programme offers, as `2025/1.3.2`.",
    "rights": "Up to 100 ids of IP rights of this case, each once.",
    "person": "The id of a person with an account.", "people": "Up to 100 ids of persons with accounts, each once.",
    "provider": "The id of an organisation that takes referrals.",
    "providers": "Up to 100 ids of organisations that take referrals, each once.",
    "panel": "Up to 100 ids of organisations that take referrals, each once, in the order in which they are asked.",
    "documents": "Up to 100 ids of documents of this case, each once.", "tasks": "Up to 100 ids of open tasks of this case, each once.",
    "items": "Up to 50 things to do, each with 1 to 500 characters and a day.",
    "rows": "Rows that answer the same questions; each question stands below as `rows.question`.",
}  # fmt: skip


def _fields() -> Iterator[str]:
    yield ""
    yield "## Fields"
    yield ""
    yield "The same is checked for pages, API and imports, and again when a case's history is verified. Words are normalised (NFC)"
    yield "and stripped; a field that a form does not have is refused. An answer to a question that was not asked is refused too."
    yield ""
    yield from table(("Type", "What it takes"), ((f"`{name}`", said) for name, said in TYPES.items()))


def _form_rows(edition: Edition) -> Iterator[tuple[str, ...]]:
    for name, fields in edition.rules["forms"].items():
        columns = [
            (f"{field['name']}.{column['name']}", column) for field in fields for column in field.get("fields", ())
        ]
        for path, field in [*((field["name"], field) for field in fields), *columns]:
            when = field.get("when")
            asked = f"`{when[0]}` is {' or '.join(f'`{value}`' for value in when[1])}" if when else ""
            yield (
                f"`{name}`",
                f"`{path}`",
                edition.text(f"forms.{name}.{path}.label"),
                f"`{field['type']}`",
                _bounds(field),
                "yes" if field["required"] else "",
                asked,
            )


def _bounds(field: Mapping[str, Any]) -> str:
    wordings = {
        "max": lambda given: f"at most {given} characters" if field["type"] in ("text", "note") else f"at most {given}",
        "min": lambda given: f"at least {given}",
        "unit": lambda given: f"in {given}",
        "whole": lambda _: "whole",
        "past": lambda _: "not after today",
        "future": lambda _: "not before today",
        "holds": lambda given: f"as `{given}` says",
        "choices": lambda given: ", ".join(f"`{code}`" for code in given),
        "must": lambda given: f"must be `{str(given).lower()}`",
        "role": lambda given: f"who is {given}",
        "service": lambda given: f"of the service {given}",
        "kinds": lambda given: "of the kinds " + ", ".join(f"`{kind}`" for kind in given),
        "valid": lambda _: "not expired",
        "most": lambda given: f"at most {given} rows",
    }
    bounds = (say(field[name]) for name, say in wordings.items() if field.get(name) not in (None, "", False, []))
    return ", ".join(bounds)


def _workflow(edition: Edition) -> Iterator[str]:
    rules = edition.rules
    yield ""
    yield f"## {edition.text('title')} (`{edition.workflow}`)"
    yield ""
    yield f"{edition.text('description')} Edition {edition.number}, `{edition.fingerprint[:12]}`."
    if rules["inside"]:
        fires = f"; its first step fires `{rules['first_step_fires']}` there" if rules["first_step_fires"] else ""
        yield f"Runs inside a {rules['inside']}{fires}."
    yield ""
    yield from table(
        ("State", "Name", "Who", "Limit", "Set by", "Step"),
        (
            (f"`{path}`", edition.text(f"states.{path}"), *_state(edition, state))
            for path, state in edition.states.items()
        ),
    )
    yield ""
    yield from table(
        ("Transition", "From", "To", "Who", "Kind", "Form", "Only if", "Opens"),
        (_transition(edition, rule) for rule in edition.transitions),
    )
    if edition.tasks:
        yield ""
        yield from table(
            ("Side task", "What is to be done", "Who", "Limit", "Set by", "Form"),
            (_task(edition, rule) for rule in edition.tasks.values()),
        )
    if edition.guard_limits:
        yield ""
        yield from table(
            ("Limit of a rule", "What it says", "How long", "Set by", "A programme sets"),
            (
                (
                    f"`{what}`",
                    edition.text(f"limits.{what.rsplit('.', 1)[1]}"),
                    limit({**one, "since": None}),
                    "ours",
                    f"{one['least']} to {one['most']}",
                )
                for what, one in edition.guard_limits.items()
            ),
        )
    if edition.rules["forms"]:
        yield ""
        yield from table(("Form", "Field", "Asked", "Type", "Limits", "Needed", "Only when"), _form_rows(edition))
    for name, states in edition.milestones.items():
        yield ""
        yield f"Milestone `{name}`: reached in {_codes(sorted(states))}."
    if edition.outlives:
        yield ""
        yield f"Goes on after its case has closed in {_codes(sorted(edition.outlives))}."


def _state(edition: Edition, state: StateRule) -> tuple[str, str, str, str]:
    if state.final:
        return "", "end", "", state.step or ""
    step = "as before" if state.step == PREVIOUS_STEP else state.step or ""
    return state.queue or "", limit(state.due), set_by(edition, state.due), step


def _transition(edition: Edition, rule: TransitionRule) -> tuple[str, ...]:
    return (
        f"`{rule.name}`",
        _codes(rule.sources),
        {"=same": "stays", "=previous": "back"}.get(rule.target, f"`{rule.target}`"),
        _who(rule),
        rule.kind,
        _form(edition, rule.form),
        _only_if(edition, rule),
        ", ".join(dict.fromkeys(_opening(edition, opening) for opening in rule.opens)),
    )


def _only_if(edition: Edition, rule: TransitionRule) -> str:
    """Its guards, and the papers that must be on file."""
    return " ".join(
        [*(f"[{name}](guards.md#{name})" for name in rule.guards), *(_paper(edition, paper) for paper in rule.needs)]
    )


def _paper(edition: Edition, paper: PaperRule) -> str:
    more = [*(["not expired"] if paper.valid else []), *([f"handed in for the {paper.of}"] if paper.of else [])]
    return f"**{edition.text(f'papers.{paper.kind}')}** on file" + (f" ({', '.join(more)})" if more else "")


def _who(rule: TransitionRule) -> str:
    if rule.automatic:
        return "by itself"
    actors = [f"the clock ({limit(rule.after)})" if actor == "system" and rule.after else actor for actor in rule.by]
    by = ", ".join("a rule" if actor == "system" else actor for actor in actors)
    if rule.confirm_by:
        by += f"; confirmed by another {' or '.join(rule.confirm_by)}"
    if rule.not_by:
        by += f"; not whoever did {_codes(rule.not_by)}"
    return by


def _form(edition: Edition, name: str | None) -> str:
    return ", ".join(f"{field['name']}{'' if field['required'] else '?'}" for field in edition.form(name))


def _opening(edition: Edition, opening: Mapping[str, Any]) -> str:
    match opening["open"]:
        case "task":
            return f"task `{edition.tasks[opening['task']].name}`"
        case "next_provider":
            return f"the request to the next of the panel, else task `{edition.tasks[opening['task']].name}`"
        case "beside":
            return "the same request to those named beside"
        case "track":
            return f"track `{opening['workflow']}`"
        case "service_track":
            return "the track of its service"
        case _:
            return f"referral `{opening['service']}`{', where planned' if opening['planned'] else ''}"


def _task(edition: Edition, rule: TaskRule) -> tuple[str, ...]:
    due = limit(rule.due) + (f"; it appears after {limit(rule.after)}" if rule.after else "")
    return (
        f"`{rule.name}`",
        edition.text(f"tasks.{rule.key}"),
        rule.queue,
        due,
        set_by(edition, rule.due),
        _form(edition, rule.form),
    )


def set_by(edition: Edition, rule: Mapping[str, Any] | None) -> str:
    """Whose a limit is: an article's, ours, or that of whoever names the day."""
    if rule is None:
        return ""
    if law := rule.get("law"):
        return edition.text(f"laws.{law}")
    return "the day named" if rule["n"] == 0 else "ours"


def limit(rule: Mapping[str, Any] | None) -> str:
    """A limit in words."""
    if rule is None:
        return ""
    where = " or ".join(f"`{name}`" for name in (rule["since"] or "").split("|") if name)
    if rule["n"] == 0 and where:
        return f"until {where}"
    if rule["unit"] == "pc":
        return f"{rule['n']} per cent a year"
    unit = {"wd": "working day", "cd": "calendar day", "mo": "month", "times": "time"}.get(rule["unit"], rule["unit"])
    words = f"{abs(rule['n'])} {unit}{'' if abs(rule['n']) == 1 else 's'}"
    if not where:
        return words
    return f"{words} {'before' if rule['n'] < 0 else 'after'} {where}"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# --- guards ----------------------------------------------------------------------------------------------------------


def guards() -> Iterator[str]:
    yield "# The guards"
    yield ""
    yield "Every guard that a published edition uses: its rule, what a person reads when it refuses, where it stands, and which"
    yield "facts from outside the case it reads (an event keeps those, so that it can be judged again). A guard that is"
    yield "published never changes its meaning. Past a guard of law two persons do not [move a case](../how-to/move-a-case.md):"
    yield "one keeps consents, conflicts of interest, secrecy, compliance, the border, or who owns a right. Others are the office's rules."
    used: dict[str, list[str]] = {}
    for edition in newest():
        asking: list[TransitionRule | TaskRule] = [*edition.transitions, *edition.tasks.values()]
        for rule in asking:
            for name in rule.guards:
                used.setdefault(name, []).append(f"`{edition.workflow}.{rule.name}`")
    for name in sorted(used):
        guard = GUARDS[name]
        yield ""
        yield f"## {name}"
        yield ""
        yield f"{guard.rule} Refuses with: “{guard.refusal}”"
        yield ""
        yield f"Asked by {', '.join(dict.fromkeys(used[name]))}."
        if guard.law is not None:
            yield f"Of law: {guard.law}. Nobody moves a case past it."
        if guard.reads:
            yield f"Reads from outside: {', '.join(guard.reads)}."
        if guard.at:
            yield f"Its refusal stands at the first of these fields that the form asks: {_codes(guard.at)}."
        for one in guard.limits:
            yield f"Compares with `{one.what}`, {limit({**one.rule(), 'since': None})}: ours, and a programme may set it."


# --- the command line ------------------------------------------------------------------------------------------------


def command_line() -> Iterator[str]:
    yield "# The command line"
    yield ""
    yield "In the checkout it is `.venv/bin/casework`; installed from a wheel, `casework`. Every command has `--help`,"
    yield "exits with 0 when it did what was asked, with 1 and one clear line on stderr when it could not, and with 2"
    yield "when it was called wrongly. Settings come from the [environment](settings.md)."
    for path, command in _commands(main, ("casework",)):
        if isinstance(command, click.Group) and path != ("casework",):
            continue
        context = click.Context(command, info_name=" ".join(path))
        yield ""
        yield f"## {' '.join(path)}"
        yield ""
        for line in (command.help or "").strip().splitlines():
            yield line.strip()
        options = [_parameter(parameter, context) for parameter in command.params]
        if options:
            yield ""
            yield from table(("Argument or option", "What it does"), options)


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, (*path, name))


def _parameter(parameter: click.Parameter, context: click.Context) -> tuple[str, str]:
    if isinstance(parameter, click.Argument):
        name = parameter.make_metavar(context)
        return f"`{name}`", "may be left out" if not parameter.required else "must be given"
    assert isinstance(parameter, click.Option)
    written, words = parameter.get_help_record(context) or (", ".join(parameter.opts), parameter.help or "")
    return f"`{written}`", words


# --- settings --------------------------------------------------------------------------------------------------------


def settings() -> Iterator[str]:
    yield "# The settings"
    yield ""
    yield "Every setting is an environment variable. An empty one counts as unset. For each but the profile there is a"
    yield "second variable with `_FILE` at its end, which names a file that holds the value: so secrets need not stand in"
    yield "the environment."
    yield ""
    yield from table(
        ("Variable", "Default", "What it does"),
        (
            (_variable(name, field), _default(field), _described(name, field))
            for name, field in Settings.model_fields.items()
        ),
    )


def _variable(name: str, field: FieldInfo) -> str:
    names = [f"CASEWORK_{name.upper()}"]
    if isinstance(field.validation_alias, AliasChoices):
        names = [str(alias) for alias in field.validation_alias.choices]
    return " or ".join(f"`{each}`" for each in names)


def _default(field: FieldInfo) -> str:
    return "" if field.default in (None, "") else f"`{field.default}`"


#: Where a field of the settings has no description of its own.
_WORDS = {
    "statement_timeout_ms": "The longest statement of the application.",
    "lock_timeout_ms": "The longest wait for a lock.",
}


def _described(name: str, field: FieldInfo) -> str:
    return field.description or _WORDS[name]


# --- the API ---------------------------------------------------------------------------------------------------------


def routes() -> Iterator[str]:
    yield "# The routes of the API"
    yield ""
    yield f"All below `{PREFIX}`. How they are asked is told in [the API](api.md). **If-Match** says whose revision the"
    yield "header names; a route without it asks for none."
    yield ""
    yield from table(
        ("Route", "What it does", "Scope", "If-Match"),
        (
            (
                f"`{route.method} {route.path}`",
                route.summary,
                "none" if route.open else f"`{route.scope}`",
                route.if_match,
            )
            for route in ROUTES
        ),
    )
    yield ""
    yield "## Problems"
    yield ""
    yield "What can go wrong, by the end of the problem's `type`; gaps are filled in."
    yield ""
    yield from table(
        ("Status", "`urn:casework:problem:…`", "Detail"),
        (
            (str(status), f"`{dashed(kind.__name__)}`", _with_gaps(kind.says.words))
            for kind, status in sorted(STATUS.items(), key=lambda pair: (pair[1], pair[0].__name__))
            if status != 503
        ),
    )
    yield ""
    yield "503 means that the database is busy or away: nothing was recorded, and `Retry-After` says when to try again."


def codes() -> Iterator[str]:
    yield "# Why something is refused"
    yield ""
    yield "Every refusal carries a code beside its message: a problem of [the API](api.md#what-goes-wrong) in `code`, and in `faults` and"
    yield "`refusals` for each field and reason. A code stays when the words change; gaps are filled in. Codes of guards and of"
    yield "actions of a workflow are the keys of their edition's texts, such as `case.guards.consented`."
    subject = ""
    for code, reason in sorted(CATALOGUE.items()):
        before, _, name = code.rpartition(".")
        if not name or not before or before == "actions":
            continue
        if before != subject:
            subject = before
            yield ""
            yield f"## {subject.capitalize()}"
            yield ""
            yield "| Code | Message |"
            yield "|---|---|"
        yield f"| `{code}` | {_with_gaps(reason.words)} |"


def _with_gaps(words: str) -> str:
    return re.sub(r"%\((\w+)\)s", r"{\1}", words)


def limits() -> Iterator[str]:
    yield "# How often one may ask"
    yield ""
    yield "What costs much is limited for each person, whoever has not signed in by network. All processes count together, in the"
    yield "database. Beyond its limit a request is answered with 429 and, in `Retry-After`, the seconds to wait; nothing else is"
    yield "slowed down by it. Nobody can be locked out by others: each counts alone."
    yield ""
    yield from table(
        ("What", "Times", "Within", "Pages and routes"),
        (
            (
                allowance.what,
                str(allowance.most),
                f"{allowance.within.total_seconds() / 60:g} min",
                _codes(sorted(name for name, is_of in LIMITED.items() if is_of == kind)),
            )
            for kind, allowance in ALLOWANCES.items()
        ),
    )
    yield ""
    yield "## Signing in"
    yield ""
    yield from table(
        ("What", "Limit"),
        (
            (
                "wrong passwords or codes for one account",
                "after three a wait that doubles, and more the longer it goes on; a device that has signed in before is counted apart",
            ),
            (
                "wrong passwords or codes from one network",
                f"{MOST_OF_ADDRESS} within {WINDOW.total_seconds() / 60:g} min; devices that have signed in before go on",
            ),
            ("requests of one service account", f"{MOST_A_MINUTE} within a minute"),
            ("passwords that are looked at", "4 at once in a process; the others wait"),
        ),
    )
    yield ""
    yield "## What one request may bring"
    yield ""
    yield "See [Run behind a proxy](../how-to/run-behind-a-proxy.md): heads, bodies, and how long they may take. A statement that the"
    yield "database has not answered in time is given up (`CASEWORK_STATEMENT_TIMEOUT_MS`)."


def scopes() -> Iterator[str]:
    yield "# The scopes of service accounts"
    yield ""
    yield "What [a provider's own system](../how-to/connect-a-providers-system.md) may be let do, scope by scope. A token has the"
    yield "scopes that its account was made with. Every route that does not stand here is for people alone, and answers 403; so"
    yield "does a route whose scope the token lacks, and it names that scope."
    yield ""
    yield from table(("Scope", "It lets the system"), ((f"`{code}`", words) for code, words in SCOPES.items()))
    yield ""
    yield "## Routes"
    yield ""
    decided = [(route, TABLE.get(f"{route.method} {route.path}", NONE)) for route in ROUTES]
    said = {EVERY: "any", BY_TRANSITION: "by the transition, see below"}
    yield from table(
        ("Route", "What it does", "Scope"),
        (
            (f"`{route.method} {route.path}`", route.summary, said.get(scope, f"`{scope}`"))
            for route, scope in decided
            if scope != NONE
        ),
    )
    yield ""
    yield "## Transitions"
    yield ""
    yield f"Those of the service's own track, such as an assessment's, need `{DELIVER}`; of the referral itself:"
    yield ""
    yield from table(
        ("Transition", "Scope"),
        ((f"`{name}`", f"`{scope}`" if scope else "none: for people alone") for name, scope in _theirs()),
    )


def _theirs() -> Iterator[tuple[str, str]]:
    """What a provider fires on a request, with the scope that it needs."""
    for rule in playing(REFERRAL).transitions:
        if set(rule.by_people) & PROVIDER_ROLES:
            yield rule.name, scope_of_transition(rule.name)


# --- ASVS ------------------------------------------------------------------------------------------------------------


def asvs() -> Iterator[str]:
    with (REFERENCE / "asvs.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    yield "# ASVS 5.0"
    yield ""
    yield "Each requirement of the levels 1 and 2 of the [OWASP Application Security Verification"
    yield "Standard](https://owasp.org/www-project-application-security-verification-standard/) 5.0.0, named by its id, with what it asks"
    yield "in our own few words, whether it holds, and the test that shows it or the reason. What is asked in full stands there."
    yield "`asvs.csv` beside this page is what is edited; `tests/project/test_asvs.py` looks whether each test is there."
    yield ""
    counted = (_counted(name, levels, lines) for name, levels in (("1", "1"), ("2", "2"), ("1 and 2", "12")))
    yield from table(("Level", "Requirements", "Pass", "Open", "Not applicable"), counted)
    chapter = ""
    for requirement in lines:
        if (number := requirement["id"].split(".")[0]) != chapter:
            chapter = number
            yield ""
            yield f"## {chapter}"
            yield ""
            chosen = [line for line in lines if line["id"].split(".")[0] == chapter]
            yield from table(("Id", "Level", "What it asks", "Holds", "By"), map(_asvs_row, chosen))


def _counted(name: str, levels: str, lines: list[dict[str, str]]) -> tuple[str, ...]:
    chosen = [line["verdict"] for line in lines if line["level"] in levels]
    return name, str(len(chosen)), *(str(chosen.count(verdict)) for verdict in ("pass", "open", "n/a"))


def _asvs_row(line: dict[str, str]) -> tuple[str, ...]:
    return (
        line["id"],
        line["level"],
        line["says"],
        line["verdict"],
        re.sub(r"(?<!`)(tests/[\w/.]+(?:::\w+)?)(?!`)", r"`\1`", line["evidence"]),
    )


def verification() -> Iterator[str]:
    yield "# What the verification covers"
    yield ""
    yield "`casework verify` finds what was changed in the database behind the application. Here stands, table by table, by what,"
    yield "and what it does not cover, with the reason. A test changes every column that is covered, as a superuser, and insists"
    yield "that it is found. What no check of the database alone can find is said in [the history](../explanation/history.md)."
    yield ""
    yield "## Covered"
    yield ""
    yield from table(
        ("Table", "A change is found because it is"),
        ((f"`{name}`", row.by or "") for name, row in COVERED.items() if row.by),
    )
    yield ""
    yield "## Columns of these that are not"
    yield ""
    left = ((name, column, why) for name, row in COVERED.items() for column, why in row.left.items())
    yield from table(("Column", "Why not"), ((f"`{name}.{column}`", why) for name, column, why in left))
    yield ""
    yield "## Tables that are not"
    yield ""
    yield from table(("Table", "Why not"), ((f"`{name}`", row.why) for name, row in COVERED.items() if not row.by))


def glossary() -> Iterator[str]:
    yield "# The glossary"
    yield ""
    yield "Each thing has one name, in English and in Chinese, and every text of the pages uses it; a test holds the catalogues"
    yield "against this list. What stands under “what it means” is also said on the pages, beside the word. Chinese addresses the"
    yield "reader with 您, has full-width punctuation between Chinese letters and no dash; 落地 is said of a technology, never 部署."
    yield ""
    yield from table(
        ("English", "中文", "What it means", "To mind"),
        ((term.english, term.chinese, term.means, term.note) for term in TERMS),
    )


def patterns() -> Iterator[str]:
    yield "# The patterns of control flow"
    yield ""
    yield "The [43 patterns of control flow](http://www.workflowpatterns.com/patterns/control/) of Russell, ter Hofstede, van der Aalst and"
    yield "Mulyar (2006), and how [the grammar](../how-to/write-a-workflow.md) says each. For each there is a small workflow in"
    yield "`tests/playbook/patterns` with its [scenarios](scenarios.md). Every way in which a case of it can go is tried: whoever may do"
    yield "something does it, and each clock speaks, in every order. What is found is what is told, and nothing else; and a definition"
    yield "that lacks a guard, or anything that a transition opens or drops, is found out."
    yield ""
    counted = Counter(one.verdict for one in PATTERNS)
    yield from table(("Verdict", "Patterns"), ((verdict, str(counted[verdict])) for verdict in VERDICTS))
    yield ""
    yield "*Held* is what the grammar has a word for. *Held by other means* says the same with more writing, or by a person's hand."
    yield ""
    yield from table(
        ("No.", "Pattern", "Verdict", "How it is written", "Ways", "In the pilot"),
        (
            (str(one.number), one.name, one.verdict, one.how, str(len(one.traces)), _codes(one.pilot))
            for one in PATTERNS
        ),
    )


def dashed(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for file, text in pages().items():
        (REFERENCE / file).write_text(text, "utf-8")
        click.echo(f"docs/reference/{file}")
