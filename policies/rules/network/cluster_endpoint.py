"""The endpoint of an EKS cluster must not be public: whoever reaches it needs only one leaked token."""

from policies.conditions import FALSE, TRUE, Expectation
from policies.rule import Requirement, Severity, network_rule
from policies.rules._types import CLUSTER
from policies.rules.network._common import FRAMEWORKS

RULE = network_rule(
    id="cluster-endpoint",
    title="The Kubernetes API of every cluster is private",
    severity=Severity.CRITICAL,
    requirement=Requirement.ISOLATION,
    why="By default EKS opens the API to the internet.",
    remedy="set endpoint_public_access=False and endpoint_private_access=True, as components.compute.cluster does",
    frameworks={**FRAMEWORKS, "CIS EKS": ("5.4.1", "5.4.2")},
    expects={
        CLUSTER: (
            Expectation("vpcConfig.endpointPublicAccess", FALSE),
            Expectation("vpcConfig.endpointPrivateAccess", TRUE),
        )
    },
)
