"""`search-roles`: lets a keep's pods use its indexes in the search domain."""

from pathlib import Path

import click
from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.search_roles import SEARCH_ROLES_FILE, SearchRoles
from pydantic import ValidationError

from codekeep_runtime.cli import show
from codekeep_runtime.cli.options import as_json


@click.command("search-roles")
@click.option(
    "--document",
    type=click.Path(path_type=Path),
    default=Path(SEARCH_ROLES_FILE),
    show_default=True,
    help="Names the domain, the keep's prefix, and the IAM roles that read and write.",
)
@as_json
def search_roles(document: Path, as_json: bool) -> None:
    """Make the keep's roles in the domain's own security, and map its pods' IAM roles to them.

    Only the administrator of the domain may: the service account `index-admin` in
    codekeep-search-administration. Running it again changes nothing.
    """
    from codekeep_runtime.index.opensearch import Store, connect
    from codekeep_runtime.index.opensearch.security_roles import apply

    roles = _read(document)
    store = Store(connect(roles.endpoint, roles.region))
    try:
        made = apply(store, roles)
    finally:
        store.client.close()
    show.print_result({"roles": made}, f"{', '.join(made)}: their pods may use {roles.prefix}*", as_json=as_json)


def _read(document: Path) -> SearchRoles:
    """
    Raises:
        SettingsFault: there is no such document, or a field is wrong.
    """
    try:
        return SearchRoles.model_validate_json(document.read_text())
    except OSError as error:
        raise SettingsFault(
            f"--document {document} cannot be read ({error.strerror}); name the roles' document"
        ) from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise SettingsFault(f"--document {document}: {wrong}") from None
