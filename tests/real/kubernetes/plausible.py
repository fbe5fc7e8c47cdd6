"""Values as a deployment would have them, where a recorded graph holds references."""

import re
from collections.abc import Mapping
from typing import Any

ACCOUNT = "111122223333"
REGION = "eu-central-1"
NUMBER = 0x0123456789ABCDEF0
_REFERENCE = re.compile(r"\$\{(?P<urn>urn:pulumi:[^#{}]+)#(?P<output>[A-Za-z0-9]+)\}|\$\{(?P<mark>unknown|secret)\}")


def plausible(value: Any) -> Any:
    """The value with every `${...}` replaced; the same reference is the same value each time."""
    if isinstance(value, str):
        return _REFERENCE.sub(_value, value)
    if isinstance(value, Mapping):
        return {key: plausible(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plausible(inner) for inner in value]
    return value


def _value(match: "re.Match[str]") -> str:
    if match["mark"]:
        return str(match["mark"])
    *_, type_, name = match["urn"].split("::")
    service = type_.rpartition("$")[2].split(":")[1].partition("/")[0]
    known = {
        "arn": f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}",
        "repositoryUrl": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/codekeep/{name}",
        "url": f"https://{service}.{REGION}.amazonaws.com/{ACCOUNT}/{name}",
        "endpoint": f"vpc-{name}.{REGION}.es.amazonaws.com",
        "vpcId": f"vpc-{NUMBER:017x}",
    }
    return known.get(match["output"], name)
