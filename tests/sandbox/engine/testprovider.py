# ruff: noqa: N802 - the methods of a gRPC service
"""The provider of package `test` for tests of the engine. Its objects are in a log file; faults are injected by name.

Inputs of `test:index:Thing`: changes of `value` and `uses` (ids of others) update; changes of `force` and `needs` (ids
of others) replace; `solo` replaces, and two cannot exist at once; `password` is secret; `name` is generated if missing.

Runs in the test's own process (`serve`) or as a plugin: `python -m tests.sandbox.engine.testprovider WORLD_FOLDER
ENGINE_ADDRESS`.
"""

import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.engine.diff import compare
from sandbox.engine.values import UNKNOWN, Props, Secret, has_unknowns, props_from_struct, reveal, struct_from_props

REPLACES = ("force", "needs", "solo", "name")
KINDS = provider_pb2.PropertyDiff


class World:
    """The real objects. With a folder, every change is a line of a log, which survives kills."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.lock = threading.Lock()
        self.objects: dict[str, Props] = {}
        self.calls: list[dict[str, Any]] = []
        self.faults: dict[str, str] = {}  # "create:<name>" → fail | init | lost | die
        self.broken: list[str] = []  # deletions that left a dependant behind
        self.final = False  # the program has ended: deletions are final
        self.cancelled = False
        self.orphans: set[str] = set()  # ids in no state: left by a kill, or retained
        self.configured: list[Props] = []
        self.timeouts: dict[str, float] = {}  # "create:<name>" → seconds, where one was given
        if folder is not None:
            self._load(folder)

    def _load(self, folder: Path) -> None:
        log = folder / "world.jsonl"
        for line in log.read_text().splitlines() if log.exists() else ():
            self._apply(json.loads(line))
        faults = folder / "faults.json"
        if faults.exists():
            self.faults = json.loads(faults.read_text())

    def record(self, call: str, urn: str, id_: str, props: Props | None = None) -> None:
        """Applies a change, on disk first: like in a real cloud, a kill must not undo it."""
        line = {"call": call, "urn": urn, "id": id_, "props": props}
        if self._folder is not None:
            with (self._folder / "world.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
        self._apply(line)

    def _apply(self, line: dict[str, Any]) -> None:
        self.calls.append(line)
        if line["call"] == "delete":
            self.objects.pop(line["id"], None)
        elif line["props"] is not None:
            self.objects[line["id"]] = {**line["props"], "_urn": line["urn"]}

    def dependants(self, id_: str) -> list[str]:
        """Objects that need the one with the id, and, once the program has ended, those that use it."""
        return [
            other
            for other, props in self.objects.items()
            if other != id_
            and other not in self.orphans
            and not props.get("loose")
            and (id_ in props.get("needs", ()) or (self.final and id_ in props.get("uses", ())))
        ]


class TestProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Implements the provider protocol on a world."""

    __test__ = False

    def __init__(self, world: World) -> None:
        self.world = world

    # --- the provider ---

    def Handshake(self, request, context):
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version="1.0.0")

    def CheckConfig(self, request, context):
        news = props_from_struct(request.news)
        failures = []
        if news.get("region") == "nowhere":
            failures.append(provider_pb2.CheckFailure(property="region", reason="must exist"))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request, context):
        old, new = props_from_struct(request.old_inputs), props_from_struct(request.news)
        changed = old != new
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=["account"] if old.get("account") != new.get("account") else [],
        )

    def Configure(self, request, context):
        self.world.configured.append(reveal(props_from_struct(request.args)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=False
        )

    def Cancel(self, request, context):
        self.world.cancelled = True
        return empty_pb2.Empty()

    # --- resources ---

    def Check(self, request, context):
        old, new = props_from_struct(request.olds), props_from_struct(request.news)
        failures = []
        if new.get("value") == "invalid":
            failures.append(provider_pb2.CheckFailure(property="value", reason="must not be 'invalid'"))
        if "name" not in new:
            new["name"] = old.get("name") or f"{request.name}-{os.urandom(4).hex()[:7]}"
        return provider_pb2.CheckResponse(inputs=struct_from_props(new), failures=failures)

    def Diff(self, request, context):
        old, new = props_from_struct(request.old_inputs), props_from_struct(request.news)
        changes = compare(old, new)
        keys = list(dict.fromkeys(change.path.split(".")[0].split("[")[0] for change in changes))
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=keys,
            replaces=[key for key in keys if key in REPLACES],
            deleteBeforeReplace="solo" in keys,
        )

    def Create(self, request, context):
        props = props_from_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=struct_from_props({**props, "token": UNKNOWN}))
        fault = self._fault("create", request, context)
        if has_unknowns(props):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "unknown values at create")
        with self.world.lock:
            id_ = f"{request.name}-{os.urandom(6).hex()}"
            self.world.record("create", request.urn, id_, reveal(props))
        outputs = struct_from_props(self._outputs(id_, props))
        if fault == "lost":
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "init":
            self._init_failed(context, id_, outputs)
        return provider_pb2.CreateResponse(id=id_, properties=outputs)

    def Read(self, request, context):
        live = self.world.objects.get(request.id)
        if live is None:
            return provider_pb2.ReadResponse()
        plain = {key: value for key, value in live.items() if key != "_urn"}
        props = {key: Secret(value) if key == "password" else value for key, value in plain.items()}
        return provider_pb2.ReadResponse(
            id=request.id,
            properties=struct_from_props(self._outputs(request.id, props)),
            inputs=struct_from_props(props),
        )

    def Update(self, request, context):
        props = props_from_struct(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=struct_from_props(self._outputs(request.id, props)))
        fault = self._fault("update", request, context)
        with self.world.lock:
            if request.id not in self.world.objects:
                context.abort(grpc.StatusCode.NOT_FOUND, f"{request.id} does not exist")
            self.world.record("update", request.urn, request.id, reveal(props))
        outputs = struct_from_props(self._outputs(request.id, props))
        if fault == "init":
            self._init_failed(context, request.id, outputs)
        return provider_pb2.UpdateResponse(properties=outputs)

    def Delete(self, request, context):
        self._fault("delete", request, context)
        with self.world.lock:
            left = self.world.dependants(request.id)
            if left:
                self.world.broken.append(f"{request.id} deleted before {', '.join(left)}")
            self.world.record("delete", request.urn, request.id)
        return empty_pb2.Empty()

    def Invoke(self, request, context):
        args = props_from_struct(request.args)
        if request.tok == "test:index:echo":
            return provider_pb2.InvokeResponse(**{"return": struct_from_props({"echo": args})})
        return context.abort(grpc.StatusCode.NOT_FOUND, f"no function {request.tok}")

    @staticmethod
    def _outputs(id_: str, props: Props) -> Props:
        return {**props, "token": f"token-{id_}"}

    def _fault(self, call: str, request, context) -> str:
        step = f"{call}:{request.name}"
        if request.timeout:
            self.world.timeouts[step] = request.timeout
        fault = self.world.faults.get(step, "")
        if fault == "fail":
            context.abort(grpc.StatusCode.UNKNOWN, f"the cloud refuses to {call} {request.name}")
        if fault == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return fault

    @staticmethod
    def _init_failed(context, id_: str, outputs) -> None:
        detail = any_pb2.Any()
        detail.Pack(
            provider_pb2.ErrorResourceInitFailed(id=id_, properties=outputs, reasons=["it did not become ready"])
        )
        status = status_pb2.Status(code=2, message="init failed", details=[detail])
        context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
        context.abort(grpc.StatusCode.UNKNOWN, "init failed")


def serve(world: World, *, workers: int = 32) -> tuple[Any, TestProvider, int]:
    """A gRPC server of the world and its port; stop it with `.stop(None)`."""
    server = grpc.server(ThreadPoolExecutor(max_workers=workers))
    provider = TestProvider(world)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, provider, port


def main() -> None:
    server, _, port = serve(World(Path(sys.argv[1])))
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
