"""The convention of SQL (CONTRIBUTING): what is put into a statement is a piece of SQL, never a value; one way to pass values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "casework").rglob("*.py"))
_SQL = re.compile(
    r"\b(SELECT\b|INSERT INTO|UPDATE \w+ SET|DELETE FROM|WHERE\b|FROM \w|JOIN \w|ORDER BY|UNION ALL|EXISTS \(|CAST\(|"
    r"ALTER (TABLE|ROLE)|CREATE (TABLE|ROLE)|GRANT\b)"
)
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
#: Conditions of `records.access_sql`, and functions that give a piece of SQL and are given none but pieces.
BUILDERS = {
    "called", "entitled", "in_its_place", "in_time", "is_published", "is_referral", "inside_own_referral", "live_token", "mediated",
    "named_for",
    "not_shut_out", "one_with",
    "open_to", "opened_case", "opened_mediation", "own_paper", "own_referral", "own_row", "paper_of", "person_reads",
    "reads_case", "roles_sql", "sent", "shows_indexed", "shows_need", "tells_title", "titled", "told_title", "whose", "with_links",
}  # fmt: skip


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@dataclass(frozen=True)
class Piece:
    """What stands between braces in an f-string that is SQL."""

    module: str
    line: int
    text: str


def is_sql(node: ast.JoinedStr) -> bool:
    return bool(_SQL.search("".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))))


class Reader:
    """Reads one module: which pieces of its SQL cannot be seen to be SQL."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def doubtful(self) -> Iterator[Piece]:
        yield from self._in(self.tree, None)

    def _in(self, node: ast.AST, inside: ast.FunctionDef | None) -> Iterator[Piece]:
        for child in ast.iter_child_nodes(node):
            here = child if isinstance(child, ast.FunctionDef) else inside
            if isinstance(child, ast.JoinedStr) and is_sql(child):
                for part in child.values:
                    if isinstance(part, ast.FormattedValue) and not self.safe(part.value, here, frozenset()):
                        yield Piece(self.name, child.lineno, ast.unparse(part.value))
            yield from self._in(child, here)

    def safe(  # noqa: C901  one arm for each kind of expression
        self, node: ast.expr, inside: ast.FunctionDef | None, asked: frozenset[str]
    ) -> bool:
        """Whether an expression gives nothing but what stands in the code."""

        def all_safe(*nodes: ast.expr) -> bool:
            return all(self.safe(one, inside, asked) for one in nodes)

        match node:
            case ast.Constant():
                return True
            case ast.JoinedStr():
                return all_safe(*(part.value for part in node.values if isinstance(part, ast.FormattedValue)))
            case ast.IfExp():
                return all_safe(node.body, node.orelse)
            case ast.BinOp():
                return all_safe(node.left, node.right)
            case ast.BoolOp() | ast.List(elts=[*_]) | ast.Tuple(elts=[*_]):
                return all_safe(*(node.values if isinstance(node, ast.BoolOp) else node.elts))
            case ast.Starred():
                return all_safe(node.value)
            case ast.GeneratorExp() | ast.ListComp():
                return self._comprehension(node, inside, asked)
            case ast.Subscript():
                return all_safe(node.value)
            case ast.Attribute():
                return bool(_CONSTANT.fullmatch(node.attr)) or (
                    isinstance(node.value, ast.Name) and bool(_CONSTANT.fullmatch(node.value.id))
                )
            case ast.Call():
                return self._call(node, inside, asked)
            case ast.Name():
                return self._name(node.id, inside, asked)
        return False

    def _comprehension(
        self, node: ast.GeneratorExp | ast.ListComp, inside: ast.FunctionDef | None, asked: frozenset[str]
    ) -> bool:
        bound = {
            name.id
            for one in node.generators
            if self.safe(one.iter, inside, asked)
            for name in ast.walk(one.target)
            if isinstance(name, ast.Name)
        }
        return self.safe(node.elt, inside, asked | bound)

    def _call(self, node: ast.Call, inside: ast.FunctionDef | None, asked: frozenset[str]) -> bool:
        given = [*node.args, *(word.value for word in node.keywords)]
        match node.func:
            case ast.Attribute(attr="join" | "format" | "get" | "items" | "removeprefix" | "values" | "keys"):
                return all(
                    self.safe(one, inside, asked)
                    for one in [node.func.value, *given[: 1 if node.func.attr == "get" else None]]
                ) or (node.func.attr == "get" and self.safe(node.func.value, inside, asked))
            case ast.Name(id="sorted" | "dict" | "list" | "tuple" | "reversed" | "enumerate" | "zip" | "str" | "range"):
                return all(self.safe(one, inside, asked) for one in given)
            case ast.Name(id=name) if name in BUILDERS or name in self.functions:
                # What the functions of a module are given is looked at within them, by their parameters.
                return name in BUILDERS or self._gives_sql(self.functions[name], asked)
        return False

    def _gives_sql(self, function: ast.FunctionDef, asked: frozenset[str]) -> bool:
        """A function gives what stands in the code, as far as it is given no other."""
        if f"{function.name}()" in asked:
            return True
        given = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
        back = [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value is not None]
        return bool(back) and all(self.safe(one, function, asked | {f"{function.name}()"} | given) for one in back)

    def _name(self, name: str, inside: ast.FunctionDef | None, asked: frozenset[str]) -> bool:
        if _CONSTANT.fullmatch(name) or name in asked:
            return True
        if inside is None:
            return False
        if name in self._parameters(inside):
            return self._passed(name, inside, asked | {name})
        given = [
            one.value if isinstance(one, (ast.Assign, ast.AnnAssign, ast.AugAssign)) else one.iter
            for one in ast.walk(inside)
            if isinstance(one, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.comprehension))
            for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
            if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(target))
        ]
        return bool(given) and all(value is not None and self.safe(value, inside, asked | {name}) for value in given)

    def _parameters(self, function: ast.FunctionDef) -> list[str]:
        return [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]

    def _passed(self, name: str, function: ast.FunctionDef, asked: frozenset[str]) -> bool:
        """Whether a parameter is given nothing but SQL by all who call the function; private ones alone are followed."""
        if not function.name.startswith("_"):
            return False
        place = self._parameters(function).index(name)
        calls = [
            (call, where)
            for call, where in self._all_calls
            if isinstance(call.func, ast.Name) and call.func.id == function.name
        ]
        given = [
            (value, where)
            for call, where in calls
            for value in [
                *call.args[place : place + 1],
                *(word.value for word in call.keywords if word.arg in (name, None)),
            ]
        ]
        return bool(calls) and all(self.safe(value, where, asked - {name}) for value, where in given)

    @cached_property
    def _all_calls(self) -> list[tuple[ast.Call, ast.FunctionDef | None]]:
        return [(call, where) for where in [None, *self.functions.values()] for call in self._calls(where)]

    def _calls(self, where: ast.FunctionDef | None) -> Iterator[ast.Call]:
        """The calls in a function, or in no function."""
        todo: list[ast.AST] = list(ast.iter_child_nodes(where or self.tree))
        while todo:
            node = todo.pop()
            if isinstance(node, ast.FunctionDef):
                continue
            if isinstance(node, ast.Call):
                yield node
            todo += ast.iter_child_nodes(node)


