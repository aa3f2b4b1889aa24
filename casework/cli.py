"""The command line: `casework`."""

from __future__ import annotations

import logging
import sys
from typing import Any

import click
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from casework.commands import (
    accounts,
    check,
    database,
    demo,
    imports,
    programmes,
    serve,
    simulate,
    tick,
    verify,
    worker,
    workflow,
)
from casework.errors import CaseworkError, DatabaseNotReady

# Every command stands here; one module of casework.commands holds the commands of one noun.
COMMANDS: tuple[click.Command, ...] = (
    database.init,
    database.db,
    programmes.programme,
    accounts.user,
    accounts.token,
    imports.import_,
    serve.serve,
    demo.demo,
    workflow.workflow,
    worker.worker,
    tick.tick,
    verify.verify,
    check.check,
    simulate.simulate_command,
)


#: What PostgreSQL says of a function, a table or a column that is not there.
_NOT_THERE = ("42883", "42P01", "42703")


class OneClearLine(click.Group):
    """A group that tells what went wrong in one line on stderr, and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CaseworkError as error:
            raise click.ClickException(error.message) from error
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) not in _NOT_THERE:
                raise
            fault = DatabaseNotReady(why="its tables are missing, or of another release.")
            raise click.ClickException(fault.message) from error
        except (OperationalError, IntegrityError) as error:
            raise click.ClickException(f"The database refused: {str(error.orig).splitlines()[0]}") from error
        except BrokenPipeError:
            # Whoever read the output has seen enough; click ends quietly.
            raise
        except OSError as error:
            name = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{name}{error.strerror or error}") from error


@click.group(cls=OneClearLine, context_settings={"help_option_names": ["-h", "--help"]})
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


for _command in COMMANDS:
    main.add_command(_command)
