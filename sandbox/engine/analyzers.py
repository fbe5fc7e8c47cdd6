"""Policy packs: each is a process that judges every resource before its provider is called, and finally the stack."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from codekeep_contracts.engine_events import Operation, PolicyRemediation, PolicyViolation, Severity
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from sandbox.engine.backend import ORGANIZATION
from sandbox.engine.deployment import Deployment
from sandbox.engine.diff import compare
from sandbox.engine.pack_config import pack_config, read_pack_config
from sandbox.engine.plugins import PluginError, PluginProcess
from sandbox.engine.provider import ProviderError
from sandbox.engine.reaper import Reaper
from sandbox.engine.request import DeploymentRequest
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import parse_provider_ref
from sandbox.engine.values import Props, Secret, props_from_struct, struct_from_props


class Analyzers:
    """The policy packs of one deployment."""

    def __init__(self, packs: Sequence["Pack"]) -> None:
        self._packs = packs

    def judge(self, deployment: Deployment, state: ResourceState) -> ResourceState:
        """Checks a resource; its state with the inputs as changed by remediations.

        In a preview a mandatory violation fails the deployment at its end, so that all of them are shown at once.

        Raises:
            ProviderError: a mandatory violation during up.
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
        """False on a mandatory violation. Packs see read resources too, which pulumi does not show them."""
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
        self,
        folder: Path,
        config: Path | None,
        request: DeploymentRequest,
        engine_address: str,
        reaper: Reaper,
        log: Callable[[str], None],
    ) -> None:
        """Starts the process in the pack's folder, as pulumi does.

        Raises:
            PluginError: it does not start, or its configuration is wrong.
        """
        settings = read_pack_config(config) if config else {}
        preview = request.operation is Operation.PREVIEW
        environment = {
            "PULUMI_PROJECT": request.project,
            "PULUMI_STACK": request.stack,
            "PULUMI_ORGANIZATION": ORGANIZATION,
            "PULUMI_DRY_RUN": "true" if preview else "false",
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
        }
        argv = [sys.executable, "-m", "pulumi.policy", engine_address, str(folder)]
        self._process = PluginProcess(folder.name, argv, environment, reaper, log, cwd=folder)
        self._stub = analyzer_pb2_grpc.AnalyzerStub(self._process.channel)
        self._folder = folder
        stack = analyzer_pb2.AnalyzerStackConfigureRequest(
            stack=request.stack,
            project=request.project,
            organization=ORGANIZATION,
            dry_run=preview,
            config=dict(request.config),
            config_secret_keys=list(request.secret_keys),
        )
        self._call(self._stub.ConfigureStack, stack, optional=True)
        self._configure(settings)

    def _configure(self, settings: Mapping[str, Mapping[str, Any]]) -> None:
        info = self._call(self._stub.GetAnalyzerInfo, empty_pb2.Empty())
        if settings and not info.supportsConfig:
            raise PluginError(f"policy pack {self._folder} takes no configuration")
        config = pack_config(info, settings)
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
        return [_emitted(deployment, diagnostic, state.urn) for diagnostic in response.diagnostics]

    def analyze_stack(self, deployment: Deployment, states: Sequence[ResourceState]) -> list[PolicyViolation]:
        resources = [_resource(deployment, state) for state in states]
        response = self._call(self._stub.AnalyzeStack, analyzer_pb2.AnalyzeStackRequest(resources=resources))
        return [_emitted(deployment, diagnostic, "") for diagnostic in response.diagnostics]

    def close(self) -> None:
        self._process.close()

    def _call(self, method: Any, request: Any, *, optional: bool = False) -> Any:
        try:
            return method(request)
        except grpc.RpcError as error:
            if optional and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return None
            output = self._process.last_lines() if error.code() == grpc.StatusCode.UNAVAILABLE else ""
            raise ProviderError(f"policy pack {self._folder}: {error.details()}{output}") from error


def start_packs(
    request: DeploymentRequest, engine_address: str, reaper: Reaper, log: Callable[[str, str], None]
) -> Analyzers:
    """Starts the packs in parallel.

    Raises:
        PluginError: one does not start.
        ProviderError: one does not answer.
    """
    packs = request.configured_packs()
    for folder, _ in packs:
        if not folder.exists():
            raise PluginError(f"policy pack {folder} does not exist")
    if not packs:
        return Analyzers(())
    with ThreadPoolExecutor(max_workers=len(packs)) as pool:
        futures = [
            pool.submit(Pack, folder, config, request, engine_address, reaper, partial(log, folder.name))
            for folder, config in packs
        ]
        return Analyzers([future.result() for future in futures])


def _request(deployment: Deployment, state: ResourceState, inputs: Props) -> Any:
    return analyzer_pb2.AnalyzeRequest(
        properties=struct_from_props(inputs, resources=False), **_description(deployment, state)
    )


def _resource(deployment: Deployment, state: ResourceState) -> Any:
    return analyzer_pb2.AnalyzerResource(
        properties=_struct(state.outputs),
        parent=state.parent,
        dependencies=state.dependencies,
        propertyDependencies={
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in state.property_dependencies.items()
        },
        **_description(deployment, state),
    )


def _description(deployment: Deployment, state: ResourceState) -> dict[str, Any]:
    """What a pack is told about a resource, except its properties."""
    timeouts = {key: value for key, value in state.custom_timeouts.items() if key in ("create", "update", "delete")}
    options = analyzer_pb2.AnalyzerResourceOptions(
        protect=state.protect,
        ignoreChanges=state.ignore_changes,
        additionalSecretOutputs=state.additional_secret_outputs,
        aliases=state.aliases,
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(**timeouts),
        parent=state.parent,
    )
    found = deployment.find_provider(parse_provider_ref(state.provider)) if state.provider else None
    provider = found and analyzer_pb2.AnalyzerProviderResource(
        type=found.type, properties=_struct(found.inputs), urn=found.urn, name=found.name
    )
    return {"type": state.type, "urn": state.urn, "name": state.name, "options": options, "provider": provider}


def _public(value: Any) -> Any:
    """Without the internal entries of engine and providers; a pack gets those only where it may change the inputs."""
    if isinstance(value, Mapping):
        return {key: _public(item) for key, item in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [_public(item) for item in value]
    return Secret(_public(value.value)) if isinstance(value, Secret) else value


def _struct(props: Props) -> Any:
    return struct_from_props(_public(props), resources=False)


def _emitted(deployment: Deployment, diagnostic: Any, urn: str) -> PolicyViolation:
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
