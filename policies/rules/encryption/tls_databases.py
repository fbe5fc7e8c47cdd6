"""Databases, caches and brokers that take plain connections will get some."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

CACHE, PROXY = "aws:elasticache/replicationGroup:ReplicationGroup", "aws:rds/proxy:Proxy"
BROKERS, DAX = "aws:msk/cluster:Cluster", "aws:dax/cluster:Cluster"
MEMORY = "aws:memorydb/cluster:Cluster"
BETWEEN_BROKERS = "encryptionInfo.encryptionInTransit.inCluster"
PARAMETERS = (
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
    "aws:redshift/parameterGroup:ParameterGroup",
)
FORCING = {
    "rds.force_ssl": ("1", "true", "on"),
    "require_secure_transport": ("1", "true", "on"),
    "require_ssl": ("1", "true"),
    "tls": ("enabled", "tls1.2+", "tls1.3+", "fips-140-3"),
}

Holds = Callable[[Any], bool]
REQUIRED: Mapping[str, tuple[str, Holds, str]] = {
    CACHE: ("transitEncryptionEnabled", lambda value: value is True, "must be true"),
    PROXY: ("requireTls", lambda value: value is True, "must be true"),
    DAX: ("clusterEndpointEncryptionType", lambda value: value == "TLS", "must be 'TLS'"),
}
SECURE_BY_DEFAULT: Mapping[str, tuple[str, Holds, str]] = {
    MEMORY: ("tlsEnabled", lambda value: value is True, "must be true"),
    BROKERS: ("encryptionInfo.encryptionInTransit.clientBroker", lambda value: value == "TLS", "must be 'TLS'"),
}

RULE = Rule(
    id="tls-databases",
    title="Databases, caches and brokers take TLS connections alone",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(*REQUIRED, *SECURE_BY_DEFAULT, *PARAMETERS),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="A driver falls back to plain text in silence where the server lets it.",
    remedy="require TLS at the server: transitEncryptionEnabled, requireTls, clientBroker TLS, rds.force_ssl",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
)


@RULE.check
def takes_tls_alone(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in PARAMETERS:
        yield from _parameters(node)
        return
    optional = node.type in SECURE_BY_DEFAULT
    path, holds, message = (SECURE_BY_DEFAULT if optional else REQUIRED)[node.type]
    yield from RULE.require(node, path, holds, message, optional=optional)
    if node.type == CACHE:
        yield from RULE.require(
            node, "transitEncryptionMode", lambda value: value == "required", "must be 'required'", optional=True
        )
    if node.type == BROKERS:
        yield from RULE.require(node, BETWEEN_BROKERS, lambda value: value is True, "must be true", optional=True)


def _parameters(node: Node) -> Iterator[Finding]:
    """What a group leaves out keeps the engine's default, which only the engine's version tells."""
    for name in read(node.inputs, "parameters[*].name"):
        if name.value is MISSING or name.value not in FORCING:
            continue
        allowed = FORCING[name.value]
        yield from RULE.require(
            node,
            f"{name.path.removesuffix('.name')}.value",
            lambda value, allowed=allowed: str(value).lower() in allowed,  # type: ignore[misc]
            f"of {name.value} must be one of {', '.join(allowed)}",
        )
