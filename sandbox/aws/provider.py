"""The aws provider's operations: asynchronous methods over the resource types, each call in its own thread."""

import asyncio
import contextvars
import os
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, EndpointConnectionError
from codekeep_contracts.sandbox_variables import SANDBOX_LEDGER
from pulumi.provider.experimental import provider as sdk

from awsread.errors import code_of
from awsread.schema import TypeSchema, schema_of
from sandbox.aws.api import AwsSession, RegionApi
from sandbox.aws.calls import current_urn
from sandbox.aws.check import ProviderDefaults, check, is_automatic
from sandbox.aws.diff import Difference, Kind, difference, reconciled
from sandbox.aws.endpoint import endpoint_from_environment
from sandbox.aws.errors import RETRYABLE, InvalidParameterError, StandInError, UnknownTypeError, describe
from sandbox.aws.ledger import SqliteLedger
from sandbox.aws.registry import function_for, resource_for
from sandbox.aws.resource import Api, Props, Resource
from sandbox.aws.settings import ProviderSettings
from sandbox.aws.values import UNKNOWN, from_plain, to_plain
from sandbox.plugin import old_inputs

THREADS = 32
RETRY_DELAYS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
IMPORT_ID = re.compile(r"^(?P<id>.+)@(?P<region>[a-z]{2}(-[a-z]+)+-\d)$")

KINDS = {
    (Kind.ADD, False): sdk.PropertyDiffKind.ADD,
    (Kind.ADD, True): sdk.PropertyDiffKind.ADD_REPLACE,
    (Kind.DELETE, False): sdk.PropertyDiffKind.DELETE,
    (Kind.DELETE, True): sdk.PropertyDiffKind.DELETE_REPLACE,
    (Kind.UPDATE, False): sdk.PropertyDiffKind.UPDATE,
    (Kind.UPDATE, True): sdk.PropertyDiffKind.UPDATE_REPLACE,
}

Result = TypeVar("Result")


def type_of(urn: str) -> str:
    """The resource's own type; the SDK's `request.type` has those of its parents before it."""
    return urn.split("::")[2].rpartition("$")[2]


def _type(urn: str) -> tuple[TypeSchema, Resource]:
    try:
        return schema_of(type_of(urn)), resource_for(type_of(urn))
    except LookupError as error:
        raise UnknownTypeError(str(error)) from error


