"""A cluster as other components see it: the keep's own, or the shared platform's."""

from typing import Protocol

import pulumi


class ClusterLike(Protocol):
    """Where a cluster is and what its nodes are reached by."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    ca: pulumi.Output[str]  # certificate authority, base64 as a kubeconfig holds it
