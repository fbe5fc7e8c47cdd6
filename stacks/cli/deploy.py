"""Runs one deployment on the command line: difference, confirmation, progress and summary."""

import json
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import click
from codekeep_contracts.engine_events import Operation, Status, StepOp, event_document
from codekeep_contracts.faults import Fault, UsageFault
from rich.console import Console

from stacks.cli import diff_view
from stacks.cli.displays import Display, display_for
from stacks.cli.interrupt import cancel_event
from stacks.cli.operation_labels import COUNTED, PAST, PREVIEWED
from stacks.cli.outputs_view import show_outputs
from stacks.cli.terminal import console
from stacks.engines.engine import Engine, PolicyPack
from stacks.project import Project
from stacks.sessions.bring_up import bring_up
from stacks.sessions.deployment import Outcome, deploy

QUESTIONS = {
    Operation.UP: "Make these changes?",
    Operation.REFRESH: "Overwrite the state with what is in the account?",
}
ENDINGS = {Status.SUCCEEDED: "succeeded", Status.FAILED: "FAILED", Status.CANCELLED: "stopped"}


@dataclass(frozen=True, kw_only=True)
class DeployCommand:
    """The options of one deployment command."""

    project: Project
    stack: str
    engine: Engine
    policy_packs: Sequence[PolicyPack]
    as_json: bool
    yes: bool
    only_registry: bool = False
    console: Console = field(default_factory=console)

    def run(self, operation: Operation) -> bool:
        """Previews, asks, deploys and shows the result. False where the deployment failed or was stopped."""
        if operation is not Operation.PREVIEW and not self.yes:
            self._require_terminal(operation)
        with cancel_event() as cancel:
            if operation is Operation.PREVIEW:
                outcome = self._preview(cancel)
            elif self.yes or self._confirmed(operation, cancel):
                outcome = self._deploy(operation, display_for(self.console, as_json=self.as_json), cancel)
            else:
                return True
        self._show_result(outcome)
        return outcome.succeeded

    def _require_terminal(self, operation: Operation) -> None:
        if self.as_json:
            raise UsageFault(f"--json cannot ask: `codekeep {operation} {self.stack} --json --yes` does it")
        if not sys.stdin.isatty():
            raise UsageFault(
                f"standard input is no terminal, so nobody can confirm: look with `codekeep preview {self.stack}`, "
                f"then `codekeep {operation} {self.stack} --yes`"
            )

    def _preview(self, cancel: threading.Event) -> Outcome:
        """Previews silently, then shows the difference."""
        display = display_for(self.console, as_json=True) if self.as_json else Display(self.console)
        with self._spinner():
            outcome = self._deploy(Operation.PREVIEW, display, cancel)
        if not self.as_json:
            for line in diff_view.diff_lines(outcome.progress.changes, outcome.progress.outputs_changed):
                self.console.print(line)
        return outcome

    def _confirmed(self, operation: Operation, cancel: threading.Event) -> bool:
        if operation is Operation.UP:
            preview = self._preview(cancel)
            if not preview.succeeded:
                raise Fault("the preview failed; nothing was changed")
            if preview.changes_nothing:
                self.console.print("Nothing to change.")
                return False
            self.console.print(_counts(preview.progress.counts, PREVIEWED))
        if operation is Operation.DESTROY:
            question = f"This removes everything of stack {self.stack}. Type its name to continue"
            confirmed = click.prompt(question, default="") == self.stack
        else:
            confirmed = click.confirm(QUESTIONS[operation])
        if not confirmed:
            click.echo("Nothing was changed.")
        return confirmed

    def _deploy(self, operation: Operation, display: Display, cancel: threading.Event) -> Outcome:
        project, stack, engine, packs = self.project, self.stack, self.engine, self.policy_packs
        with closing(display):
            if operation is Operation.UP:
                return bring_up(
                    project,
                    stack,
                    engine,
                    policy_packs=packs,
                    on_event=display,
                    cancel=cancel,
                    only_registry=self.only_registry,
                )
            return deploy(project, stack, operation, engine, policy_packs=packs, on_event=display, cancel=cancel)

    def _spinner(self) -> AbstractContextManager[object]:
        quiet = self.as_json or not self.console.is_terminal
        return nullcontext() if quiet else self.console.status(f"Previewing {self.stack} …")

    def _show_result(self, outcome: Outcome) -> None:
        summary, progress = outcome.summary, outcome.progress
        operation = summary.operation
        if self.as_json:
            document = {**event_document(summary), "stack": self.stack, "engine": outcome.engine}
            document |= {"resources": progress.counts} | ({"outputs": outcome.outputs} if outcome.outputs else {})
            self.console.out(json.dumps(document))
            return
        if operation is Operation.UP and outcome.outputs and not outcome.changes_nothing:
            show_outputs(self.console, outcome.outputs)
        counts = _counts(progress.counts, PREVIEWED if operation is Operation.PREVIEW else PAST)
        failed = f", {progress.failed} failed" if progress.failed else ""
        self.console.print(
            f"{operation} of {self.stack} {ENDINGS[summary.status]}: {counts}{failed} "
            f"in {summary.seconds:.1f} s ({outcome.engine} engine)",
            style="bold green" if outcome.succeeded else "bold red",
        )
        if operation is Operation.DESTROY and progress.retained:
            self.console.print(
                f"Stays in the account, which has it once and may need it for others: {', '.join(progress.retained)}."
            )
        if not outcome.succeeded and operation is not Operation.PREVIEW:
            self.console.print(
                f"The state records what was done: `codekeep {operation} {self.stack}` continues from there."
            )


def pair_policy_packs(folders: Sequence[Path], configs: Sequence[Path]) -> tuple[PolicyPack, ...]:
    """Returns policy packs with their configurations, in order.

    Raises:
        UsageFault: there is neither one configuration for each pack nor none.
    """
    if configs and len(configs) != len(folders):
        raise UsageFault(
            f"--policy-pack-config must be given once for each --policy-pack ({len(folders)}) or not at all, "
            f"got {len(configs)}"
        )
    files = [config.resolve() for config in configs] if configs else [None] * len(folders)
    return tuple(PolicyPack(folder=folder.resolve(), config=file) for folder, file in zip(folders, files, strict=True))


def _counts(counts: Mapping[StepOp, int], words: Mapping[StepOp, str]) -> str:
    """`3 created, 1 updated, 204 unchanged`."""
    parts = [f"{counts[op]} {words.get(op, PAST[op])}" for op in COUNTED if counts.get(op)]
    return ", ".join(parts) or "no resources"
