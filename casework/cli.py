"""The command line: `casework`."""

from __future__ import annotations

import gc
import logging
import pkgutil
import sys
from collections.abc import Mapping
from typing import Any

import click

#: Every command by its name: where it lies, and its first sentence. One module of casework.commands holds the commands of one noun;
#: it is imported when its command runs, for most of them need much of the whole.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("casework.commands.database:init", "Make the database, or upgrade the one that is there."),
    "db": ("casework.commands.database:db", "Look after the database."),
    "backup": (
        "casework.commands.backups:backup",
        "Back everything up into a new folder in DIR, and prove it; or list, or prove, those that are there.",
    ),
    "restore": ("casework.commands.backups:restore", "Put a backup into an empty database and an empty store."),
    "archive": (
        "casework.commands.archive:archive",
        "Look after the archive: sealed files of cases whose contents went there when their years were over.",
    ),
    "programme": ("casework.commands.programmes:programme", "Look after programmes."),
    "user": ("casework.commands.accounts:user", "Look after people's accounts."),
    "people": ("casework.commands.people:people", "Bring in who joins, moves and leaves."),
    "token": ("casework.commands.accounts:token", "Look after tokens, with which programs act for a person."),
    "import": (
        "casework.commands.imports:import_",
        "Read needs, technologies, matches, past projects, rights, organisations or a list of the programme from a file.",
    ),
    "catalogue": (
        "casework.commands.catalogue:catalogue",
        "Look after the catalogue: what of it can be found, and how well.",
    ),
    "serve": ("casework.commands.serve:serve", "Serve the pages and the API until a signal ends it."),
    "demo": (
        "casework.commands.demo:demo",
        "Make a demo with records, people and cases, and serve it on this machine.",
    ),
    "workflow": ("casework.commands.workflow:workflow", "Look after the workflows and their published editions."),
    "table": (
        "casework.commands.table:table",
        "Look after decision tables in files: JSON, or DMN 1.2 to 1.5 with S-FEEL.",
    ),
    "migrate": (
        "casework.commands.migrate:migrate",
        "Move running cases to another edition of their workflow, and back.",
    ),
    "worker": (
        "casework.commands.worker:worker",
        "Let happen what is due: deadlines, notifications, mails; until a signal ends it.",
    ),
    "systemd": (
        "casework.commands.systemd:systemd",
        "Write units for systemd into FOLDER: services for the pages, the worker and the metrics, their users and their folders.",
    ),
    "tick": (
        "casework.commands.tick:tick",
        "Let every clock that is due do what it says: remind, escalate, lapse, come due.",
    ),
    "verify": ("casework.commands.verify:verify", "Prove the history: of one CASE by its number, or of everything."),
    "checkpoint": ("casework.commands.log:checkpoint", "Print the newest checkpoint of the log of all events."),
    "log": ("casework.commands.log:log", "Look after the log of all events."),
    "check": (
        "casework.commands.check:check",
        "Find what waits unseen: cases that breach case hygiene, tasks that nobody may do, clocks that do not run.",
    ),
    "doctor": (
        "casework.commands.doctor:doctor",
        "Say what is wrong with this installation, and what to do.",
    ),
    "metrics": (
        "casework.commands.metrics:metrics",
        "Answer Prometheus at /metrics with the state of this installation, until a signal ends it.",
    ),
    "mail-in": (
        "casework.commands.mail_in:mail_in",
        "Take one mail from standard input: an answer to a mail of this installation becomes a message in its thread.",
    ),
    "figures": (
        "casework.commands.figures:figures",
        "Tell the figures of a programme, folded from its logs.",
    ),
    "export": ("casework.commands.exports:export", "Write how cases ran for tools of process mining, in codes alone."),
    "report": (
        "casework.commands.reports:report",
        "Look after stage reports: figures that are frozen, agreed to by two persons, published, and never changed.",
    ),
    "process": ("casework.commands.process:process", "Tell how cases ran, folded from their logs."),
    "simulate": (
        "casework.commands.simulate:simulate_command",
        "Simulate a programme's time with many cases, and check that everything came at its minute.",
    ),
}

#: What makes one line of a fault; imported when there is one.
FAULTS = "casework.commands.faults:explain"


class Lazy(click.Group):
    """A group that imports a command when it is run, and tells what went wrong in one line on stderr, and exits with 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        # What is imported stays: to look through it for what could go, again and again, would take a fifth of the time.
        gc.disable()
        try:
            command = pkgutil.resolve_name(COMMANDS[cmd_name][0])
        finally:
            gc.freeze()
            gc.enable()
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            # Of the last one: whoever read the output has seen enough; click ends quietly.
            raise
        except Exception as fault:
            words = pkgutil.resolve_name(FAULTS)(fault)
            if words is None:
                raise
            raise click.ClickException(words) from fault


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="casework")
@click.option("--verbose", "-v", is_flag=True, help="Say more about what goes on, on stderr.")
def main(verbose: bool) -> None:
    """Casework carries technology transfer cases from the match to their closing.

    Settings are read from the environment: CASEWORK_VAR is the folder for everything that is kept (./var),
    DATABASE_URL a PostgreSQL database of your own instead of the embedded one.
    """
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO if verbose else logging.WARNING, format="casework: %(message)s"
    )
    for chatty in ("alembic", "sqlalchemy"):
        logging.getLogger(chatty).setLevel(logging.INFO if verbose else logging.WARNING)
