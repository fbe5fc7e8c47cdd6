"""Policy packs: each a process that judges every resource before its provider is called, and the whole stack at the
end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from codekeep_contracts.engine_events import PolicyRemediation, PolicyViolation, Severity
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from sandbox.engine.diff import compare
from sandbox.engine.pack_config import pack_config, read_pack_config
from sandbox.engine.plugins import PluginError, PluginProcess
from sandbox.engine.provider import ProviderError
from sandbox.engine.reaper import Reaper
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import parse_provider_ref
from sandbox.engine.values import Props, Secret, props_from_struct, struct_from_props

if TYPE_CHECKING:
    from sandbox.engine.deployment import Deployment


@dataclass(frozen=True, kw_only=True)
class PackContext:
    """What a policy pack is told of the stack."""

    project: str
    stack: str
    preview: bool
    config: Mapping[str, str]
    secret_keys: Iterable[str]


@dataclass(frozen=True, kw_only=True)
class PackSource:
    """A policy pack and the file that configures it, if any."""

    folder: Path
    config: Path | None = None


class Analyzers:
    """The packs of one deployment."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self._packs = packs

    def judge(self, deployment: Deployment, state: ResourceState) -> ResourceState:
        """The state with what remediations made of its inputs. Raises ProviderError on a mandatory violation during up.

        At preview a mandatory violation fails the deployment at its end, so that all of them are seen at once.
        """
        for pack in self._packs:
            state = pack.remediate(deployment, state)
        fatal = [
            violation for pack in self._packs for violation in pack.analyze(deployment, state) if violation.mandatory
        ]
        if fatal and not deployment.preview:
            raise ProviderError(f"{state.urn} is refused by policy {', '.join(v.policy for v in fatal)}")
        return state

    def judge_stack(self, deployment: Deployment) -> bool:
        """False on a mandatory violation. Packs are shown what is only read too, which pulumi leaves out."""
        if not self._packs:
            return True
        with deployment.lock:
            states = [claim.state for claim in deployment.claims.values() if claim.state is not None]
        violations = [violation for pack in self._packs for violation in pack.analyze_stack(deployment, states)]
        return not any(violation.mandatory for violation in violations)

    def close(self) -> None:
        for pack in self._packs:
            pack.close()


class Pack:
    """One policy pack in its process."""

    def __init__(
        self, source: PackSource, engine_address: str, context: PackContext, reaper: Reaper, log: Callable[[str], None]
    ) -> None:
        """Runs in the pack's folder, as with pulumi. Raises PluginError where it does not start."""
        folder = source.folder
        given = read_pack_config(source.config) if source.config else {}
        environment = {
            "PULUMI_PROJECT": context.project,
            "PULUMI_STACK": context.stack,
            "PULUMI_ORGANIZATION": "organization",
            "PULUMI_DRY_RUN": "true" if context.preview else "false",
            "PULUMI_CONFIG": json.dumps(dict(context.config)),
        }
        argv = [sys.executable, "-m", "pulumi.policy", engine_address, str(folder)]
        self._process = PluginProcess(folder.name, argv, environment, reaper, log, cwd=folder)
        self._stub = analyzer_pb2_grpc.AnalyzerStub(self._process.channel)
        self._folder = folder
        self._configure(context, given)

    def _configure(self, context: PackContext, given: Mapping[str, Mapping[str, Any]]) -> None:
        request = analyzer_pb2.AnalyzerStackConfigureRequest(
            stack=context.stack,
            project=context.project,
            organization="organization",
            dry_run=context.preview,
            config=dict(context.config),
            config_secret_keys=list(context.secret_keys),
        )
        self._call(self._stub.ConfigureStack, request, optional=True)
        info = self._call(self._stub.GetAnalyzerInfo, empty_pb2.Empty())
        if given and not info.supportsConfig:
            raise PluginError(f"policy pack {self._folder} takes no configuration")
        config = pack_config(info, given)
        self._call(self._stub.Configure, analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=config), optional=True)
        levels = [
            config[policy.name].enforcementLevel
            for policy in info.policies
            if policy.policy_type != analyzer_pb2.POLICY_TYPE_STACK
        ]
        self._analyzes = bool(levels)
        self._remediates = analyzer_pb2.REMEDIATE in levels

    def remediate(self, deployment: Deployment, state: ResourceState) -> ResourceState:
        if not self._remediates:
            return state
        response = self._call(self._stub.Remediate, _request(deployment, state, state.inputs))
        for remediation in response.remediations:
            if remediation.diagnostic:
                deployment.diagnose(Severity.WARNING, remediation.diagnostic, state.urn)
            if remediation.HasField("properties"):
                inputs = props_from_struct(remediation.properties)
                deployment.emit(
                    PolicyRemediation(
                        pack=remediation.policyPackName,
                        policy=remediation.policyName,
                        description=remediation.description,
                        urn=state.urn,
                        diff=compare(state.inputs, inputs),
                    )
                )
                state = state.with_(inputs=inputs)
        return state

    def analyze(self, deployment: Deployment, state: ResourceState) -> list[PolicyViolation]:
        if not self._analyzes:
            return []
        response = self._call(self._stub.Analyze, _request(deployment, state, _public(state.inputs)))
        return [_tell(deployment, diagnostic, state.urn) for diagnostic in response.diagnostics]

    def analyze_stack(self, deployment: Deployment, states: Sequence[ResourceState]) -> list[PolicyViolation]:
        resources = [_resource(deployment, state) for state in states]
        response = self._call(self._stub.AnalyzeStack, analyzer_pb2.AnalyzeStackRequest(resources=resources))
        return [_tell(deployment, diagnostic, "") for diagnostic in response.diagnostics]

    def close(self) -> None:
        self._process.close()

    def _call(self, method: Any, request: Any, *, optional: bool = False) -> Any:
        try:
            return method(request)
        except grpc.RpcError as error:
            if optional and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return None
            words = self._process.last_words() if error.code() == grpc.StatusCode.UNAVAILABLE else ""
            raise ProviderError(f"policy pack {self._folder}: {error.details()}{words}") from error


