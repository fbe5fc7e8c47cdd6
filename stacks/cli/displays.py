"""Shows a deployment while it runs: a live table on a terminal, plain lines elsewhere, JSON lines for programs."""

import json
import time

from codekeep_contracts.engine_events import (
    Diagnostic,
    Event,
    Notice,
    Phase,
    PolicyViolation,
    ResourceStep,
    Severity,
    StepOp,
    Summary,
    event_document,
)
from rich.console import Console
from rich.console import Group as Stacked
from rich.live import Live
from rich.table import Table
from rich.text import Text

from stacks.cli.diff_view import step_line
from stacks.cli.operation_labels import PAST, SYMBOLS
from stacks.sessions.progress import Group, Progress, changes_only_tags, component_of, is_counted, merged_replacement

QUIET_SECONDS = 2.0  # a component without a step for so long is reported
IN_PROGRESS = 3  # names shown per component on the live table


class Display:
    """Shows messages and what policy packs find. The subclasses show steps too."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.progress = Progress()

    def __call__(self, event: Event) -> None:
        self.progress.add(event)
        if isinstance(event, ResourceStep):
            self.show_step(merged_replacement(event))
        elif isinstance(event, Notice) and not self.progress.repeats_failure(event) and not _is_debug(event):
            self.console.print(_notice(event))

    def show_step(self, step: ResourceStep) -> None:
        """The progress contains the step already."""

    def close(self) -> None:
        """Ends the display after the last event."""


class JsonLines(Display):
    """Every event as one JSON document a line. The command prints the summary, with the outputs."""

    def __call__(self, event: Event) -> None:
        if not isinstance(event, Summary):
            component = {"component": component_of(event.urn)} if isinstance(event, ResourceStep) else {}
            self.console.out(json.dumps({**event_document(event), **component}))


class PlainLines(Display):
    """Plain text for logs: changes and failures at once; new and removed resources by component, once events pause."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._shown: dict[str, str] = {}
        self._last_step: dict[str, float] = {}

    def show_step(self, step: ResourceStep) -> None:
        if step.phase is Phase.FAILED:
            self.console.print(_failure(step))
        if not is_counted(step):
            return
        if step.phase is Phase.DONE and step.op in (StepOp.UPDATE, StepOp.REPLACE) and not changes_only_tags(step):
            self.console.print(step_line(step))
        now = time.monotonic()
        self._last_step[component_of(step.urn)] = now
        for name, group in self.progress.groups.items():
            if not group.running and now - self._last_step[name] > QUIET_SECONDS:
                self._show(name, group)

    def close(self) -> None:
        for name, group in self.progress.groups.items():
            self._show(name, group)

    def _show(self, name: str, group: Group) -> None:
        counts = _counts(group)
        if group.changed and self._shown.get(name) != counts:
            self._shown[name] = counts
            self.console.print(f"  {name:<16} {counts}")


class LiveTable(Display):
    """A table that redraws itself: one row per component, with the resources in progress."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._started = time.monotonic()
        self._live = Live(self, console=console, refresh_per_second=8, transient=True)
        self._live.start()

    def __rich__(self) -> Stacked:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for name, group in list(self.progress.groups.items()):
            steps = list(group.running.values())
            names = ", ".join(f"{SYMBOLS[step.op]} {step.name}" for step in steps[:IN_PROGRESS])
            more = f" and {len(steps) - IN_PROGRESS} more" if len(steps) > IN_PROGRESS else ""
            table.add_row(Text(name, style="bold"), Text(_counts(group)), Text(names + more, style="cyan"))
        return Stacked(table, Text(f"{time.monotonic() - self._started:.0f} s", style="dim"))

    def show_step(self, step: ResourceStep) -> None:
        if step.phase is Phase.FAILED:
            self.console.print(_failure(step))
        elif step.phase is Phase.DONE and step.custom and step.op is StepOp.REPLACE:
            self.console.print(step_line(step))

    def close(self) -> None:
        self._live.stop()
        for name, group in self.progress.groups.items():
            if group.changed:
                self.console.print(f"  {name:<16} {_counts(group)}")


def display_for(console: Console, *, as_json: bool) -> Display:
    """The display that fits the console."""
    if as_json:
        return JsonLines(console)
    return LiveTable(console) if console.is_terminal else PlainLines(console)


def _counts(group: Group) -> str:
    """`12 created, 1 failed`."""
    parts = [f"{count} {PAST[op]}" for op, count in sorted(group.done.items())]
    return ", ".join([*parts, *([f"{len(group.failed)} failed"] if group.failed else [])])


def _failure(step: ResourceStep) -> Text:
    return Text(f"  x  {step.name} ({step.type}): {step.error}", style="red")


def _is_debug(event: Notice) -> bool:
    return isinstance(event, Diagnostic) and event.severity is Severity.DEBUG


def _notice(event: Notice) -> Text:
    name = event.urn.rpartition("::")[2]
    if isinstance(event, PolicyViolation):
        word, style = ("policy", "red") if event.mandatory else ("advice", "yellow")
        about = f" {name}:" if name else ""
        message = " ".join(event.message.split())
        return Text(f"  {word} {event.pack}/{event.policy}:{about} {message}", style=style)
    if isinstance(event, Diagnostic):
        style = {Severity.ERROR: "red", Severity.WARNING: "yellow"}.get(event.severity, "")
        about = f"{name}: " if name else ""
        return Text(f"  {event.severity}: {about}{event.message}", style=style)
    return Text(f"  remedied by {event.pack}/{event.policy}: {name}", style="yellow")