def doubtful_pieces() -> list[Piece]:
    return [piece for path in MODULES for piece in Reader(path.relative_to(ROOT).as_posix(), tree_of(path)).doubtful()]


#: What a module puts into its SQL beside what the test can follow: names of tables and columns, places of values, and conditions,
#: each of which comes from a constant, from our tables or from an argument that is one of a few words. Never a value.
DECLARED: dict[str, set[str]] = {
    # The name of a table as the database has it, quoted.
    "casework/operations/verification/backups.py": {"quoted(table)"},
    # One of three columns, for which `wanted` was looked at.
    "casework/operations/auth/preferences.py": {"name"},
    "casework/operations/cases/case_events.py": {"hidden"},
    "casework/operations/cases/list_queries.py": {"asked.dates", "asked.more"},
    "casework/operations/catalogue/catalogue_records.py": {"', '.join(columns)", "table"},
    # A condition that the dispatcher writes.
    "casework/operations/catalogue/import_worker.py": {"but"},
    "casework/operations/people/case_batch_worker.py": {"but"},
    "casework/operations/privacy/removing.py": {"but"},
    "casework/operations/catalogue/kept_records.py": {"table"},
    "casework/operations/catalogue/matches.py": {"table"},
    # The table of needs or of technologies.
    "casework/operations/matching/search_box.py": {"table"},
    "casework/operations/catalogue/need_mail.py": {"ended('n', TODAY)"},
    "casework/operations/catalogue/need_renewal_mail.py": {"ended('n', TODAY)"},
    # How a need ended, as `core.merged_records` writes it in SQL.
    "casework/operations/matching/desk.py": {"ended('n', TODAY)"},
    "casework/operations/matching/fitting.py": {"ended('n', TODAY)"},
    # The name of one of two kinds of record, and columns of matches by it.
    "casework/operations/catalogue/record_merging.py": {"mine", "noun", "other"},
    "casework/operations/catalogue/record_unmerging.py": {"mine", "other"},
    "casework/operations/results/published.py": {"noun"},
    # A column that is a field of technologies.
    "casework/operations/matching/twin_groups.py": {"name"},
    # A table, and an id as a piece of SQL.
    # Before the names of columns: nothing, or the letter by which the statement knows the table.
    "casework/operations/core/paging.py": {"table"},
    "casework/operations/core/merged_records.py": {"id", "table"},
    "casework/operations/core/organisations.py": {"id"},
    # The party as a piece of SQL.
    "casework/operations/core/case_parties.py": {"need_owner", "technology_owner"},
    "casework/operations/core/access_log.py": {"more"},
    # The table and the column of one of two outboxes, and what is on its way already.
    "casework/operations/core/outbox.py": {"but", "outbox.receiver", "outbox.table"},
    # Places of values, by their number.
    "casework/operations/core/access_queries.py": {"person", "reaches", "which", *(f"reaches + {n}" for n in range(1, 7))},
    "casework/operations/core/idempotency.py": {
        "seen_case(which=4, person=1, reaches=5)", "seen_task(which=4, person=1, reaches=5)",
    },
    "casework/operations/core/installation_log.py": {"home", "key_of(table)"},
    # Columns of FIELDS.
    "casework/operations/catalogue/ip_rights.py": {"', '.join(columns)", "', '.join((f':{name}' for name in columns))", "sets"},
    "casework/operations/core/right_numbers.py": {"column"},
    "casework/operations/catalogue/assessment_parts.py": {"columns", "table"},
    "casework/operations/catalogue/organisations.py": {"columns", "rows.table", "table"},
    # What a statement calls a table.
    "casework/operations/core/right_links.py": {"right"},
    "casework/operations/core/reader_names.py": {"alias"},
    "casework/operations/documents/storage.py": {"more"},
    "casework/operations/notifications/alerts.py": {"more"},
    "casework/operations/notifications/queries.py": {"more"},
    "casework/operations/people/invitations.py": {"more"},
    "casework/operations/people/lists.py": {"more"},
    "casework/operations/people/registry.py": {"columns", "table"},
    "casework/operations/people/service.py": {"table"},
    # The table of one setting and its columns, of an `OwnRow`.
    "casework/operations/people/setting_changes.py": {"columns", "row.table", "sets"},
    "casework/operations/privacy/erasure.py": {
        "but", "kind", "left", "name", "named", "names_in(table)", "returning", "sets",
    },
    "casework/operations/privacy/personal_texts.py": {"key_of(table)", "name", "names_in(table)"},
    "casework/operations/core/unread.py": {"referral_of('r')"},
    "casework/operations/oversight/case_hygiene.py": {"referral_of('r')"},
    "casework/operations/search/found_tasks.py": {"referral_of('r')"},
    "casework/operations/referrals/inbox.py": {"', '.join(map(_counted, TABS))", "each", "tab"},
    "casework/operations/tasks/calendar_view.py": {"chosen"},
    "casework/operations/tasks/my_work.py": {"chosen"},
    "casework/operations/tasks/queries.py": {"name"},
    "casework/operations/tasks/queue_counts.py": {
        "another_person(kind, f'CAST(:{who} AS text[])')", "homes", "kind", "queue", "scope", "scope_of(kind)", "who",
    },
    "casework/operations/tasks/queues.py": {
        "referral_of('r')", "begun", "condition", "mine", "more", "most", "scope", "who",
    },
    "casework/operations/tasks/tasks_of_absent.py": {
        "window",
    },
    "casework/operations/verification/database.py": {"register.home"},
    "casework/operations/verification/kept_rows.py": {"table"},
    "casework/operations/verification/rows.py": {"log", "said", "table", "where"},
    # What the conditions are asked of: names in the statement.
    "casework/records/access_sql.py": {
        "home", "record",
        "document", "inside('g.track_id')", "inside(f'{document}.track_id')", "opened_at", "person", "programme", "track",
    },
    "casework/records/case_loader.py": {"name", "order", "where"},
    # Numbers of values, and names of tables and columns.
    "casework/records/write_statements.py": {"', '.join(parts)", "n()", "names", "position", "rows", "sets", "table"},
    # A login as an identifier, quoted by the dialect.
    "casework/records/database.py": {"_quoted(login)"},
    "casework/records/register_entries.py": {
        "' AND '.join(where) or 'true'", "_told(table, columns)", "key", "pairs", "register.home", "table",
    },
    # Columns of needs and technologies, from our tables.
    "casework/operations/core/record_log.py": {"columns", "sets"},
}  # fmt: skip
#: No SQL that is run: sentences for a person that name statements, and what the policies are made of, which has no values at all.
SENTENCES = {"casework/records/database_checks.py", "casework/records/policy_source.py"}
#: Where statements have the server's own places ($1): the few that each action sends, by `records.database.run`.
RUN = {
    "casework/operations/cases/opening.py", "casework/operations/core/access_queries.py", "casework/operations/core/perform.py",
    "casework/operations/core/idempotency.py", "casework/records/case_loader.py", "casework/records/case_writer.py",
    "casework/records/database.py", "casework/records/row_security.py", "casework/records/actors.py",
    "casework/operations/auth/sessions.py", "casework/operations/core/register_log.py", "casework/operations/core/record_log.py",
    "casework/operations/core/catalogue_index.py", "casework/operations/core/twin_marks.py",
    "casework/operations/catalogue/source_rows.py",
}  # fmt: skip
#: Where such statements stand that others send.
SENT = {
    "casework/records/write_statements.py",
    "casework/records/event_log.py",
    "casework/operations/core/need_status.py",
}
#: Where the driver is spoken to before there is an engine, in its own form (%s).
DRIVER = {"casework/records/embedded.py"}


