"""Replaces the references in a recorded graph by values that look like those of a deployment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NUMBER = 0x0123456789ABCDEF0
_REFERENCE = re.compile(r"\$\{(?P<urn>urn:pulumi:[^#{}]+)#(?P<output>[A-Za-z0-9]+)\}|\$\{(?P<mark>unknown|secret)\}")


@dataclass(frozen=True)
class References:
    """References to resources in one account and region."""

    account: str
    region: str

    def resolve(self, value: Any) -> Any:
        """The value with every `${...}` replaced; equal references get equal values."""
        if isinstance(value, str):
            return _REFERENCE.sub(self._value, value)
        if isinstance(value, Mapping):
            return {key: self.resolve(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.resolve(inner) for inner in value]
        return value

    def _value(self, match: "re.Match[str]") -> str:
        if match["mark"]:
            return str(match["mark"])
        *_, type_, name = match["urn"].split("::")
        service = type_.rpartition("$")[2].split(":")[1].partition("/")[0]
        known = {
            "arn": f"arn:aws:{service}:{self.region}:{self.account}:{name}",
            "repositoryUrl": f"{self.account}.dkr.ecr.{self.region}.amazonaws.com/codekeep/{name}",
            "url": f"https://{service}.{self.region}.amazonaws.com/{self.account}/{name}",
            "endpoint": f"vpc-{name}.{self.region}.es.amazonaws.com",
            "vpcId": f"vpc-{NUMBER:017x}",
        }
        return known.get(match["output"], name)