def start_packs(
    sources: Sequence[PackSource],
    engine_address: str,
    context: PackContext,
    reaper: Reaper,
    log: Callable[[str, str], None],
) -> Analyzers:
    """Starts the packs side by side. Raises PluginError, ProviderError where one does not start."""
    for source in sources:
        if not source.folder.exists():
            raise PluginError(f"policy pack {source.folder} does not exist")
    if not sources:
        return Analyzers(())
    with ThreadPoolExecutor(max_workers=len(sources)) as pool:
        futures = [
            pool.submit(Pack, source, engine_address, context, reaper, partial(log, source.folder.name))
            for source in sources
        ]
        return Analyzers([future.result() for future in futures])


def _options(state: ResourceState) -> Any:
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=state.protect,
        ignoreChanges=state.ignore_changes,
        additionalSecretOutputs=state.additional_secret_outputs,
        aliases=state.aliases,
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(
            **{key: value for key, value in state.custom_timeouts.items() if key in ("create", "update", "delete")}
        ),
        parent=state.parent,
    )


def _provider(deployment: Deployment, state: ResourceState) -> Any:
    if not state.provider:
        return None
    provider = deployment.find_provider(parse_provider_ref(state.provider))
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        type=provider.type, properties=_struct(provider.inputs), urn=provider.urn, name=provider.name
    )


def _public(value: Any) -> Any:
    """Without what engine and providers keep for themselves, which a pack is shown only to hand it back remedied."""
    if isinstance(value, Mapping):
        return {key: _public(item) for key, item in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [_public(item) for item in value]
    return Secret(_public(value.value)) if isinstance(value, Secret) else value


def _struct(props: Props) -> Any:
    return struct_from_props(_public(props), resources=False)


def _request(deployment: Deployment, state: ResourceState, inputs: Props) -> Any:
    return analyzer_pb2.AnalyzeRequest(
        type=state.type,
        properties=struct_from_props(inputs, resources=False),
        urn=state.urn,
        name=state.name,
        options=_options(state),
        provider=_provider(deployment, state),
    )


def _resource(deployment: Deployment, state: ResourceState) -> Any:
    return analyzer_pb2.AnalyzerResource(
        type=state.type,
        properties=_struct(state.outputs),
        urn=state.urn,
        name=state.name,
        options=_options(state),
        provider=_provider(deployment, state),
        parent=state.parent,
        dependencies=state.dependencies,
        propertyDependencies={
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in state.property_dependencies.items()
        },
    )


def _tell(deployment: Deployment, diagnostic: Any, urn: str) -> PolicyViolation:
    severity = analyzer_pb2.PolicySeverity.Name(diagnostic.severity).removeprefix("POLICY_SEVERITY_").lower()
    violation = PolicyViolation(
        pack=diagnostic.policyPackName,
        pack_version=diagnostic.policyPackVersion,
        policy=diagnostic.policyName,
        description=diagnostic.description,
        message=diagnostic.message,
        mandatory=diagnostic.enforcementLevel == analyzer_pb2.MANDATORY,
        urn=diagnostic.urn or urn,
        severity="" if severity == "unspecified" else severity,
    )
    deployment.emit(violation)
    if violation.mandatory and deployment.preview:
        deployment.violated = True
    return violation
