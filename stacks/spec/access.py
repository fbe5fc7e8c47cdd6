"""Spec of a keep's users, operators and budget."""

from typing import Annotated, Literal

from codekeep_contracts.model import StrictModel
from codekeep_contracts.settings.access import AccessSettings
from codekeep_contracts.text_types import Label
from pydantic import Field

from stacks.spec.text_types import EmailAddress, OperatorArn, PrincipalArn


class ClusterAccess(StrictModel):
    """A role or user that may access the cluster besides the deployer; in `namespaces` only, where given."""

    name: Label
    principal: OperatorArn
    level: Literal["view", "edit", "admin", "cluster-admin"] = "view"
    namespaces: Annotated[tuple[Label, ...], Field(max_length=20)] = ()


class Access(AccessSettings):
    """Teams, sign-in and the principals that may connect to the keep's endpoint service."""

    entry_principals: Annotated[tuple[PrincipalArn, ...], Field(min_length=1, max_length=20)]


AlertPercent = Annotated[int, Field(ge=10, le=200, description="percent of the budget")]


class Budget(StrictModel):
    """Monthly AWS cost of the keep in US dollars, and who is notified."""

    monthly_usd: Annotated[int, Field(ge=100, le=5_000_000)]
    alert_percents: Annotated[tuple[AlertPercent, ...], Field(min_length=1, max_length=5)] = (50, 80, 100)
    notify: Annotated[tuple[EmailAddress, ...], Field(min_length=1, max_length=10)]
