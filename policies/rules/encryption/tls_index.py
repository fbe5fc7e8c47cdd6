"""Queries and chunks travel to the index and between its nodes: code, both of them."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

DOMAIN = "aws:opensearch/domain:Domain"
TYPES = (DOMAIN, "aws:elasticsearch/domain:Domain")
HTTPS, POLICY = "domainEndpointOptions.enforceHttps", "domainEndpointOptions.tlsSecurityPolicy"
BETWEEN_NODES = "nodeToNodeEncryption.enabled"
MODERN = (
    "Policy-Min-TLS-1-2-2019-07",
    "Policy-Min-TLS-1-2-PFS-2023-10",
    "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08",
)

RULE = Rule(
    id="tls-index",
    title="The vector index takes TLS 1.2 or later alone, between its nodes too",
    severity=Severity.CRITICAL,
    family=Family.ENCRYPTION,
    applies_to=TYPES,
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="Left to its defaults a domain answers plain HTTP and TLS 1.0, and its nodes talk in clear.",
    remedy="use components.storage.vector_index, which sets all three",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
)


@RULE.check
def speaks_tls(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(node, HTTPS, lambda value: value is True, "must be true")
    yield from RULE.require(node, POLICY, lambda value: value in MODERN, f"must be one of {', '.join(MODERN)}")
    yield from RULE.require(node, BETWEEN_NODES, lambda value: value is True, "must be true")
