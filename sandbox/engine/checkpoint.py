"""The checkpoint file: version 3, as `pulumi stack export` and the file backend write it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from codekeep_contracts.faults import Fault

from sandbox.engine.crypter import ClosedCrypter, Crypter, PassphraseCrypter
from sandbox.engine.state import (
    Operation,
    ResourceState,
    in_dependency_order,
    operation_from_json,
    operation_to_json,
    resource_from_json,
    resource_to_json,
)
from sandbox.engine.urn import ROOT_STACK_TYPE
from sandbox.engine.values import Props

VERSION = 3


class CheckpointError(Fault, ValueError):
    """The checkpoint or its journal cannot be read."""


@dataclass
class StackState:
    """All instances by a key that is valid for one run, and the operations in progress. Not thread-safe."""

    resources: dict[str, ResourceState] = field(default_factory=dict)
    pending: dict[str, Operation] = field(default_factory=dict)

    @property
    def outputs(self) -> Props:
        """The stack's own outputs."""
        for state in self.resources.values():
            if state.type == ROOT_STACK_TYPE and not state.delete:
                return state.outputs
        return {}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def salt_of(document: Mapping[str, Any]) -> str | None:
    """The salt line of the stack's secrets; None if it has no secrets.

    Raises:
        CheckpointError: the secrets are encrypted by another provider than passphrase.
    """
    provider = (document["checkpoint"].get("latest") or {}).get("secrets_providers")
    if not provider or not provider.get("type"):
        return None
    if provider["type"] != "passphrase":
        raise CheckpointError(
            f"the stack's secrets are encrypted by {provider['type']!r}; the sandbox engine reads 'passphrase' only: "
            "run `pulumi stack change-secrets-provider passphrase` first"
        )
    return str(provider["state"]["salt"])


def parse(content: bytes, file: str) -> dict[str, Any]:
    """The document of a checkpoint.

    Raises:
        CheckpointError: it is no checkpoint of version 3.
    """
    try:
        document = json.loads(content)
    except ValueError as error:
        raise CheckpointError(f"{file}: not JSON ({error}); restore it from a backup") from None
    if not isinstance(document, dict) or not isinstance(document.get("checkpoint"), dict):
        raise CheckpointError(f"{file}: not a checkpoint; expected the keys version and checkpoint")
    if document.get("version") != VERSION:
        raise CheckpointError(f"{file}: version must be {VERSION}, got {document.get('version')!r}; use the pulumi CLI")
    return document


def decode(document: Mapping[str, Any], crypter: Crypter) -> StackState:
    latest = document["checkpoint"].get("latest") or {}
    return StackState(
        resources={
            f"b{index}": resource_from_json(data, crypter) for index, data in enumerate(latest.get("resources") or [])
        },
        pending={
            f"p{index}": operation_from_json(data, crypter)
            for index, data in enumerate(latest.get("pending_operations") or [])
        },
    )


def encode(state: StackState, name: str, crypter: PassphraseCrypter) -> bytes:
    engine_version = f"v{version('pulumi')}"
    latest: dict[str, Any] = {
        "manifest": {
            "time": now(),
            "magic": digest(engine_version.encode()),
            "version": engine_version,
        },
        "secrets_providers": {"type": "passphrase", "state": {"salt": crypter.salt_line}},
        "resources": [resource_to_json(state.resources[key], crypter) for key in in_dependency_order(state.resources)],
        "metadata": {},
    }
    if state.pending:
        latest["pending_operations"] = [operation_to_json(operation, crypter) for operation in state.pending.values()]
    document = {"version": VERSION, "checkpoint": {"stack": name, "latest": latest}}
    return json.dumps(document, indent=1).encode()


def export(state: StackState) -> dict[str, Any]:
    """The state as `pulumi stack export` writes it, with closed secrets."""
    resources = [resource_to_json(resource, ClosedCrypter()) for resource in state.resources.values()]
    return {"version": VERSION, "deployment": {"resources": resources}}


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
