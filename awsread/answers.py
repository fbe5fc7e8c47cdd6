"""Converts AWS's answers to properties, in the state's spelling where both mean the same."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from awsread.errors import or_none
from awsread.reader import Aws, Props


def one(call: Callable[..., Mapping[str, Any]], key: str, **arguments: Any) -> Props | None:
    """The first element that a describe call lists under `key`, None if there is none."""
    found = (or_none(call, **arguments) or {}).get(key)
    return dict(found[0]) if found else None


def pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Props]:
    """Every element that a call lists under `key`, over all pages."""
    return [item for page in client.get_paginator(operation).paginate(**arguments) for item in page[key]]


def filters(**values: str | Iterable[str]) -> list[Props]:
    """`filters(vpc_id=x)` → `[{"Name": "vpc-id", "Values": [x]}]`."""
    return [
        {"Name": name.replace("_", "-"), "Values": [value] if isinstance(value, str) else list(value)}
        for name, value in values.items()
    ]


def camel(value: Any) -> Any:
    """PascalCase names as Pulumi spells them: `ObjectOwnership` → objectOwnership, `ID` → id."""
    if isinstance(value, Mapping):
        return {_lower(name): camel(inner) for name, inner in value.items()}
    return [camel(each) for each in value] if isinstance(value, list) else value


def pick(answer: Mapping[str, Any], *names: str, **renamed: str) -> Props:
    """The named values that an answer contains, under their names in camel case or another (`kmsKeyId="KmsKeyArn"`)."""
    chosen = {**{_lower(name): name for name in names}, **renamed}
    return {ours: camel(answer[theirs]) for ours, theirs in chosen.items() if answer.get(theirs) is not None}


def tag_map(tags: Iterable[Mapping[str, str]] | Mapping[str, str] | None) -> dict[str, str]:
    """The user's tags from any of AWS's formats; tags that AWS sets are left out, as by the provider."""
    if not isinstance(tags, Mapping):
        tags = dict(_pair(tag) for tag in tags or ())
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def arn(aws: Aws, service: str, resource: str) -> str:
    """ARN of a resource in the reader's account and region."""
    return f"arn:{aws.partition}:{service}:{aws.region}:{aws.account_id}:{resource}"


def dns_suffix(aws: Aws) -> str:
    """Domain of AWS's endpoints in a partition."""
    return "amazonaws.com.cn" if aws.partition == "aws-cn" else "amazonaws.com"


def same_set(known: Any, live: Iterable[Any]) -> list[Any]:
    """A set as a list: in the state's order where the members are the same, else sorted."""
    members = sorted(live, key=_canonical)
    if isinstance(known, list) and sorted(map(_canonical, known)) == [_canonical(member) for member in members]:
        return list(known)
    return members


def same_json(known: Any, live: Any) -> str | None:
    """A JSON document as the state spells it where it means the same as the live text or object."""
    if live is None:
        return None
    text = live if isinstance(live, str) else json.dumps(live)
    try:
        return known if isinstance(known, str) and json.loads(known) == json.loads(text) else text
    except ValueError:
        return text


def same_number(known: Any, live: Any) -> Any:
    """A number that Pulumi has as text, as the state spells it where it is the same."""
    try:
        return known if isinstance(known, str) and float(known) == float(live) else live
    except (TypeError, ValueError):
        return live


def int_if_whole(number: Any) -> Any:
    """Turns 80.0 into 80; any other value stays."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def is_true(value: Any) -> bool:
    """A flag that AWS answers as text."""
    return str(value).lower() == "true"


def _lower(name: str) -> str:
    return name.lower() if name.isupper() else name[:1].lower() + name[1:]


def _pair(tag: Mapping[str, str]) -> tuple[str, str]:
    key = next(name for name in ("Key", "key", "TagKey") if name in tag)
    return tag[key], tag.get(key.replace("Key", "Value").replace("key", "value"), "")


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
