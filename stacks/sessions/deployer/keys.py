"""What the deployer may do with keys: make them, name them, and use them through services.

The rest is in each key's own policy, which names the deployer (components/keys): so no other key of the account is open
to it. Tags would not do: KMS goes by a new key's tags up to five minutes later (AWS KMS Developer Guide, "ABAC for AWS
KMS"). A key in another account needs both its policy and the deployer's.
Sources: Service Authorization Reference, "AWS Key Management Service"; AWS KMS Developer Guide, "Controlling access to
aliases" and "Controlling access to tags"; "kms:ViaService" there for secrets and objects.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from components.arns import via_service
from policies.graph import ResourceGraph
from stacks.sessions.deployer.names import arns
from stacks.sessions.deployer.statements import Statement, given, mentioned

CREATE: Final = "kms:CreateKey"
TAG: Final = "kms:TagResource"
LIST: Final = "kms:ListAliases"
ALIASES: Final = ("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias")
USES: Final = ("kms:Decrypt", "kms:GenerateDataKey")
LENT: Final = ("kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants", "kms:RetireGrant", "kms:RevokeGrant", *USES)
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type
_KEY: Final = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+")


def key_statements(
    graph: ResourceGraph, actions: Collection[str], *, prefix: str, tenant: str, regions: Collection[str], models: bool
) -> Iterator[Statement]:
    """Statements of KMS.

    Args:
        actions: those that the graph's types need.
        prefix: of ARNs of KMS in any region of the account.
        tenant: the keep's tag.
        regions: of the keep.
        models: whether models are pushed into a bucket of the keep.
    """
    every_key = [f"{prefix}key/*"]
    if CREATE in actions:
        yield [CREATE], ["*"], {"StringEquals": given(tenant)}
        yield [TAG], every_key, {"StringEquals": given(tenant)}
    if names := arns(graph, "kms", prefix):
        yield list(ALIASES), names, {}
        yield [LIST], ["*"], {}
    services = [*(["s3"] if models else []), *(["secretsmanager"] if graph.of_type(SECRET) else [])]
    if services:
        through = sorted(via_service(service, region) for service in services for region in regions)
        yield list(USES), every_key, {"StringEquals": {"kms:ViaService": through}}
    if lent := _lent(graph, prefix.split(":")[4]):
        yield sorted(LENT), lent, {}


def _lent(graph: ResourceGraph, account: str) -> list[str]:
    """Keys of other accounts that the stack uses."""
    return sorted(arn for arn in mentioned(graph, _KEY) if arn.split(":")[4] != account)
