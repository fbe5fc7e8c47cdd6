"""The Engine service that programs and plugins log to."""

from typing import Any

import grpc
from codekeep_contracts.engine_events import Severity
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from sandbox.engine.deployment import Deployment


class EngineService(engine_pb2_grpc.EngineServicer):
    """Turns log calls into diagnostics. A logged error fails the deployment at its end, as in Pulumi."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._root = ""

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802
        severity = Severity[engine_pb2.LogSeverity.Name(request.severity)]
        # Once the deployment stops, the program reports only that its connection is gone.
        if severity is Severity.ERROR and not self._deployment.stopping():
            self._deployment.fail(request.message, request.urn, halt=False)
        elif severity in (Severity.INFO, Severity.WARNING):
            self._deployment.diagnose(severity, request.message, request.urn)
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Any range that includes the installed SDK is met: this engine supports that version."""
        return engine_pb2.RequirePulumiVersionResponse()

    def StartDebugging(self, request: Any, context: Any) -> Any:  # noqa: N802
        return context.abort(grpc.StatusCode.UNIMPLEMENTED, "the sandbox engine does not support debugging")
