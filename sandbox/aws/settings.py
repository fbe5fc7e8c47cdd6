"""Configuration of one aws provider: region, accounts, roles to assume, default tags."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.aws.api import DUMMY, AwsSession, Credentials
from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Props

REGION_PATTERN = re.compile(r"^[a-z]{2}(-[a-z]+)+-\d$")
ROLE_PATTERN = re.compile(r"^arn:aws[a-z-]*:iam::(\d{12}):role/.+$")
REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
NESTED = ("assumeRoles", "defaultTags", "allowedAccountIds", "forbiddenAccountIds", "ignoreTags", "endpoints")


@dataclass(frozen=True, kw_only=True)
class ProviderSettings:
    """The inputs of `aws.Provider` that the stand-in uses."""

    region: str
    allowed_account_ids: tuple[str, ...] = ()
    forbidden_account_ids: tuple[str, ...] = ()
    assume_roles: tuple[Mapping[str, Any], ...] = ()
    default_tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_config(cls, config: Props) -> "ProviderSettings":
        """Reads the provider's inputs; nested values come as JSON text. Raises StandInError that names the field."""
        values = {key: _decoded(key, value) for key, value in config.items()}
        region = values.get("region") or next(
            (os.environ[name] for name in REGION_VARIABLES if os.environ.get(name)), ""
        )
        if not REGION_PATTERN.match(str(region)):
            raise StandInError(f"aws provider: region is {region!r}; give one such as eu-central-1 (config aws:region)")
        roles = tuple(dict(role) for role in values.get("assumeRoles") or [])
        for index, role in enumerate(roles):
            if not ROLE_PATTERN.match(str(role.get("roleArn", ""))):
                raise StandInError(
                    f"aws provider: assumeRoles[{index}].roleArn is {role.get('roleArn')!r}; "
                    "expected arn:aws:iam::<12 digits>:role/<name>"
                )
        settings = cls(
            region=str(region),
            allowed_account_ids=tuple(map(str, values.get("allowedAccountIds") or [])),
            forbidden_account_ids=tuple(map(str, values.get("forbiddenAccountIds") or [])),
            assume_roles=roles,
            default_tags=dict((values.get("defaultTags") or {}).get("tags") or {}),
        )
        if roles:
            settings.require_allowed(_account_of_role(str(roles[-1]["roleArn"])))
        return settings

    def require_allowed(self, account_id: str) -> None:
        """Raises StandInError where the account is not one the provider may touch."""
        if self.allowed_account_ids and account_id not in self.allowed_account_ids:
            raise StandInError(
                f"AWS account ID not allowed: {account_id}; allowedAccountIds: {', '.join(self.allowed_account_ids)}"
            )
        if account_id in self.forbidden_account_ids:
            raise StandInError(f"AWS account ID not allowed: {account_id} is one of forbiddenAccountIds")

    def open_session(self, endpoint: str) -> AwsSession:
        """Dummy credentials, then one role after the other, as the official provider chains them."""
        session = AwsSession(endpoint, DUMMY, "")
        account_id = str(session.client("sts", self.region).get_caller_identity()["Account"])
        session = AwsSession(endpoint, DUMMY, account_id)
        for role in self.assume_roles:
            answer = session.client("sts", self.region).assume_role(
                RoleArn=role["roleArn"],
                RoleSessionName=role.get("sessionName") or "codekeep",
                **({"ExternalId": role["externalId"]} if role.get("externalId") else {}),
            )["Credentials"]
            credentials = Credentials(
                access_key=answer["AccessKeyId"], secret_key=answer["SecretAccessKey"], token=answer["SessionToken"]
            )
            session = AwsSession(endpoint, credentials, _account_of_role(str(role["roleArn"])))
        self.require_allowed(session.account_id)
        return session


def _account_of_role(arn: str) -> str:
    match = ROLE_PATTERN.match(arn)
    if match is None:
        raise StandInError(f"aws provider: {arn!r} is no role ARN")
    return match.group(1)


def _decoded(key: str, value: Any) -> Any:
    if key not in NESTED:
        return value
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise StandInError(f"aws provider: {key} is not JSON: {error}") from error
    return [_camel(item) for item in found] if key == "assumeRoles" else found


def _camel(role: Mapping[str, Any]) -> dict[str, Any]:
    """A role given as a Python dictionary keeps its underscores on the way through the SDK."""
    return {re.sub(r"_(.)", lambda match: match[1].upper(), key): value for key, value in role.items()}
