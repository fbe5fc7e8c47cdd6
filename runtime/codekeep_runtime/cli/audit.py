"""`audit`: the record of who saw what."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codekeep_runtime.cli.options import as_json, placed
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.audit import Report


@click.group()
def audit() -> None:
    """Verify the record of who saw what."""


@audit.command()
@click.option(
    "--copy",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A copy of the vault (<bucket>/<tenant>/runtime/) in this folder. Default in a keep: fetched for this.",
)
@click.option(
    "--public-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Of the key that seals, DER or PEM, as `aws kms get-public-key` gives it. Default in a keep: asked of KMS.",
)
@as_json
@placed
def verify(copy: Path | None, public_key: Path | None, as_json: bool, place: Place) -> None:
    """Read every record again: altered, removed, reordered or cut ones end with 1 and are named.

    With --copy, --public-key and the keep's --settings, nothing is asked of AWS.
    """
    from codekeep_runtime.assembly.auditing import verified

    report = verified(place, copy, public_key)
    _show(report, as_json=as_json)
    if not report.is_whole:
        raise click.exceptions.Exit(1)


def _show(report: "Report", *, as_json: bool) -> None:
    from codekeep_runtime.cli import show

    if as_json:
        findings = [{"place": each.place, "what": each.what} for each in report.findings]
        counts = {name: getattr(report, name) for name in ("chains", "records", "unsigned", "gaps", "shortened")}
        show.document({"whole": report.is_whole, **counts, "findings": findings})
        return
    click.echo(f"{report.records} records in {report.chains} chains, {report.unsigned} not sealed yet")
    if report.shortened:
        click.echo(f"{report.shortened} chains begin where their retention ends")
    for each in report.findings:
        click.echo(f"{each.place}: {each.what}", err=True)
    click.echo("Whole." if report.is_whole else "Not as it was written.")
