"""Common inputs of every part of a release: the keep, its namespace, and the images."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pulumi

from components.identity.workload import Operator, Workload
from components.naming import Keep, Tier
from components.release.labels import keep_labels, labels_of

DIGEST_PATTERN = re.compile(r"^sha256:[0-9a-f]{64}$")
DIGEST_LENGTH = 16  # hexadecimal digits
VERSION_PATTERN = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$")  # a label's value


class Priority(StrEnum):
    """Priority of pods: developers wait for SERVING, nobody for BATCH; RESERVE keeps room for the others."""

    SERVING = "serving"
    BATCH = "batch"
    RESERVE = "reserve"


@dataclass(frozen=True, kw_only=True)
class ReleaseBase:
    """`images` has, by name, `repository@sha256:<digest>`; every pod is created after `after`."""

    keep: Keep
    namespace: pulumi.Input[str]
    version: str
    images: Mapping[str, pulumi.Input[str]]
    after: Sequence[pulumi.Resource] = field(default_factory=tuple)
    environment: Mapping[str, str] = field(default_factory=dict)  # of every container of ours: where to send telemetry

    def __post_init__(self) -> None:
        if not VERSION_PATTERN.match(self.version):
            raise ValueError(
                f"version must be 1-63 letters, digits or _ . -, as a label takes it, got {self.version!r}"
            )

    @property
    def own_nodes(self) -> bool:
        """Whether the nodes are labelled with this keep; those of a platform are labelled with the platform."""
        return self.keep.tier is not Tier.POOLED

    def image(self, name: str) -> pulumi.Input[str]:
        """The image by name.

        Raises:
            ValueError: the release has no such image.
        """
        if name not in self.images:
            raise ValueError(f"the release has no image {name!r} (it has: {', '.join(sorted(self.images)) or 'none'})")
        return self.images[name]

    def priority(self, priority: Priority) -> str:
        """Name of the priority class. Classes are cluster-wide, so the keep's name is part of it."""
        return self.keep.physical(priority.value)

    def metadata(self, workload: Workload | Operator, name: str | None = None, **more: Any) -> dict[str, Any]:
        """Metadata of an object of a workload, named `name` or like the workload."""
        labels = labels_of(self.keep, workload, name, version=self.version)
        return {"name": name or workload.value, "namespace": self.namespace, "labels": labels, **more}

    def keep_metadata(self, name: str, component: str, **more: Any) -> dict[str, Any]:
        """Metadata of an object in the namespace that belongs to no single workload."""
        labels = keep_labels(self.keep, component, version=self.version)
        return {"name": name, "namespace": self.namespace, "labels": labels, **more}

    def options(self, parent: pulumi.Resource, *after: pulumi.Resource, **more: Any) -> pulumi.ResourceOptions:
        """Options of a child that starts pods: it is created after `after` and after what all pods of the release
        need.
        """
        return pulumi.ResourceOptions(parent=parent, depends_on=[*self.after, *after], **more)


def by_digest(repository: pulumi.Input[str], digest: str) -> pulumi.Output[str]:
    """Returns the image as pods name it.

    Raises:
        ValueError: the digest is malformed.
    """
    if not DIGEST_PATTERN.match(digest):
        raise ValueError(f"an image's digest must be sha256:<64 hex digits>, got {digest!r}; take it from the push")
    return pulumi.Output.concat(repository, "@", digest)


def text_digest(text: str) -> str:
    """Digest of a text for a pod's annotation, so that a changed text restarts the pods."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
