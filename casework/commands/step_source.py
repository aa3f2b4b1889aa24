"""A new step in the Python of a definition: its state, its form, the way in and the way out. Text in, text out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casework.engine.roles import Role

#: What a form of a new step may ask, and what is written for it.
QUESTIONS = {
    "date": ("Date", ", past=True"), "documents": ("Documents", ""), "note": ("Note", ""), "number": ("Number", ', min="0"'),
    "text": ("Text", ""), "yes_no": ("YesNo", ""),
}  # fmt: skip
FORMS, GRAMMAR, ROLES = (
    "casework.engine.definition.forms", "casework.engine.definition.grammar", "casework.engine.roles",
)  # fmt: skip
#: The formatter wraps code there.
WIDEST = 120


class CannotWrite(ValueError):
    """Why a step cannot be written into these files."""


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    english: str
    chinese: str


@dataclass(frozen=True)
class Question:
    """What the form of the step asks."""

    type: str
    name: str
    label: Words


@dataclass(frozen=True, kw_only=True)
class NewStep:
    """All answers."""

    #: The transition that leads to the step from now on; where it led, the step leads.
    after: str
    #: The state, and the transition out of it.
    name: str
    out: str
    label: Words
    do: Words
    press: Words
    done: Words
    queue: Role
    days: int
    working: bool
    #: Its place on the step bar.
    bar: str
    questions: tuple[Question, ...] = ()
    #: Transitions that leave the step, too: exceptions.
    left_by: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        """The class of its form."""
        return "".join(part.capitalize() for part in self.name.split("_")) if self.questions else ""

    def texts(self) -> dict[str, Words]:
        """By where each stands in an edition."""
        return {
            f"states.{self.name}": self.label,
            f"states.{self.name}.do": self.do,
            f"transitions.{self.out}.do": self.press,
            f"transitions.{self.out}.done": self.done,
            **{f"forms.{self.form}.{one.name}.label": one.label for one in self.questions},
        }


def with_step(source: str, definition: str, step: NewStep, *, edition: int | None) -> str:
    """The module of a definition with the step in it, and with the number of the `edition` where it gets a new one.

    Raises CannotWrite where the definition is written in another way than the pages show.
    """
    page = _Page(source)
    found = next((one for one in page.tree.body if isinstance(one, ast.ClassDef) and one.name == definition), None)
    if found is None:
        raise CannotWrite(f"the class {definition} does not stand in this file")
    _free(page, found, step)
    left, target = _ends(found, step.after)
    sources = _names(left)
    if not isinstance(target, ast.Name) or not sources:
        raise CannotWrite(f"{step.after} leads to no state that is named there")
    page.replace(target, step.name)
    page.insert_after(max((_assigned(found, one) for one in sources), key=lambda one: one.lineno), _state(step))
    page.insert_after(_assigned(found, step.after), _way_out(step, target.id))
    for name in step.left_by:
        _leave_too(page, _ends(found, name)[0], step.name)
    if edition is not None:
        _number(page, found, edition)
    if step.questions:
        forms = [one for one in page.tree.body if isinstance(one, ast.ClassDef) and _is_form(one)]
        last = max((one for one in forms if one.lineno < found.lineno), key=lambda one: one.lineno, default=None)
        if last is not None:
            page.insert_after(last, f"\n\n{_form(step)}")
        else:
            page.insert_before(found, f"{_form(step)}\n\n")
    limit = "working_days" if step.working else "calendar_days"
    page.imports(GRAMMAR, ["State", limit])
    page.imports(ROLES, ["Role"])
    page.imports(FORMS, ["Form", *(QUESTIONS[one.type][0] for one in step.questions)] if step.questions else [])
    return page.text()


def said(words: str) -> str:
    """As Python and TOML both write it."""
    return f'"{_escaped(words)}"'


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"')


class _Page:
    """A module, and what is to be changed in it: by bytes, as the tree tells places."""

    def __init__(self, source: str) -> None:
        self.tree, self.bytes = ast.parse(source), source.encode()
        self.lines = [0]
        for line in self.bytes.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.edits: list[tuple[int, int, str]] = []

    def place(self, line: int, column: int) -> int:
        return self.lines[line - 1] + column

    def replace(self, node: ast.expr, text: str) -> None:
        end = self.place(node.end_lineno or node.lineno, node.end_col_offset or 0)
        self.edits.append((self.place(node.lineno, node.col_offset), end, text))

    def append_to(self, node: ast.expr, text: str) -> None:
        end = self.place(node.end_lineno or node.lineno, node.end_col_offset or 0)
        self.edits.append((end, end, text))

    def insert_after(self, statement: ast.stmt, text: str) -> None:
        place = self.lines[min(statement.end_lineno or statement.lineno, len(self.lines) - 1)]
        self.edits.append((place, place, text))

    def insert_before(self, statement: ast.stmt, text: str) -> None:
        place = self.lines[statement.lineno - 1]
        self.edits.append((place, place, text))

    def line_of(self, node: ast.expr) -> bytes:
        """The line on which a node ends."""
        line = node.end_lineno or node.lineno
        return self.bytes[self.lines[line - 1] : self.lines[line]].rstrip(b"\n")

    def imports(self, module: str, names: Iterable[str]) -> None:
        """Have names from a module, in the import that is there or in one of their own."""
        found = [one for one in self.tree.body if isinstance(one, ast.ImportFrom) and one.module == module]
        there = {alias.name for one in found for alias in one.names if alias.asname in (None, alias.name)}
        if not (missing := set(names) - there):
            return
        if found:
            kept = {f"{one.name} as {one.asname}" if one.asname else one.name for one in found[0].names}
            start, end = self.lines[found[0].lineno - 1], self.lines[(found[0].end_lineno or 1) - 1]
            end += found[0].end_col_offset or 0
            self.edits.append((start, end, _import(module, kept | missing)))
        else:
            there_are = [one for one in self.tree.body if isinstance(one, ast.ImportFrom)]
            before = [one for one in there_are if (one.module or "") < module and one.module != "__future__"]
            line = f"{_import(module, missing)}\n"
            if before or not there_are:
                self.insert_after((before or self.tree.body)[-1], line)
            elif len(there_are) > 1 or there_are[0].module != "__future__":
                self.insert_before(next(one for one in there_are if one.module != "__future__"), line)
            else:
                self.insert_after(there_are[0], f"\n{line}")

    def text(self) -> str:
        made = self.bytes
        # From the end on. At one place stands what was said first, and before what takes another text's place.
        ordered = sorted(
            enumerate(self.edits), key=lambda one: (one[1][0], one[1][1] > one[1][0], one[0]), reverse=True
        )
        for _, (start, end, text) in ordered:
            made = made[:start] + text.encode() + made[end:]
        return made.decode()


def _import(module: str, names: Iterable[str]) -> str:
    """Sorted as the linter wants it: constants, classes, functions."""
    ordered = sorted(names, key=lambda one: (0 if one.isupper() else 1 if one[0].isupper() else 2, one))
    line = f"from {module} import {', '.join(ordered)}"
    return (
        line
        if len(line) <= WIDEST
        else f"from {module} import (\n{''.join(f'    {one},{chr(10)}' for one in ordered)})"
    )


def _free(page: _Page, definition: ast.ClassDef, step: NewStep) -> None:
    taken = {one.id for node in definition.body for one in ast.walk(node) if isinstance(one, ast.Name)}
    taken |= {named for key in ast.walk(definition) if isinstance(key, ast.keyword) if (named := _named(key))}
    for name in (step.name, step.out):
        if name in taken:
            raise CannotWrite(f"{name} is there already")
    above = {one.name for one in page.tree.body if isinstance(one, ast.ClassDef | ast.FunctionDef)}
    above |= {one.id for one in ast.walk(page.tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    above |= {
        alias.asname or alias.name for one in page.tree.body if isinstance(one, ast.ImportFrom) for alias in one.names
    }
    if step.form in above:
        raise CannotWrite(f"{step.form}, which its form would be called, is there already")


def _named(key: ast.keyword) -> str:
    """The name that a keyword gives; empty where it gives none."""
    return str(key.value.value) if key.arg == "name" and isinstance(key.value, ast.Constant) else ""


def _is_form(one: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Form" for base in one.bases)


def _assigned(definition: ast.ClassDef, name: str) -> ast.Assign:
    """Where a state or a transition is written."""
    for one in definition.body:
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            given = [named for key in getattr(one.value, "keywords", []) if (named := _named(key))]
            if name in (given or [one.targets[0].id]):
                return one
    raise CannotWrite(f"{name} does not stand in the class by itself")


def _ends(definition: ast.ClassDef, name: str) -> tuple[ast.expr, ast.expr]:
    """What a transition leaves, and where it leads."""
    match _assigned(definition, name).value:
        case ast.Call(func=ast.Attribute(value=sources, attr="to"), args=[target, *_]):
            return sources, target
    raise CannotWrite(f"{name} is not written with `to`")


def _names(node: ast.expr) -> list[str]:
    """The states that an expression like `(a | b)` or `any_of(a, b)` names; none where it is another one."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            before, after = _names(left), _names(right)
            return [*before, *after] if before and after else []
        case ast.Call(func=ast.Name(id="any_of"), args=args):
            return [name for one in args for name in _names(one)]
    return []


