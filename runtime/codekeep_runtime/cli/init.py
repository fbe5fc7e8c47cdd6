"""`init`: a data folder, and what to do next."""

import click

from codekeep_runtime.cli.options import as_json, placed
from codekeep_runtime.place import Place


@click.command()
@as_json
@placed
def init(as_json: bool, place: Place) -> None:
    """Make the data folder, its signing key and the file of readers. Running it again changes nothing."""
    from codekeep_runtime.access.files import replace
    from codekeep_runtime.assembly.readers import laptop_readers
    from codekeep_runtime.assembly.record import signer_of
    from codekeep_runtime.cli import show

    key = signer_of(place).key_id
    readers = laptop_readers(place)
    if place.settings is None and not readers.exists():
        replace(readers, "{}\n")
    told = {"data": str(place.data), "tenant": place.tenant, "audit_key": key, "readers": str(readers)}
    if as_json:
        show.document(told)
        return
    click.echo(f"Everything of {place.tenant!r} is kept in {place.data}; its audit key is {key}.")
    if place.settings is None:
        click.echo(f"What `--as USER` may read is listed in {readers}: " + '{"ana": ["host/owner/name"]}')
    click.echo("Next: codekeep-runtime ingest PATH_OR_URL, then codekeep-runtime ask QUESTION or serve.")