class AwsProvider(sdk.Provider):
    """Serves package `aws` from the sandbox account."""

    def __init__(self) -> None:
        self._settings: ProviderSettings | None = None
        self._session: AwsSession | None = None
        self._ledger: SqliteLedger | None = None
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="aws")

    # Configuration

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        config = to_plain(request.new_inputs)
        if not any(value is UNKNOWN for value in config.values()):
            try:
                ProviderSettings.from_config(config)
            except StandInError as error:
                return sdk.CheckResponse(inputs=request.new_inputs, failures=[sdk.CheckFailure("", str(error))])
        return sdk.CheckResponse(inputs=request.new_inputs)

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        endpoint_from_environment()
        variables = {key.rpartition(":")[2]: value for key, value in request.variables.items()}
        known = {key: value for key, value in {**variables, **to_plain(request.args)}.items() if value is not UNKNOWN}
        self._settings = ProviderSettings.from_config(known)
        self._session = None
        return sdk.ConfigureResponse(accept_secrets=True, supports_preview=True)

    @property
    def settings(self) -> ProviderSettings:
        if self._settings is None:
            raise StandInError("aws provider: used before it was configured")
        return self._settings

    # Operations

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        schema, resource = _type(request.urn)
        inputs, failures = check(
            resource,
            schema,
            name=request.name,
            seed=request.random_seed,
            old=to_plain(request.old_inputs),
            new=to_plain(request.new_inputs),
            provider=ProviderDefaults(region=self.settings.region, default_tags=self.settings.default_tags),
        )
        return sdk.CheckResponse(
            inputs=from_plain(inputs, request.new_inputs),
            failures=[sdk.CheckFailure(failure.path, failure.reason) for failure in failures],
        )

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        schema, resource = _type(request.urn)
        old = to_plain(old_inputs.get({}) or request.old_state)
        new = to_plain(request.new_inputs)
        found = _without_ignored(difference(resource, schema.computed, old, new), request.ignore_changes)
        return sdk.DiffResponse(
            changes=bool(found.changes),
            replaces=sorted(found.replaces),
            delete_before_replace=bool(found.replaces) and _cannot_coexist(resource, request.name, old, new),
            diffs=sorted(found.changed),
            detailed_diff={
                change.path: sdk.PropertyDiff(KINDS[change.kind, change.top in found.replaces], input_diff=True)
                for change in found.changes
            },
        )

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        schema, resource = _type(request.urn)
        inputs = to_plain(request.properties)
        if request.preview:
            unknown = dict.fromkeys(schema.outputs - inputs.keys(), UNKNOWN)
            outputs = _completed(schema, inputs, {}, self._region(inputs))
            return sdk.CreateResponse(properties=from_plain({**unknown, **outputs}, request.properties))
        created = await self._run(
            "create", request.urn, lambda: resource.create(self._api(self._region(inputs)), inputs)
        )
        outputs = _completed(schema, inputs, created.outputs, self._region(inputs))
        return sdk.CreateResponse(resource_id=created.id, properties=from_plain(outputs, request.properties))

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        schema, resource = _type(request.urn)
        state, known = to_plain(request.properties), to_plain(request.inputs)
        id_, region = self._identity(request.resource_id, schema, state, known)
        live = await self._run("read", request.urn, lambda: resource.read(self._api(region), id_, state))
        if live is None:
            return sdk.ReadResponse(resource_id="")
        found = {key: value for key, value in live.inputs.items() if schema.has_input(key)}
        if schema.has_input("region"):
            found["region"] = region
        marks = {**request.properties, **request.inputs}
        return sdk.ReadResponse(
            resource_id=live.id or id_,
            properties=from_plain(_completed(schema, live.inputs, live.outputs, region), marks),
            inputs=from_plain(reconciled(resource, schema.computed, known, state, found), marks),
        )

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        schema, resource = _type(request.urn)
        state, new = to_plain(request.olds), to_plain(request.news)
        before = to_plain(old_inputs.get({})) or state
        kept = {key: value for key, value in state.items() if key not in before}
        region = self._region(state)
        marks = {**request.olds, **request.news}
        changed = difference(resource, schema.computed, before, new).changed
        if request.preview:
            fresh = dict.fromkeys(resource.outputs_changed_by(new, changed), UNKNOWN)
            return sdk.UpdateResponse(properties=from_plain(_completed(schema, {**kept, **new}, fresh, region), marks))
        old = {**state, **before}
        added = await self._run(
            "update",
            request.urn,
            lambda: _with_retries(lambda: resource.update(self._api(region), request.resource_id, old, new, changed)),
        )
        return sdk.UpdateResponse(properties=from_plain(_completed(schema, {**kept, **new}, added, region), marks))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        _, resource = _type(request.urn)
        state = to_plain(request.properties)
        api_region = self._region(state)
        await self._run(
            "delete",
            request.urn,
            lambda: _with_retries(lambda: resource.delete(self._api(api_region), request.resource_id, state)),
        )

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        function = function_for(request.tok)
        arguments = to_plain(request.args)
        region = str(arguments.get("region") or self.settings.region)
        result = await self._run("invoke", request.tok, lambda: function(self._api(region), arguments))
        return sdk.InvokeResponse(return_value=from_plain(result))

    # Helpers

    def _region(self, props: Props) -> str:
        region = props.get("region")
        return region if isinstance(region, str) and region else self.settings.region

    def _identity(self, given: str, schema: TypeSchema, state: Props, inputs: Props) -> tuple[str, str]:
        """(id, region) of the resource to read; the id of an import may be `id@region`."""
        match = None if state else IMPORT_ID.match(given)
        if match is not None and schema.has_input("region"):
            return match["id"], match["region"]
        return given, self._region(state or inputs)

    def _api(self, region: str) -> Api:
        with self._lock:
            if self._session is None:
                self._session = self.settings.open_session(endpoint_from_environment())
                self._ledger = SqliteLedger(_ledger_path(), self._session.account_id)
            session, ledger = self._session, self._ledger
        if ledger is None:
            raise StandInError("aws provider: the ledger is not open")
        return RegionApi(session, region, ledger)

    async def _run(self, verb: str, subject: str, call: Callable[[], Result]) -> Result:
        """Runs a blocking call in a thread. Errors of AWS are raised again with verb, operation and code."""
        context = contextvars.copy_context()
        context.run(current_urn.set, subject)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, call)
        except (EndpointConnectionError, ConnectionClosedError) as error:
            raise StandInError(
                f"{verb} {_short(subject)}: the sandbox account does not answer at {endpoint_from_environment()}; "
                "bring it back with `codekeep sandbox start`"
            ) from error
        except (ClientError, BotoCoreError, InvalidParameterError) as error:
            raise StandInError(f"{verb} {_short(subject)}: {describe(error)}") from error


def _completed(schema: TypeSchema, inputs: Props, added: Props, region: str) -> Props:
    """The full state: inputs, what AWS added, and what every type has."""
    outputs = {**inputs, **added}
    if "region" in schema.outputs:
        outputs["region"] = region
    if "tagsAll" in schema.outputs:
        outputs["tagsAll"] = outputs.get("tags") or {}
    return {key: value for key, value in outputs.items() if value is not None}


def _cannot_coexist(resource: Resource, name: str, old: Props, new: Props) -> bool:
    """Whether the replacement has the same explicit name, so that both cannot exist at once."""
    if resource.delete_before_replace:
        return True
    key = resource.auto_name
    if key is None:
        return False
    found = new.get(key)
    return isinstance(found, str) and found == old.get(key) and not is_automatic(resource, name, found, new)


def _without_ignored(found: Difference, ignored: list[str]) -> Difference:
    if not ignored:
        return found
    changes = tuple(change for change in found.changes if not any(_covers(path, change.path) for path in ignored))
    left = {change.top for change in changes}
    return Difference(changes=changes, replaces=found.replaces & left)


def _covers(ignored: str, path: str) -> bool:
    return ignored in {"*", path} or path.startswith((f"{ignored}.", f"{ignored}["))


def _with_retries(call: Callable[[], Result]) -> Result:
    """Retries, with growing pauses, a call that AWS refuses while something still depends on the resource."""
    for delay in RETRY_DELAYS_SECONDS:
        try:
            return call()
        except ClientError as error:
            if code_of(error) not in RETRYABLE:
                raise
            time.sleep(delay)
    return call()


def _ledger_path() -> Path:
    path = os.environ.get(SANDBOX_LEDGER, "")
    if not path:
        raise StandInError(f"{SANDBOX_LEDGER} is not set: take the variables from `codekeep sandbox env`")
    return Path(path)


def _short(subject: str) -> str:
    """Type and name of a URN; a function's token as it is."""
    parts = subject.split("::")
    return f"{parts[-2].rpartition('$')[2]} {parts[-1]!r}" if len(parts) > 2 else subject
