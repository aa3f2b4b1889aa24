"""Every command explains itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from casework.cli import COMMANDS, main
from casework.errors import CaseworkError


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize(("path", "command"), [pytest.param(p, c, id=" ".join(p)) for p, c in commands(main)])
def test_every_command_has_help(path: tuple[str, ...], command: click.Command) -> None:
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0
    assert command.help, "a command needs a docstring"
    for parameter in command.params:
        # The values of a choice say what they are.
        if isinstance(parameter, click.Option) and not isinstance(parameter.type, click.Choice):
            assert parameter.help, f"the option {parameter.name} needs help="


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_listed_with_its_own_first_sentence(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert (command.name, command.get_short_help_str(limit=200)) == (name, COMMANDS[name][1])


@pytest.mark.parametrize("asked", [["--help"], ["--version"], ["programme", "--help"]])
def test_help_imports_neither_the_web_nor_half_of_the_rest(asked: list[str]) -> None:
    """Counted and not timed: how long it takes is the machine's affair."""
    program = (
        "import sys; from casework.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program, *asked], capture_output=True, text=True, check=True)
    imported = set(ran.stderr.split())
    assert imported & {"flask", "gunicorn", "waitress", "procrastinate", "rich", "jinja2"} == set()
    if asked != ["programme", "--help"]:
        assert len({one for one in imported if one.startswith("casework")}) <= 3
        assert "sqlalchemy" not in imported
        assert len(imported) < 400


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(main, ["dance"]).exit_code == 2


def test_every_error_has_a_message_of_its_own() -> None:
    def all_kinds(kind: type[CaseworkError]) -> Iterator[type[CaseworkError]]:
        yield kind
        for below in kind.__subclasses__():
            yield from all_kinds(below)

    for kind in all_kinds(CaseworkError):
        assert "says" in kind.__dict__, f"{kind.__name__} needs words of its own: `says`"
