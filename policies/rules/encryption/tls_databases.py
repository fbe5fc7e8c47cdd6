"""Databases, caches and brokers that accept plain connections will get some."""

from collections.abc import Iterator

from policies.conditions import TRUE, Condition, Expectation, equals
from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Severity, encryption_rule
from policies.rules._types import PARAMETER_GROUPS

IN_TRANSIT = "encryptionInfo.encryptionInTransit"
FORCING = {
    "rds.force_ssl": ("1", "true", "on"),
    "require_secure_transport": ("1", "true", "on"),
    "require_ssl": ("1", "true"),
    "tls": ("enabled", "tls1.2+", "tls1.3+", "fips-140-3"),
}
"""Parameters that force TLS, and the values that do."""

RULE = encryption_rule(
    id="tls-databases",
    title="Databases, caches and brokers accept only TLS connections",
    severity=Severity.HIGH,
    applies_to=(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:rds/proxy:Proxy",
        "aws:dax/cluster:Cluster",
        "aws:memorydb/cluster:Cluster",
        "aws:msk/cluster:Cluster",
        *PARAMETER_GROUPS,
    ),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="A driver falls back to plain text in silence where the server lets it.",
    remedy="require TLS at the server: transitEncryptionEnabled, requireTls, clientBroker TLS, rds.force_ssl",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
    expects={
        "aws:elasticache/replicationGroup:ReplicationGroup": (
            Expectation("transitEncryptionEnabled", TRUE),
            Expectation("transitEncryptionMode", equals("required"), optional=True),
        ),
        "aws:rds/proxy:Proxy": (Expectation("requireTls", TRUE),),
        "aws:dax/cluster:Cluster": (Expectation("clusterEndpointEncryptionType", equals("TLS")),),
        "aws:memorydb/cluster:Cluster": (Expectation("tlsEnabled", TRUE, optional=True),),
        "aws:msk/cluster:Cluster": (
            Expectation(f"{IN_TRANSIT}.clientBroker", equals("TLS"), optional=True),
            Expectation(f"{IN_TRANSIT}.inCluster", TRUE, optional=True),
        ),
    },
)


@RULE.check
def parameters_force_tls(node: Node, _: Case) -> Iterator[Finding]:
    """A group that leaves a parameter out keeps the engine's default, which depends on the engine's version."""
    for name in read(node.inputs, "parameters[*].name") if node.type in PARAMETER_GROUPS else ():
        if name.value is not MISSING and name.value in FORCING:
            path = f"{name.path.removesuffix('.name')}.value"
            yield from RULE.require(node, path, _forces_tls(name.value))


def _forces_tls(name: str) -> Condition:
    allowed = FORCING[name]
    return Condition(lambda value: str(value).lower() in allowed, f"{name} must be {' or '.join(allowed)}")
