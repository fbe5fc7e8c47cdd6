"""Lifecycle rules of a bucket in one shape, whether they are in the bucket or a resource beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policies.graph import Node, ResourceGraph
from policies.graph.values import has_unknown
from policies.reading import MISSING, Found, first, read
from policies.rules.data_life._common import companions

LIFECYCLES = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
)


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """One lifecycle rule; `inline` where it is in the bucket. Days are numbers, MISSING or UNKNOWN, with their path."""

    node: Node
    at: str
    inline: bool

    @property
    def known(self) -> bool:
        """Whether the rule, and everything that `covers_everything` reads of it, is known."""
        return not any(has_unknown(self._value(name)) for name in ("enabled", "status", "prefix", "tags", "filter"))

    @property
    def covers_everything(self) -> bool:
        """Enabled, and not narrowed to a prefix, a tag or a size."""
        if self.inline:
            return self._value("enabled") is True and not (self._value("prefix") or self._value("tags"))
        chosen = self._value("filter")
        narrowed = isinstance(chosen, dict) and any(value not in ("", None) for value in chosen.values())
        return self._value("status") == "Enabled" and not (narrowed or self._value("prefix"))

    @property
    def current(self) -> Found:
        return self._found("expiration.days")

    @property
    def noncurrent(self) -> Found:
        return self._found(f"noncurrentVersionExpiration.{'days' if self.inline else 'noncurrentDays'}")

    @property
    def unfinished(self) -> Found:
        name = "abortIncompleteMultipartUpload"
        return self._found(f"{name}Days" if self.inline else f"{name}.daysAfterInitiation")

    def _found(self, name: str) -> Found:
        return next(read(self.node.inputs, f"{self.at}.{name}"))

    def _value(self, name: str) -> Any:
        return first(self.node.inputs, f"{self.at}.{name}")


def expiries(bucket: Node, graph: ResourceGraph) -> Iterator[Expiry]:
    """All lifecycle rules of a bucket."""
    for holder, name in [
        (bucket, "lifecycleRules"),
        *((each, "rules") for each in companions(bucket, graph, *LIFECYCLES)),
    ]:
        for found in read(holder.inputs, f"{name}[*]"):
            if found.value is not MISSING:
                yield Expiry(node=holder, at=found.path, inline=holder is bucket)
