"""One deployment from the command line: gate, diff, confirmation, progress, summary."""

import json
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click
from codekeep_contracts.engine_events import Operation, Status, StepOp, Summary
from rich.console import Console

from stacks.cli import diff_view
from stacks.cli.engines import Deployment, Engine, PolicyPack, choose
from stacks.cli.errors import BadInputError, ExitCode, FailedError
from stacks.cli.interrupt import cancellable
from stacks.cli.outputs_view import show_outputs
from stacks.cli.project import Project
from stacks.cli.reporters import (
    Collector,
    JsonReporter,
    LiveReporter,
    PlainReporter,
    Reporter,
    show_notice,
)
from stacks.cli.reporters import (
    as_json as event_json,
)
from stacks.cli.spec_gate import require_platform, require_valid_spec
from stacks.cli.tally import PAST
from stacks.cli.terminal import console

QUESTIONS = {
    Operation.UP: "Make these changes?",
    Operation.REFRESH: "Overwrite the state with what is really there?",
}
NAMED_FIRST = (StepOp.CREATE, StepOp.UPDATE, StepOp.REPLACE, StepOp.DELETE, StepOp.IMPORT, StepOp.REFRESH, StepOp.READ)
PREVIEWED = {
    StepOp.CREATE: "to create",
    StepOp.UPDATE: "to update",
    StepOp.REPLACE: "to replace",
    StepOp.DELETE: "to delete",
    StepOp.IMPORT: "to import",
    StepOp.READ: "to read",
    StepOp.SAME: "unchanged",
}


