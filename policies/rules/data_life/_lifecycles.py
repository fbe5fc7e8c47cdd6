"""Lifecycle rules of a bucket in one shape, whether they stand in the bucket or beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policies.graph import Node, ResourceGraph
from policies.reading import MISSING, Found, first, read
from policies.rules.data_life._common import companions

LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LIFECYCLES = (LIFECYCLE, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2")


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """One rule. Days are numbers, MISSING or UNKNOWN, each with the path it stands at."""

    node: Node
    at: str
    inline: bool

    @property
    def known(self) -> bool:
        return next(read(self.node.inputs, self.at)).known

    @property
    def holds_for_all(self) -> bool:
        """Enabled, and not narrowed to a prefix, a tag or a size."""
        if self.inline:
            enabled, narrowing = self._value("enabled") is True, (self._value("prefix"), self._value("tags"))
        else:
            enabled = self._value("status") == "Enabled"
            narrow_filter = {key: value for key, value in self._filter.items() if value not in ("", None)}
            narrowing = (narrow_filter, self._value("prefix"))
        return enabled and not any(narrowing)

    @property
    def current(self) -> Found:
        return self._found("expiration.days")

    @property
    def noncurrent(self) -> Found:
        return self._found(
            "noncurrentVersionExpiration.days" if self.inline else "noncurrentVersionExpiration.noncurrentDays"
        )

    @property
    def unfinished(self) -> Found:
        return self._found(
            "abortIncompleteMultipartUploadDays"
            if self.inline
            else "abortIncompleteMultipartUpload.daysAfterInitiation"
        )

    @property
    def _filter(self) -> dict[str, Any]:
        value = self._value("filter")
        return dict(value) if isinstance(value, dict) else {}

    def _found(self, name: str) -> Found:
        return next(read(self.node.inputs, f"{self.at}.{name}"))

    def _value(self, name: str) -> Any:
        return first(self.node.inputs, f"{self.at}.{name}")


def expiries(bucket: Node, graph: ResourceGraph) -> Iterator[Expiry]:
    """All lifecycle rules of a bucket."""
    for holder, name in (
        (bucket, "lifecycleRules"),
        *((each, "rules") for each in companions(bucket, graph, *LIFECYCLES)),
    ):
        for found in read(holder.inputs, f"{name}[*]"):
            if found.value is not MISSING:
                yield Expiry(node=holder, at=found.path, inline=holder is bucket)