#: Code, and what of it is seen to be doubtful.
SEEN: list[tuple[str, list[str]]] = [
    ('def f(db, name):\n    return f"SELECT 1 WHERE name = \'{name}\'"', ["name"]),
    ('def f(row):\n    return f"SELECT 1 WHERE id = {row.id}"', ["row.id"]),
    ('def f(n):\n    more = f" AND n = {n}" if n else ""\n    return f"SELECT 1 WHERE true{more}"', ["more"]),
    ('def _g(x):\n    return f"WHERE id = {x}"\ndef f(id):\n    return _g(id)', ["x"]),
    ('def _g(x):\n    return f"WHERE {x}.id = :id"\nA = _g("t") + _g("r")', []),
    ('_A = "t.id"\ndef f(newest):\n    order = "DESC" if newest else "ASC"\n    return f"SELECT 1 ORDER BY {_A} {order}"', []),
]  # fmt: skip


def literals(tree: ast.Module) -> Iterator[str]:
    """Every text of a module that is SQL, the pieces of f-strings among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value):
            yield node.value
        if isinstance(node, ast.JoinedStr) and is_sql(node):
            yield ast.unparse(node)


def modules_with(pattern: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if any(re.search(pattern, said) for said in literals(tree_of(path)))
    }


def test_only_pieces_of_sql_are_put_into_statements() -> None:
    doubtful = {(piece.module, piece.text) for piece in doubtful_pieces() if piece.module not in SENTENCES}
    declared = {(module, text) for module, texts in DECLARED.items() for text in texts}
    assert doubtful - declared == set(), "pass it as a value, or say in DECLARED that it is a piece of SQL"
    assert declared - doubtful == set(), "these are declared for nothing"


@pytest.mark.parametrize(("code", "doubtful"), SEEN)
def test_a_value_in_a_statement_is_seen(code: str, doubtful: list[str]) -> None:
    assert sorted(piece.text for piece in Reader("m", ast.parse(code)).doubtful()) == sorted(doubtful)


def test_values_are_passed_in_one_way() -> None:
    """By name (:name) everywhere; by number in the statements that `run` sends; as the driver has it where nothing else is there."""
    assert modules_with(r"\$\d") <= RUN | SENT
    # A refusal that tells an administrator what to run is a sentence, filled in by name.
    assert modules_with(r"%s|%\(\w+\)s") - {"casework/errors.py"} <= DRIVER


def test_what_is_run_is_run_by_these_alone() -> None:
    """SQLAlchemy's way costs as much as the server does for some of these; the others go by it."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == "casework.records.database"
        and {"run", "run_ahead", "run_all", "run_later", "run_named"} & {one.name for one in node.names}
    }
    assert found | {"casework/records/database.py"} == RUN


