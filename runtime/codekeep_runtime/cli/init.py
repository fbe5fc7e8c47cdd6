"""`init`: creates a data folder and prints the next steps."""

import click

from codekeep_runtime.cli import show
from codekeep_runtime.cli.options import as_json, on_platform
from codekeep_runtime.platform.port import Platform


@click.command()
@as_json
@on_platform
def init(as_json: bool, platform: Platform) -> None:
    """Create the data folder, its signing key and the file of readers. Running it again changes nothing."""
    from codekeep_runtime.core.files import replace_file

    context, key = platform.context, platform.signer().key_id
    readers = context.readers_file
    text = [f"The data of {context.tenant!r} is in {context.data}; its audit key is {key}."]
    if context.settings is None:
        if not readers.exists():
            replace_file(readers, b"{}\n")
        text.append(f"{readers} lists the repositories that `--as USER` may read: " + '{"ana": ["host/owner/name"]}')
    text.append("Next: codekeep-runtime ingest PATH_OR_URL, then codekeep-runtime ask QUESTION or serve.")
    document = {"data": str(context.data), "tenant": context.tenant, "audit_key": key, "readers": str(readers)}
    show.print_result(document, "\n".join(text), as_json=as_json)
