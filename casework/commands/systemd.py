"""The command that writes what systemd needs to run an installation: its services, their users, and their folders."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Template

import click

#: What is written, by the name that systemd's folders know it by.
UNITS = (
    "casework-web.service",
    "casework-worker.service",
    "casework-metrics.service",
    "casework.sysusers.conf",
    "casework.tmpfiles.conf",
)
#: What a unit cannot hold as it is: blanks end a word there, and percent and dollar signs are read.
_READ = set(" \t\n\"'\\%$;")
_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path))
@click.option(
    "--settings", type=_PATH, default="/etc/casework", show_default=True, help="Where settings and secrets lie."
)
@click.option(
    "--data", type=_PATH, default="/var/lib/casework", show_default=True, help="Where documents and the log's key lie."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address that the pages listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Their port.")
@click.option("--replace", is_flag=True, help="Replace files that say something else.")
def systemd(folder: Path, *, settings: Path, data: Path, host: str, port: int, replace: bool) -> None:
    """Write units for systemd into FOLDER: services for the pages, the worker and the metrics, their users and their folders.

    The services run the command that wrote them. Nothing is started.
    """
    program = Path(sys.prefix) / "bin" / "casework"
    given = {"settings": settings, "data": data, "host": host, "port": port, "program": program}
    _insist_plain(given)
    units = dict(written(**{name: str(value) for name, value in given.items()}))
    if not replace and (other := [name for name, text in units.items() if _differs(folder / name, text)]):
        raise click.ClickException(f"{', '.join(other)} in {folder} says something else. Look at it, or say --replace.")
    for name, text in units.items():
        (folder / name).write_text(text, "utf-8")
        click.echo(folder / name)


def written(**given: str) -> Iterator[tuple[str, str]]:
    """Each file by its name, with the paths of this installation in it."""
    templates = files("casework.commands").joinpath("systemd_units")
    given["hardening"] = Template(templates.joinpath("hardening").read_text("utf-8")).substitute(given)
    for name in UNITS:
        yield name, Template(templates.joinpath(name).read_text("utf-8")).substitute(given)


def _insist_plain(given: dict[str, object]) -> None:
    for name, value in given.items():
        if isinstance(value, Path) and not value.is_absolute():
            raise click.BadParameter(f"{value} must begin with /.", param_hint=f"--{name}")
        if _READ & set(str(value)):
            raise click.BadParameter(
                f"{value} has a character that means something to systemd.", param_hint=f"--{name}"
            )


def _differs(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8", errors="replace") != text