def test_json_is_not_put_together_from_strings() -> None:
    """An answer with a quote in it would be another answer: `json.dumps`, or the database's own jsonb functions."""
    pieces = [
        (path.relative_to(ROOT).as_posix(), node.lineno)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.JoinedStr)
        and re.search(
            r'\{\s*"|"\s*:\s*(\0|")|\[\s*"\0',
            "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values),
        )
    ]
    assert pieces == []


#: A longer statement is not read in passing.
MOST_LINES = 6


def test_long_statements_have_a_name() -> None:
    unnamed = [
        (path.relative_to(ROOT).as_posix(), argument.lineno)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id == "text")
        for argument in node.args
        if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Name) and argument.func.id == "text"
        if argument.args and (argument.args[0].end_lineno or 0) - argument.args[0].lineno >= MOST_LINES
    ]
    assert unnamed == []


def named_statements(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What is SQL and has a name at the top level of a module, with its line; tables of pieces have a name for each."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and not isinstance(node.value, ast.Dict | ast.Tuple | ast.List):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            said = [
                part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            if isinstance(target, ast.Name) and _CONSTANT.fullmatch(target.id) and _SQL.search("\0".join(said)):
                yield target.id, node.lineno


def without_sentence(path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [name for name, line in named_statements(tree_of(path)) if not lines[line - 2].startswith("#: ")]


def test_each_named_statement_has_a_sentence() -> None:
    bare = [(path.relative_to(ROOT).as_posix(), name) for path in MODULES for name in without_sentence(path)]
    assert bare == [], "say in a comment above it, with #:, what it gives"


def test_a_named_statement_without_a_sentence_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "queries.py"
    module.write_text(
        '_A = text("SELECT 1 FROM cases")\n#: All cases.\n_B = f"SELECT {_A} FROM cases"\n_C = "words"\n'
        '# The cases again.\n_D: str = "WHERE id = :id"\n_E = {"a": "SELECT 1"}\n'
    )
    assert without_sentence(module) == ["_A", "_D"]


def test_savepoints_are_made_in_one_way() -> None:
    """`records.database.savepoint` sends what waits before its end: refused after it, it would be the whole transaction's refusal."""
    made = {path.relative_to(ROOT).as_posix() for path in MODULES if "begin_nested(" in path.read_text()}
    assert made == {"casework/records/database.py"}
