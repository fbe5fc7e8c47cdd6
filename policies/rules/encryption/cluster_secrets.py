"""Kubernetes secrets are stored in etcd, merely encoded unless a key of ours encrypts them."""

from policies.conditions import Expectation, contains
from policies.rule import Requirement, Severity, encryption_rule
from policies.rules._types import CLUSTER
from policies.rules.encryption._at_rest import OWN_KEY

RULE = encryption_rule(
    id="cluster-secrets",
    title="Cluster secrets are encrypted with the keep's own key",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Whoever gets at etcd or its backup reads every token in it.",
    remedy="use components.compute.cluster, or set encryptionConfig for secrets with the key of data class secret",
    frameworks={"CIS EKS": ("5.3.1",), "SOC 2": ("CC6.1",), "ISO 27001": ("A.8.24",)},
    expects={
        CLUSTER: (
            Expectation("encryptionConfig.resources", contains("secrets")),
            Expectation("encryptionConfig.provider.keyArn", OWN_KEY),
        )
    },
)
