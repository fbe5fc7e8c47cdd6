"""Which report goes where: files for those that have one, standard output for the rest."""

from collections.abc import Sequence
from pathlib import Path

import click

from policies.report import Run
from policies.reports import FORMATS
from stacks.cli.errors import BadInputError

TERMINAL = "terminal"


def require_places(formats: Sequence[str], outputs: Sequence[Path]) -> None:
    """BadInputError where a format would have no place of its own."""
    if len(outputs) > len(formats):
        raise BadInputError(f"--output is given {len(outputs)} times and --format {len(formats)} times: pair them")
    if len(formats) - len(outputs) > 1:
        raise BadInputError(
            f"{len(formats)} formats and {len(outputs)} files: all but the last --format need an --output of their own"
        )


def write(run: Run, formats: Sequence[str], outputs: Sequence[Path], *, quiet: bool) -> None:
    """Writes each format into its file; prints the one left over, else the terminal's."""
    for name, file in zip(formats, outputs, strict=False):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{FORMATS[name](run)}\n", encoding="utf-8")
        except OSError as error:
            raise BadInputError(f"{file}: the report cannot be written: {error.strerror}") from error
    printed = formats[len(outputs)] if len(formats) > len(outputs) else TERMINAL
    if printed != TERMINAL:
        click.echo(FORMATS[printed](run))
        _tell_faults(run)
    elif (run.reports and (not quiet or run.exit_code)) or run.faults:
        click.echo(FORMATS[TERMINAL](run))


def _tell_faults(run: Run) -> None:
    """A report may be read by a program only; that something was not judged is told to people too."""
    for fault in run.faults:
        click.echo(f"{fault.stack} cannot be judged: {fault.message}", err=True)