def _leave_too(page: _Page, sources: ast.expr, name: str) -> None:
    if not _names(sources):
        raise CannotWrite(f"what it leaves is not named where it is written (line {sources.lineno})")
    match sources:
        case ast.Name(id=only):
            page.replace(sources, f"({only} | {name})")
        case ast.BinOp():
            wide = len(page.line_of(sources)) + len(name) + 3 > WIDEST
            page.append_to(sources, f"\n        | {name}" if wide else f" | {name}")
        case ast.Call():
            page.append_to(sources.args[-1], f", {name}")


def _number(page: _Page, definition: ast.ClassDef, edition: int) -> None:
    for one in definition.body:
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == "edition":
            page.replace(one.value, str(edition))
            return
    named = [one for one in definition.body if isinstance(one, ast.Assign) and _is_workflow(one)]
    if named:
        page.insert_after(named[0], f"    edition = {edition}\n")
    else:
        page.insert_before(
            next(one for one in definition.body if not isinstance(one, ast.Expr)), f"    edition = {edition}\n"
        )


def _is_workflow(one: ast.Assign) -> bool:
    return isinstance(one.targets[0], ast.Name) and one.targets[0].id == "workflow"


def _state(step: NewStep) -> str:
    limit = f"{'working' if step.working else 'calendar'}_days({step.days})"
    return _call(
        f"{step.name} = State(",
        [said(step.label.english), f"queue=Role.{step.queue.name}, due={limit}, step={said(step.bar)}"],
        f"do={said(step.do.english)}",
    )


def _way_out(step: NewStep, target: str) -> str:
    form = [f"form={step.form}"] if step.form else []
    return _call(
        f"{step.out} = {step.name}.to(",
        [target, f"by=Role.{step.queue.name}", *form],
        f"do={said(step.press.english)}, done={said(step.done.english)}",
    )


def _call(head: str, first: Sequence[str], rest: str) -> str:
    """As the formatter leaves it: in one line, in one between the brackets, else by hand."""
    inside = ", ".join([*first, rest])
    if len(head) + len(inside) + 5 <= WIDEST:
        return f"    {head}{inside})\n"
    if len(inside) + 8 <= WIDEST:
        return f"    {head}\n        {inside}\n    )\n"
    return f"    {head}\n        {', '.join(first)},\n        {rest},\n    )  # fmt: skip\n"


def _form(step: NewStep) -> str:
    lines = [f"class {step.form}(Form):", f'    """{_escaped(step.label.english)}."""', ""]
    for one in step.questions:
        kind, more = QUESTIONS[one.type]
        lines.append(f"    {one.name} = {kind}(label={said(one.label.english)}{more})")
    return "\n".join(lines) + "\n"
