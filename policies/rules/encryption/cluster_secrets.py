"""Kubernetes secrets lie in etcd, encoded and no more, unless a key of ours envelops them."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import customer_key

CLUSTER = "aws:eks/cluster:Cluster"
RESOURCES, KEY = "encryptionConfig.resources", "encryptionConfig.provider.keyArn"

RULE = Rule(
    id="cluster-secrets",
    title="Cluster secrets are enveloped with the keep's own key",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(CLUSTER,),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Whoever gets at etcd or its backup reads every token in it.",
    remedy="use components.compute.cluster, or set encryptionConfig for secrets with the key of data class secret",
    frameworks={"CIS EKS": ("5.3.1",), "SOC 2": ("CC6.1",), "ISO 27001": ("A.8.24",)},
)


@RULE.check
def envelops_secrets(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(node, RESOURCES, lambda named: "secrets" in named, "must hold 'secrets'")
    yield from customer_key(RULE, node, KEY)
