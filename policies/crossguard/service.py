"""The Analyzer service that Pulumi's engines talk to.

It does not use pulumi_policy: there a policy sees secrets in plain text, gives up at the first unknown value, has one
level for all its findings, and reads every property of every resource again.
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Never

import grpc
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from policies.catalogue import catalogue
from policies.crossguard.adapter import Adapter
from policies.crossguard.pack import Pack, analyzer_info
from policies.crossguard.settings import WAIVERS_POLICY, Settings, SettingsError, settings_of
from policies.facts import Facts, FactsError

MANIFEST = Path(__file__).with_name("PulumiPolicy.yaml")
WORKERS = 4
OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Service(analyzer_pb2_grpc.AnalyzerServicer):
    """One deployment: ConfigureStack, Configure, then Analyze for every resource and AnalyzeStack at the end."""

    def __init__(self, root: Path) -> None:
        """`root` is the project's folder; the path of the waivers' file is relative to it."""
        self._root = root
        self._version = str(yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))["version"])
        self._rules = catalogue()
        self._request: Any = None  # of ConfigureStack
        self._facts: Facts | None = None
        self._settings: Settings | None = None
        self._pack: Pack | None = None
        self._lock = threading.Lock()

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return plugin_pb2.PluginInfo(version=self._version)

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return analyzer_info(self._rules, self._version)

    def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        """Reads the agreement that resources are judged against from the stack's configuration."""
        try:
            self._facts = Facts.of(dict(request.config))
        except FactsError as fault:
            _refuse(context, grpc.StatusCode.INVALID_ARGUMENT, f"stack {request.stack} cannot be judged: {fault}")
        self._request = request
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        try:
            self._settings = self._settings_of(request.policyConfig)
        except SettingsError as fault:
            _refuse(context, grpc.StatusCode.INVALID_ARGUMENT, str(fault))
        return empty_pb2.Empty()

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return self._configured(context).analyze(request)

    def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return self._configured(context).analyze_stack(request)

    def Remediate(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        """Changes nothing: violations are fixed in the program or the spec."""
        return analyzer_pb2.RemediateResponse()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        return empty_pb2.Empty()

    def _configured(self, context: Any) -> Pack:
        with self._lock:
            if self._pack is None:
                self._pack = self._new_pack(context)
            return self._pack

    def _new_pack(self, context: Any) -> Pack:
        if self._facts is None or self._settings is None:
            missing = "ConfigureStack" if self._facts is None else "Configure"
            _refuse(
                context, grpc.StatusCode.FAILED_PRECONDITION, f"{missing} must be called before resources are judged"
            )
        return Pack(
            self._rules,
            adapter=Adapter(self._request.project, self._request.stack),
            facts=self._facts,
            preview=self._request.dry_run,
            settings=self._settings,
            version=self._version,
            today=_today(),
        )

    def _settings_of(self, config: Any) -> Settings:
        policies = [*(rule.id for rule in self._rules), WAIVERS_POLICY]
        return settings_of(config, policies, self._root, _today())


def serve(root: Path) -> None:
    """Serves on a free port of loopback, prints it, and runs until the process is ended."""
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=OPTIONS)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Service(root), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


def _refuse(context: Any, code: Any, message: str) -> Never:
    context.abort(code, message)
    raise AssertionError("abort has raised")


def _today() -> date:
    return datetime.now(UTC).date()
