"""What the search domain lets a keep's pods do: a document without secrets, by which its administrator makes roles."""

from pathlib import PurePosixPath
from typing import Annotated, Final

from pydantic import Field

from codekeep_contracts.model import StrictModel
from codekeep_contracts.settings.stores import IndexPrefix
from codekeep_contracts.text_types import Arn, RegionName, TenantName, Url

SEARCH_ROLES_FILE: Final = PurePosixPath("/etc/codekeep/search-roles.json")


class SearchRoles(StrictModel):
    """The IAM roles of one keep's pods. Readers search indexes under `prefix`, writers make, fill and delete them."""

    endpoint: Url
    region: RegionName
    tenant: TenantName
    prefix: IndexPrefix
    readers: Annotated[tuple[Arn, ...], Field(min_length=1)]
    writers: Annotated[tuple[Arn, ...], Field(min_length=1)]
