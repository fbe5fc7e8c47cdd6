"""A reference to a cluster, for other components: the keep's own, or the shared platform's."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class ClusterRef:
    """A cluster and the address of its API."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    ca: pulumi.Output[str]  # certificate authority, base64 as in a kubeconfig
