"""The official pulumi CLI, driven by `pulumi.automation`."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from codekeep_contracts.engine_events import Event, Operation, Status, Summary
from codekeep_contracts.faults import Fault, UsageFault
from codekeep_contracts.sandbox_variables import SANDBOX_ENDPOINT, SANDBOX_LEDGER
from pulumi import automation
from pulumi.automation import CommandError, CommandResult, EngineEvent, LocalWorkspace, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from stacks.engines.engine import MASK, Deployment
from stacks.engines.pulumi_events import EventTranslator
from stacks.project import Project

OLDEST = VersionInfo(3, 200, 0)  # the oldest whose events and policy packs were tried with this code


class PulumiEngine:
    """Deploys with the pulumi CLI on PATH, its backend and its providers. State and outputs come from the backend."""

    name = "pulumi"

    def __init__(self, project: Project) -> None:
        self._project = project

    def run(self, deployment: Deployment, on_event: Callable[[Event], None], cancel: threading.Event) -> None:
        """Runs the deployment. `cancel` interrupts pulumi, which stops as cleanly as it can."""
        command = _Interruptible()
        stack = self._stack(deployment.stack, command, create=True, environment=deployment.environment)
        translator = EventTranslator(on_event)
        started = time.monotonic()
        watch = threading.Thread(target=command.interrupt_when, args=(cancel,), daemon=True)
        watch.start()
        status = Status.SUCCEEDED
        try:
            _operate(stack, deployment, translator.take)
        except CommandError as error:
            status = Status.CANCELLED if cancel.is_set() else Status.FAILED
            translator.report_failure(str(error))
        finally:
            command.finished.set()
        on_event(
            Summary(
                operation=deployment.operation,
                status=status,
                counts=translator.counts,
                seconds=time.monotonic() - started,
            )
        )

    def state(self, stack: str) -> Mapping[str, Any] | None:
        """`pulumi stack export`."""
        found = self._existing(stack)
        if found is None:
            return None
        export = found.export_stack()
        deployment = export.deployment or {}
        return {"version": export.version, "deployment": deployment} if deployment.get("resources") else None

    def outputs(self, stack: str, *, show_secrets: bool) -> Mapping[str, Any] | None:
        """`pulumi stack output`."""
        found = self._existing(stack)
        if found is None:
            return None
        return {
            key: output.value if show_secrets or not output.secret else MASK for key, output in found.outputs().items()
        } or None

    def endpoint(self) -> str | None:
        """None for AWS itself; the sandbox's URL in the shell of `codekeep sandbox env`."""
        return os.environ.get(SANDBOX_ENDPOINT)

    def emulates(self, resource_type: str) -> bool:
        if self.endpoint() is None:
            return True
        from stacks.engines import sandbox_engine

        return sandbox_engine.emulates(resource_type)

    def recorded(self, resource_type: str, account_id: str, region: str) -> list[Mapping[str, Any]]:
        if self.endpoint() is None:
            return []
        from stacks.engines import sandbox_engine

        return sandbox_engine.recorded(Path(os.environ[SANDBOX_LEDGER]), resource_type, account_id, region)

    def _existing(self, stack: str) -> automation.Stack | None:
        try:
            return self._stack(stack, _Interruptible(), create=False)
        except automation.StackNotFoundError:
            return None

    def _stack(
        self, stack: str, command: PulumiCommand, *, create: bool, environment: Mapping[str, str] | None = None
    ) -> automation.Stack:
        try:
            variables = {"PULUMI_SKIP_UPDATE_CHECK": "1", **(environment or {})}
            workspace = LocalWorkspace(work_dir=str(self._project.root), pulumi_command=command, env_vars=variables)
            if create:
                return automation.Stack.create_or_select(stack, workspace)
            return automation.Stack.select(stack, workspace)
        except automation.StackNotFoundError:
            raise
        except CommandError as error:
            raise Fault(f"pulumi: {error}") from error


def _operate(stack: automation.Stack, deployment: Deployment, on_event: Callable[[EngineEvent], None]) -> None:
    packs = [str(pack.folder) for pack in deployment.policy_packs] or None
    configs = [str(pack.config) for pack in deployment.policy_packs if pack.config] or None
    if deployment.operation is Operation.PREVIEW:
        stack.preview(on_event=on_event, policy_packs=packs, policy_pack_configs=configs)
    elif deployment.operation is Operation.UP:
        stack.up(
            on_event=on_event,
            policy_packs=packs,
            policy_pack_configs=configs,
            show_secrets=False,
            target=sorted(deployment.targets) or None,
        )
    elif deployment.operation is Operation.REFRESH:
        stack.refresh(on_event=on_event, show_secrets=False)
    else:
        stack.destroy(on_event=on_event, show_secrets=False)


class _Interruptible(PulumiCommand):
    """Runs pulumi in its own session, so that a Ctrl-C in the terminal reaches it once: through `interrupt_when`."""

    def __init__(self) -> None:
        super().__init__(skip_version_check=True)
        # A pulumi built from source reports no version, and automation needs one: the SDK's own.
        self.version = self.version or VersionInfo.parse(version("pulumi"))
        if self.version < OLDEST:
            raise UsageFault(f"pulumi {self.version} on PATH is too old: install {OLDEST} or later")
        self.finished = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def interrupt_when(self, cancel: threading.Event) -> None:
        """Waits for `cancel` or for the end. Pulumi stops cleanly at the first SIGINT."""
        while not self.finished.is_set():
            if cancel.wait(0.2):
                process = self._process
                if process is not None and process.poll() is None:
                    os.killpg(process.pid, signal.SIGINT)
                return

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> CommandResult:
        """As the base class, in a session of its own."""
        environment = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        process = subprocess.Popen(  # noqa: S603 - the pulumi that the base found
            [self.command, "--non-interactive", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=environment,
            encoding="utf-8",
            start_new_session=True,
        )
        self._process = process
        errors: list[str] = []
        drain = threading.Thread(target=_lines, args=(process.stderr, on_error, errors), daemon=True)
        drain.start()
        output: list[str] = []
        _lines(process.stdout, on_output, output)
        drain.join()
        result = CommandResult(stdout="\n".join(output), stderr="\n".join(errors), code=process.wait())
        if result.code != 0:
            raise create_command_error(result)
        return result


def _lines(stream: Any, on_line: Callable[[str], Any] | None, into: list[str]) -> None:
    for line in stream:
        into.append(line.rstrip())
        if on_line:
            on_line(line.rstrip())
