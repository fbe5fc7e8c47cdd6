"""Reading one type of resource back into Pulumi's property names, and the helpers that readers share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from policies.graph import UNKNOWN, Node

Props = Mapping[str, Any]
Read = Callable[[Any, Node], Props | None]
"""From a boto3 client and the state's node: the inputs as they are now, None where the resource is gone."""

ALWAYS_FIXED = frozenset({"region", "description", "forceDestroy", "skipDestroy", "name", "namePrefix"})


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How one type is read.

    `fixed` are inputs that cannot change behind Pulumi's back (AWS sets them at creation only, or they tell Pulumi what
    to do) or that no policy looks at. The state's values hold for them; any other input that `read` does not give is
    unknown.
    """

    service: str
    read: Read
    fixed: frozenset[str] = frozenset()
    everywhere: bool = False  # a global service: its client needs no region


def reader(service: str, read: Read, *fixed: str, everywhere: bool = False) -> Reader:
    return Reader(service=service, read=read, fixed=ALWAYS_FIXED | frozenset(fixed), everywhere=everywhere)


def camel(value: Any) -> Any:
    """An answer's PascalCase names as Pulumi spells them: `ObjectOwnership` → objectOwnership, `ID` → id."""
    if isinstance(value, Mapping):
        return {_lower(name): camel(inner) for name, inner in value.items()}
    return [camel(each) for each in value] if isinstance(value, list) else value


def _lower(name: str) -> str:
    return name.lower() if name.isupper() else name[:1].lower() + name[1:]


def pick(answer: Props, *names: str, **renamed: str) -> dict[str, Any]:
    """Those of an answer's values that are there, in camel case or under the name given (`kmsKeyId="KmsKeyArn"`)."""
    chosen = {**{_lower(name): name for name in names}, **renamed}
    return {ours: camel(answer[theirs]) for ours, theirs in chosen.items() if answer.get(theirs) is not None}


def attempted(read: Callable[[], Any]) -> Any:
    """A part of an answer that needs a call of its own; unknown where that call fails."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only live checks load boto3

    try:
        return read()
    except (BotoCoreError, ClientError):
        return UNKNOWN


def tags(listed: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """A list of keys and values, however spelt, without AWS's own."""
    pairs = {each.get("Key", each.get("key", "")): each.get("Value", each.get("value", "")) for each in listed or ()}
    return {key: value for key, value in pairs.items() if not key.startswith("aws:")}


def only(answer: Mapping[str, Any], key: str) -> Props | None:
    """The one element of a describing call's list; None where it is empty."""
    found = answer.get(key) or []
    return found[0] if found else None
