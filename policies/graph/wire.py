"""Pulumi's property encoding (gRPC, checkpoints, previews) to plain values: secrets masked, unknowns marked."""

from collections.abc import Mapping
from typing import Any

from policies.graph.values import SECRET, UNKNOWN

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's type tag for a secret
RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7"
UNKNOWN_VALUES = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string, or any
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
    }
)
PREVIEW_SECRET = "[secret]"  # noqa: S105 - what `pulumi preview --json` prints in a secret's place


def plain(value: Any, secrets: list[str], path: str = "") -> Any:
    """The value without Pulumi's envelopes; appends the path of every secret it masks to `secrets`."""
    if isinstance(value, Mapping):
        return _object(value, secrets, path)
    if isinstance(value, (list, tuple)):
        return [plain(item, secrets, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # gRPC structs and checkpoints have doubles only
    if value == PREVIEW_SECRET:
        secrets.append(path)
        return SECRET
    return UNKNOWN if isinstance(value, str) and value in UNKNOWN_VALUES else value


def plain_properties(properties: Mapping[str, Any] | None) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The properties as plain values, and the paths of the secrets among them."""
    secrets: list[str] = []
    values = {key: plain(value, secrets, key) for key, value in (properties or {}).items()}
    return values, tuple(secrets)


def _object(value: Mapping[str, Any], secrets: list[str], path: str) -> Any:
    signature = value.get(SIGNATURE)
    if signature == SECRET_SIGNATURE:
        secrets.append(path)
        return SECRET
    if signature == OUTPUT_SIGNATURE:
        if value.get("secret"):
            secrets.append(path)
            return SECRET
        return plain(value["value"], secrets, path) if "value" in value else UNKNOWN
    if signature == RESOURCE_SIGNATURE:
        return value["urn"]
    if signature in (ASSET_SIGNATURE, ARCHIVE_SIGNATURE):
        return {key: plain(inner, secrets, f"{path}.{key}") for key, inner in value.items() if key != SIGNATURE}
    return {key: plain(inner, secrets, f"{path}.{key}" if path else key) for key, inner in value.items()}
