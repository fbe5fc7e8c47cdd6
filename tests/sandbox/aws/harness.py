"""Drives the provider in this process with messages of Pulumi's protocol, as an engine does."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import struct_pb2
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import proto

from sandbox.aws.api import RegionApi
from sandbox.aws.provider import AwsProvider
from sandbox.aws.values import from_plain, to_plain
from sandbox.plugin import Servicer

Props = dict[str, Any]


class ProviderError(Exception):
    """An error that the provider returns to the engine."""


class CheckError(Exception):
    """Failures of check: [(path, reason)]."""

    def __init__(self, failures: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in failures))
        self.failures = failures


class Context:
    """Stands for gRPC's servicer context."""

    async def abort(self, code: Any, details: str) -> None:
        raise ProviderError(details)


@dataclass(frozen=True, kw_only=True)
class Diff:
    changes: bool
    replaces: list[str]
    detailed: dict[str, str]
    delete_before_replace: bool


@dataclass(kw_only=True)
class Deployed:
    """A resource as recorded in an engine's state."""

    token: str
    name: str
    id: str
    inputs: Props
    outputs: Props


@dataclass
class Plugin:
    """One configured provider. Values are plain; pass PropertyValue maps to `raw_check` for secrets and unknowns."""

    region: str = "eu-central-1"
    config: Props = field(default_factory=dict)
    _servicer: Servicer = field(init=False)
    _provider: AwsProvider = field(init=False)

    def __post_init__(self) -> None:
        self._provider = AwsProvider()
        self._servicer = Servicer([], "0.0.0", self._provider, "")
        args = _struct({"region": self.region, **self.config})
        self._call("Configure", proto.ConfigureRequest(args=args, acceptSecrets=True))

    def api(self, region: str | None = None) -> RegionApi:
        """The account's API, for changes outside of Pulumi."""
        return self._provider._api(region or self.region)  # type: ignore[return-value]

    def check(self, token: str, name: str, inputs: Props, old: Props | None = None, seed: bytes = b"seed") -> Props:
        request = proto.CheckRequest(urn=urn(token, name), news=_struct(inputs), randomSeed=seed)
        if old is not None:
            request.olds.CopyFrom(_struct(old))
        answer = self._call("Check", request)
        if answer.failures:
            raise CheckError([(failure.property, failure.reason) for failure in answer.failures])
        return _plain(answer.inputs)

    def create(self, token: str, name: str, inputs: Props) -> Deployed:
        """Check and create."""
        checked = self.check(token, name, inputs)
        answer = self._call("Create", proto.CreateRequest(urn=urn(token, name), properties=_struct(checked)))
        return Deployed(token=token, name=name, id=answer.id, inputs=checked, outputs=_plain(answer.properties))

    def preview(self, token: str, name: str, inputs: Props) -> tuple[str, Props]:
        checked = self.check(token, name, inputs)
        answer = self._call(
            "Create", proto.CreateRequest(urn=urn(token, name), properties=_struct(checked), preview=True)
        )
        return answer.id, _plain(answer.properties)

    def diff(self, made: Deployed, inputs: Props) -> Diff:
        checked = self.check(made.token, made.name, inputs, made.inputs)
        answer = self._call(
            "Diff",
            proto.DiffRequest(
                urn=urn(made.token, made.name),
                id=made.id,
                olds=_struct(made.outputs),
                news=_struct(checked),
                old_inputs=_struct(made.inputs),
            ),
        )
        return Diff(
            changes=answer.changes == proto.DiffResponse.DIFF_SOME,
            replaces=list(answer.replaces),
            detailed={path: proto.PropertyDiff.Kind.Name(change.kind) for path, change in answer.detailedDiff.items()},
            delete_before_replace=answer.deleteBeforeReplace,
        )

    def update(self, made: Deployed, inputs: Props, *, preview: bool = False) -> Deployed:
        checked = self.check(made.token, made.name, inputs, made.inputs)
        answer = self._call(
            "Update",
            proto.UpdateRequest(
                urn=urn(made.token, made.name),
                id=made.id,
                olds=_struct(made.outputs),
                news=_struct(checked),
                old_inputs=_struct(made.inputs),
                preview=preview,
            ),
        )
        return Deployed(token=made.token, name=made.name, id=made.id, inputs=checked, outputs=_plain(answer.properties))

    def read(self, made: Deployed) -> Deployed | None:
        """Refreshes the resource; None if it is gone."""
        return self._read(made.token, made.name, made.id, made.inputs, made.outputs)

    def import_(self, token: str, name: str, id_: str) -> Deployed | None:
        return self._read(token, name, id_, {}, {})

    def delete(self, made: Deployed) -> None:
        self._call(
            "Delete",
            proto.DeleteRequest(urn=urn(made.token, made.name), id=made.id, properties=_struct(made.outputs)),
        )

    def invoke(self, token: str, arguments: Props) -> Props:
        answer = self._call("Invoke", proto.InvokeRequest(tok=token, args=_struct(arguments)))
        return _plain(getattr(answer, "return"))

    def _read(self, token: str, name: str, id_: str, inputs: Props, outputs: Props) -> Deployed | None:
        answer = self._call(
            "Read",
            proto.ReadRequest(urn=urn(token, name), id=id_, properties=_struct(outputs), inputs=_struct(inputs)),
        )
        if not answer.id:
            return None
        return Deployed(
            token=token, name=name, id=answer.id, inputs=_plain(answer.inputs), outputs=_plain(answer.properties)
        )

    def _call(self, method: str, request: Any) -> Any:
        return asyncio.run(getattr(self._servicer, method)(request, Context()))


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Sets environment variables of this process for the length of the block."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:test::codekeep::{token}::{name}"


def _struct(props: Props) -> struct_pb2.Struct:
    return PropertyValue.marshal_map(from_plain(props))


def _plain(struct: struct_pb2.Struct) -> Props:
    return to_plain(PropertyValue.unmarshal_map(struct))
