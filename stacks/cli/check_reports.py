"""Writes the reports of a check: into files, and to standard output."""

from collections.abc import Sequence
from pathlib import Path

import click
from codekeep_contracts.faults import UsageFault

from policies.report import Run
from policies.reports import FORMATS

TERMINAL = "terminal"


def require_places(formats: Sequence[str], outputs: Sequence[Path]) -> None:
    """Raises:
    UsageFault: two formats would be printed, or a file has no format.
    """
    if len(outputs) > len(formats):
        raise UsageFault(f"--output is given {len(outputs)} times and --format {len(formats)} times: pair them")
    if len(formats) - len(outputs) > 1:
        raise UsageFault(
            f"{len(formats)} formats and {len(outputs)} files: all but the last --format need an --output of their own"
        )


def write_reports(run: Run, formats: Sequence[str], outputs: Sequence[Path], *, quiet: bool) -> None:
    """Writes each format into its file; prints the one left over, else the terminal's."""
    for name, file in zip(formats, outputs, strict=False):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{FORMATS[name](run)}\n", encoding="utf-8")
        except OSError as error:
            raise UsageFault(f"{file}: the report cannot be written: {error.strerror}") from error
    printed = formats[len(outputs)] if len(formats) > len(outputs) else TERMINAL
    if printed != TERMINAL:
        click.echo(FORMATS[printed](run))
        for each in run.faults:  # the report may be read by a program only
            click.echo(f"{each.stack} cannot be judged: {each.message}", err=True)
    elif (run.reports and (not quiet or run.exit_code)) or run.faults:
        click.echo(FORMATS[TERMINAL](run))
