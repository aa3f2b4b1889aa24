"""Every command explains itself."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from casework.cli import main
from casework.errors import CaseworkError


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in sorted(group.commands.items()):
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


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(main, ["dance"]).exit_code == 2


def test_every_error_has_a_message_of_its_own() -> None:
    def all_kinds(kind: type[CaseworkError]) -> Iterator[type[CaseworkError]]:
        yield kind
        for below in kind.__subclasses__():
            yield from all_kinds(below)

    for kind in all_kinds(CaseworkError):
        assert kind.__dict__.get("__doc__"), f"{kind.__name__} needs a docstring: it is the message"
