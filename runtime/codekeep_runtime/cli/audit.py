"""`audit`: verifies the records of who saw what."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from codekeep_runtime.cli import show
from codekeep_runtime.cli.options import FILE, as_json, on_platform
from codekeep_runtime.platform.port import Platform

if TYPE_CHECKING:
    from codekeep_runtime.audit import Report


@click.group()
def audit() -> None:
    """Verify the record of who saw what."""


@audit.command()
@click.option(
    "--copy",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with a copy of the vault (<bucket>/<tenant>/runtime/). Default in a keep: downloaded.",
)
@click.option(
    "--public-key",
    type=FILE,
    help="Public signing key, DER or PEM, from `aws kms get-public-key`. Default in a keep: fetched from KMS.",
)
@as_json
@on_platform
def verify(copy: Path | None, public_key: Path | None, as_json: bool, platform: Platform) -> None:
    """Read every record again and name those that were altered, removed, reordered or truncated; exits with 1 if there
    are any.

    With --copy, --public-key and the keep's --settings, it works without access to AWS.
    """
    report = platform.verify_audit(copy, public_key)
    _show(report, as_json=as_json)
    if not report.is_intact:
        raise click.exceptions.Exit(1)


def _show(report: "Report", *, as_json: bool) -> None:
    if as_json:
        findings = [{"place": each.position, "what": each.what} for each in report.findings]
        counts = {name: getattr(report, name) for name in ("chains", "records", "unsigned", "gaps", "shortened")}
        show.print_json({"whole": report.is_intact, **counts, "findings": findings})
        return
    if report.shortened:
        click.echo(f"{report.shortened} chains begin where their retention ends")
    for each in report.findings:
        click.echo(f"{each.position}: {each.what}", err=True)
    verdict = "Audit record verified" if report.is_intact else "Audit record was changed"
    click.echo(f"{verdict}: {report.records} records in {report.chains} chains, {report.unsigned} not sealed yet")
