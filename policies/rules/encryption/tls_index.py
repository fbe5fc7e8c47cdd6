"""Queries and chunks travel to the index and between its nodes: code, both of them."""

from policies.conditions import TRUE, Expectation, one_of
from policies.rule import Requirement, Severity, encryption_rule
from policies.rules._types import DOMAINS

MODERN = (
    "Policy-Min-TLS-1-2-2019-07",
    "Policy-Min-TLS-1-2-PFS-2023-10",
    "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08",
)
TLS = (
    Expectation("domainEndpointOptions.enforceHttps", TRUE),
    Expectation("domainEndpointOptions.tlsSecurityPolicy", one_of(*MODERN)),
    Expectation("nodeToNodeEncryption.enabled", TRUE),
)

RULE = encryption_rule(
    id="tls-index",
    title="The vector index accepts only TLS 1.2 or later, between its nodes too",
    severity=Severity.CRITICAL,
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="By default a domain answers plain HTTP and TLS 1.0, and its nodes talk in clear.",
    remedy="use components.storage.vector_index, which sets all three",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
    expects=dict.fromkeys(DOMAINS, TLS),
)
