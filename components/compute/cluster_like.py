"""A cluster as other components see it: the keep's own, or the shared platform's."""

from dataclasses import dataclass
from typing import Protocol

import pulumi


class ClusterLike(Protocol):
    """Where a cluster is and how its API is reached."""

    @property
    def name(self) -> pulumi.Output[str]: ...

    @property
    def arn(self) -> pulumi.Output[str]: ...

    @property
    def endpoint(self) -> pulumi.Output[str]: ...

    @property
    def ca(self) -> pulumi.Output[str]:
        """Certificate authority, base64 as a kubeconfig holds it."""
        ...


@dataclass(frozen=True, kw_only=True)
class ClusterRef:
    """A cluster of another stack."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    ca: pulumi.Output[str]
