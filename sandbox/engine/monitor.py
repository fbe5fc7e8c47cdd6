"""The ResourceMonitor service for the program. Each call runs in its own thread and returns when its step is done."""

import uuid
from collections.abc import Callable
from typing import Any

import grpc
from codekeep_contracts.engine_events import OutputsChanged, StepOp
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from sandbox.engine.backend import ORGANIZATION
from sandbox.engine.deployment import Claim, Deployment, HaltedError
from sandbox.engine.diff import compare
from sandbox.engine.goal import UnsupportedError, goal_from_request, read_goal_from_request
from sandbox.engine.provider import ProviderError
from sandbox.engine.registrar import Registrar
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import ROOT_STACK_TYPE, package_of
from sandbox.engine.values import Props, UnsupportedValueError, has_unknowns, props_from_struct, struct_from_props

FEATURES = {
    "secrets": resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    "resourceReferences": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    "aliasSpecs": resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    "deletedWith": resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    "invokeDependsOn": resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
}
"""What this engine supports; the SDK refuses by itself what is missing here."""


class MonitorService(resource_pb2_grpc.ResourceMonitorServicer):
    """Turns calls into registrations; answers failures as Pulumi's monitor does, as an engine that shuts down."""

    def __init__(self, deployment: Deployment, registrar: Registrar, project_root: str) -> None:
        self._deployment = deployment
        self._registrar = registrar
        self._project_root = project_root
        self._packages: dict[str, tuple[str, str]] = {}

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        wanted = self._deployment.request
        return resource_pb2.DeploymentInfo(
            project=wanted.project,
            stack=wanted.stack,
            organization=ORGANIZATION,
            config=dict(wanted.config),
            configSecretKeys=sorted(wanted.secret_keys),
            dryRun=self._deployment.preview,
            parallel=wanted.parallel,
            supportedFeatures=sorted(FEATURES.values()),
        )

    def SupportsFeature(self, request: Any, context: Any) -> Any:  # noqa: N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in FEATURES)

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._serve(context, f"{request.type} {request.name!r}", lambda: self._register(request))

    def _register(self, request: Any) -> Any:
        if request.packageRef:
            request.version = request.version or self._packages[request.packageRef][1]
        claim = self._registrar.register(goal_from_request(request, self._project_root))
        if claim.skipped:
            return resource_pb2.RegisterResourceResponse(urn=claim.urn, unknown=True)
        state = _state_of(claim)
        outputs = state.outputs if state.custom else {**state.inputs, **state.outputs}
        return resource_pb2.RegisterResourceResponse(urn=state.urn, id=state.id, object=_struct(outputs, request))

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._serve(context, request.urn, lambda: self._register_outputs(request))

    def _register_outputs(self, request: Any) -> Any:
        deployment = self._deployment
        outputs = props_from_struct(request.outputs)
        claim = deployment.claims.get(request.urn)
        targets = deployment.request.targets
        if targets and request.urn not in targets:
            return empty_pb2.Empty()  # outputs of what this run leaves alone, as the stack's, stay as they are
        if claim is None or claim.state is None:
            raise UnsupportedError(f"outputs of {request.urn}, which is not registered")
        old = claim.state
        claim.state = old.with_(outputs=outputs)
        if old.type == ROOT_STACK_TYPE and (changes := compare(old.outputs, outputs)):
            deployment.emit(OutputsChanged(urn=old.urn, diff=changes))
        if old.outputs != outputs:
            deployment.require_running()
            deployment.store.commit(put={claim.key: claim.state})
        return empty_pb2.Empty()

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._serve(context, f"{request.type} {request.name!r}", lambda: self._read(request))

    def _read(self, request: Any) -> Any:
        state = _state_of(self._registrar.read(read_goal_from_request(request, self._project_root)))
        return resource_pb2.ReadResourceResponse(urn=state.urn, id=state.id, properties=_struct(state.outputs, request))

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._serve(context, request.tok, lambda: self._invoke(request), fatal=False)

    def _invoke(self, request: Any) -> Any:
        deployment = self._deployment
        args = props_from_struct(request.args)
        if has_unknowns(args) or any(self._is_unborn(urn) for urn in getattr(request, "dependsOn", ())):
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        reference = request.provider or self._registrar.default_provider(package_of(request.tok), request.version)
        provider = deployment.registry.get(reference, deployment.find_provider)
        result, failures = provider.invoke(request.tok, args, preview=deployment.preview)
        response = resource_pb2.ResourceInvokeResponse(
            failures=[provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures]
        )
        getattr(response, "return").CopyFrom(struct_from_props(result, resources=request.acceptResources))
        return response

    def _is_unborn(self, urn: str) -> bool:
        """Whether a preview knows that the resource does not exist yet."""
        claim = self._deployment.claims.get(urn)
        return (
            self._deployment.preview
            and claim is not None
            and claim.op in (StepOp.CREATE, StepOp.CREATE_REPLACEMENT)
            and claim.state is not None
            and claim.state.custom
        )

    def RegisterPackage(self, request: Any, context: Any) -> Any:  # noqa: N802
        if request.HasField("parameterization") or request.HasField("extension"):
            return self._refuse(context, f"parameterized package {request.name}")
        reference = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{request.name}@{request.version}"))
        self._packages[reference] = (request.name, request.version)
        return resource_pb2.RegisterPackageResponse(ref=reference)

    def Call(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._refuse(context, f"method call {request.tok}")

    def RegisterStackTransform(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._refuse(context, "stack transforms")

    def RegisterStackInvokeTransform(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._refuse(context, "invoke transforms")

    def RegisterResourceHook(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._refuse(context, "resource hooks")

    def RegisterErrorHook(self, request: Any, context: Any) -> Any:  # noqa: N802
        return self._refuse(context, "error hooks")

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Returns at once: the deletes call nothing in the program."""
        return empty_pb2.Empty()

    def _serve(self, context: Any, subject: str, work: Callable[[], Any], *, fatal: bool = True) -> Any:
        """Runs a call. What fails the deployment answers UNAVAILABLE: for the SDK, the engine is shutting down."""
        try:
            return work()
        except HaltedError as error:
            context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
        except (UnsupportedError, UnsupportedValueError) as error:
            message = str(error) if subject in str(error) else f"{subject}: {error}"
            self._deployment.fail(message)
            context.abort(grpc.StatusCode.UNAVAILABLE, message)
        except (ProviderError, ValueError) as error:
            if fatal:
                self._deployment.fail(f"{subject}: {error}")
            context.abort(grpc.StatusCode.UNAVAILABLE if fatal else grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:
            self._deployment.fail(f"{subject}: the sandbox engine failed: {type(error).__name__}: {error}")
            raise

    def _refuse(self, context: Any, feature: str) -> Any:
        message = (
            f"the sandbox engine does not support {feature}; run this program with the pulumi CLI (--engine pulumi)"
        )
        self._deployment.fail(message)
        return context.abort(grpc.StatusCode.UNIMPLEMENTED, message)


def _state_of(claim: Claim) -> ResourceState:
    if claim.state is None:
        raise HaltedError(claim.urn)
    return claim.state


def _struct(props: Props, request: Any) -> Any:
    """Properties in the form that the caller of a request accepts."""
    return struct_from_props(props, secrets=request.acceptSecrets, resources=request.acceptResources)
