"""One call to AWS: who asks to do what, on what, and in which context."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from awsread.iam.patterns import UnknownValueError, Value
from awsread.iam.statement import Policy


@dataclass(frozen=True, kw_only=True)
class Request:
    """`principal` is the ARN of a role or user, a service's host name, or "" for an anonymous caller.

    `session` is the name of a role's session; `session_policies` narrow it, as they do the session of a user. Context
    keys are compared without case. `unknown` are keys that AWS would set, to a value that nobody told, and `is_bounded`
    says that the caller has a permissions boundary: `may` fills in both.
    """

    principal: str
    action: str
    resource: str = "*"
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    session: str = ""
    session_policies: tuple[Policy, ...] = ()
    unknown: frozenset[str] = frozenset()
    is_bounded: bool = False

    @property
    def is_service(self) -> bool:
        return bool(self.principal) and not self.principal.startswith("arn:")

    @property
    def account(self) -> str:
        """The caller's account, "" for a service of AWS or nobody."""
        return self.principal.split(":")[4] if self.principal.startswith("arn:") else ""

    @property
    def is_root(self) -> bool:
        """Whether the caller is the account's root user."""
        return self.principal.startswith("arn:") and self.principal.endswith(":root")

    @property
    def is_user(self) -> bool:
        return ":user/" in self.principal

    @property
    def identities(self) -> frozenset[str]:
        """The ARNs that the caller is: a user, or a role and its session ("" where its name is not known)."""
        if not self.account:
            return frozenset()
        if self.is_user or self.is_root:
            return frozenset((self.principal,))
        return frozenset((self.principal, self.session_arn))

    @property
    def names_of_account(self) -> frozenset[str]:
        """How a policy names the caller's account (IAM User Guide, "AWS account principals")."""
        if not self.account:
            return frozenset()
        return frozenset((self.account, f"arn:{self.principal.split(':')[1]}:iam::{self.account}:root"))

    @property
    def session_arn(self) -> str:
        """ARN of the role's session, "" where there is none."""
        if not self.session:
            return ""
        partition, name = self.principal.split(":")[1], self.principal.rpartition("/")[2]
        return f"arn:{partition}:sts::{self.account}:assumed-role/{name}/{self.session}"

    @cached_property
    def keys(self) -> Mapping[str, str | tuple[str, ...]]:
        """The context in lower case, with the keys that AWS adds about every caller."""
        return {key.lower(): value for key, value in {**self._own_keys(), **self.context}.items()}

    def value(self, key: str) -> Value:
        """A key's value, None where the request does not have it.

        Raises:
            UnknownValueError: it has it, and nobody told the value.
        """
        if key.lower() in self.unknown:
            raise UnknownValueError(f"{key} is not known")
        return self.keys.get(key.lower())

    def _own_keys(self) -> dict[str, str]:
        if not self.principal:
            return {}
        if self.is_service:
            names = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": self.principal}
            return {**names, "aws:ViaAWSService": "false"}
        name = {"aws:username": self.principal.rpartition("/")[2]} if self.is_user else {}
        return {
            **name,
            "aws:PrincipalType": "Account" if self.is_root else "User" if self.is_user else "AssumedRole",
            "aws:PrincipalIsAWSService": "false",
            "aws:ViaAWSService": "false",
            "aws:PrincipalArn": self.principal,
            "aws:PrincipalAccount": self.account,
            "kms:CallerAccount": self.account,
        }