@dataclass(frozen=True, kw_only=True)
class Session:
    """One command on one stack."""

    project: Project
    stack: str
    engine: Engine
    policy_packs: Sequence[PolicyPack]
    as_json: bool
    yes: bool
    console: Console

    @classmethod
    def open(
        cls, stack: str, *, engine: str, policy_packs: Sequence[PolicyPack], as_json: bool, yes: bool
    ) -> "Session":
        """Finds the project and the stack; BadInputError where there is none."""
        project = Project.find()
        project.stack_file(stack)
        return cls(
            project=project,
            stack=stack,
            engine=choose(engine, project),
            policy_packs=policy_packs,
            as_json=as_json,
            yes=yes,
            console=console(),
        )

    def run(self, operation: str) -> None:
        """Does it and ends the process with the exit code that tells how it went."""
        asked = Operation(operation)
        if asked in (Operation.UP, Operation.PREVIEW):
            require_platform(self.engine, require_valid_spec(self.project, self.stack))
        if asked is not Operation.PREVIEW and not self.yes:
            self._require_terminal(asked)
        with cancellable() as cancel:
            if asked is Operation.PREVIEW:
                reporter = self._preview(cancel)
            elif self.yes or self._confirmed(asked, cancel):
                reporter = self._deploy(asked, cancel)
            else:
                return
        self._finish(asked, reporter)

    def _require_terminal(self, operation: Operation) -> None:
        if self.as_json:
            raise BadInputError(f"--json cannot ask: `codekeep {operation.value} {self.stack} --json --yes` does it")
        if not sys.stdin.isatty():
            raise BadInputError(
                f"standard input is no terminal, so nobody can confirm: look with `codekeep preview {self.stack}`, "
                f"then `codekeep {operation.value} {self.stack} --yes`"
            )

    def _preview(self, cancel: threading.Event) -> Reporter:
        """Runs the preview silently, then shows the difference."""
        reporter: Reporter = JsonReporter(self.console) if self.as_json else _PreviewReporter(self.console)
        with self._spinner("Previewing"):
            self._run_engine(Operation.PREVIEW, reporter, cancel)
        if not self.as_json:
            for line in diff_view.lines(reporter.tally.changes, reporter.outputs):
                self.console.print(line)
        return reporter

    def _confirmed(self, operation: Operation, cancel: threading.Event) -> bool:
        if operation is Operation.UP:
            reporter = self._preview(cancel)
            _require_success(reporter.summary)
            if not reporter.tally.changes and not reporter.outputs:
                self.console.print("Nothing to change.")
                return False
            self.console.print(_counts(reporter.tally.counts, PREVIEWED))
        if operation is Operation.DESTROY:
            typed = click.prompt(f"This removes everything of stack {self.stack}. Type its name to go on", default="")
            return bool(typed == self.stack) or _declined()
        return click.confirm(QUESTIONS[operation]) or _declined()

    def _deploy(self, operation: Operation, cancel: threading.Event) -> Reporter:
        reporter: Reporter
        if self.as_json:
            reporter = JsonReporter(self.console)
        elif self.console.is_terminal:
            reporter = LiveReporter(self.console)
        else:
            reporter = PlainReporter(self.console)
        try:
            self._run_engine(operation, reporter, cancel)
        finally:
            reporter.close()
        return reporter

    def _run_engine(self, operation: Operation, reporter: Reporter, cancel: threading.Event) -> None:
        deployment = Deployment(operation=operation, stack=self.stack, policy_packs=self.policy_packs)
        self.engine.run(deployment, reporter, cancel)
        if reporter.summary is None:
            raise FailedError(f"the {self.engine.name} engine ended without a summary")

    def _spinner(self, words: str) -> Any:
        quiet = self.as_json or not self.console.is_terminal
        return self.console.status(f"{words} {self.stack} …") if not quiet else _nothing()

    def _finish(self, operation: Operation, reporter: Reporter) -> None:
        summary = reporter.summary
        assert summary is not None  # noqa: S101 - _run_engine made sure
        outputs: Mapping[str, Any] = {}
        if operation in (Operation.UP, Operation.REFRESH) and summary.status is Status.SUCCEEDED:
            outputs = self.engine.outputs(self.stack, show_secrets=False) or {}
        if self.as_json:
            document = {**event_json(summary), "stack": self.stack, "engine": self.engine.name}
            document["resources"] = {op.value: count for op, count in reporter.tally.counts.items()}
            self.console.out(json.dumps({**document, **({"outputs": outputs} if outputs else {})}))
        else:
            self._tell(operation, reporter, outputs)
        if summary.status is not Status.SUCCEEDED:
            sys.exit(ExitCode.FAILED)

    def _tell(self, operation: Operation, reporter: Reporter, outputs: Mapping[str, Any]) -> None:
        summary = reporter.summary
        assert summary is not None  # noqa: S101 - _run_engine made sure
        if operation is Operation.UP and (reporter.tally.changes or reporter.outputs):
            show_outputs(self.console, outputs)
        words = _counts(reporter.tally.counts, PREVIEWED if operation is Operation.PREVIEW else PAST)
        failed = reporter.tally.failed
        ended = {Status.SUCCEEDED: "succeeded", Status.FAILED: "FAILED", Status.CANCELLED: "stopped"}[summary.status]
        style = "bold green" if summary.status is Status.SUCCEEDED else "bold red"
        self.console.print(
            f"{operation.value} of {self.stack} {ended}: {words}{f', {failed} failed' if failed else ''} "
            f"in {summary.seconds:.1f} s ({self.engine.name} engine)",
            style=style,
        )
        if summary.status is not Status.SUCCEEDED and operation is not Operation.PREVIEW:
            self.console.print(
                f"What was done is kept in the state: `codekeep {operation.value} {self.stack}` goes on from there."
            )


class _PreviewReporter(Collector):
    """Shows only what is to be told besides the difference."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def notice(self, event: Any) -> None:
        show_notice(self._console, event)


class _nothing:  # noqa: N801 - used as a function
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def _declined() -> bool:
    click.echo("Nothing was changed.")
    return False


def _require_success(summary: Summary | None) -> None:
    if summary is None or summary.status is not Status.SUCCEEDED:
        raise FailedError("the preview failed; nothing was changed")


def _counts(counts: Mapping[StepOp, int], words: Mapping[StepOp, str]) -> str:
    """`3 created, 1 updated, 204 unchanged`."""
    ordered = [op for op in (*NAMED_FIRST, StepOp.SAME) if counts.get(op)]
    return ", ".join(f"{counts[op]} {words.get(op, PAST[op])}" for op in ordered) or "no resources"
