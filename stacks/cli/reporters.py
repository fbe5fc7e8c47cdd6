"""Showing a deployment while it runs: a live table on a terminal, plain lines elsewhere, JSON lines for programs."""

import json
import time
from typing import Any, Protocol

from codekeep_contracts.engine_events import (
    Diagnostic,
    Event,
    OutputsChanged,
    Phase,
    PolicyRemediation,
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
from stacks.cli.tally import SYMBOLS, Group, Tally, component_of, tags_only, whole

REST_SECONDS = 2.0  # a component this long without a step has come to rest
IN_PROGRESS = 3  # names shown per component on the live table


class Reporter(Protocol):
    """Takes events in as they come; after `close` its tally, summary and outputs are final."""

    tally: Tally
    summary: Summary | None
    outputs: OutputsChanged | None

    def __call__(self, event: Event) -> None: ...

    def close(self) -> None: ...


class Collector:
    """Keeps what the commands ask for afterwards, and shows nothing."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.summary: Summary | None = None
        self.outputs: OutputsChanged | None = None
        self._failures: set[tuple[str, str]] = set()

    def __call__(self, event: Event) -> None:
        if isinstance(event, ResourceStep):
            if event.phase is Phase.FAILED:
                self._failures.add((event.urn, event.error))
            self.step(whole(event), self.tally.add(event))
        elif isinstance(event, OutputsChanged):
            self.outputs = event
        elif isinstance(event, Summary):
            self.summary = event
        elif not (isinstance(event, Diagnostic) and (event.urn, event.message) in self._failures):  # told already
            self.notice(event)

    def step(self, step: ResourceStep, group: Group | None) -> None:
        """A step was counted; `group` is None for a component's own."""

    def notice(self, event: Diagnostic | PolicyViolation | PolicyRemediation) -> None:
        """Something to tell."""

    def close(self) -> None:
        """No more events."""


class JsonReporter(Collector):
    """Every event as one JSON document a line, on standard output."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def __call__(self, event: Event) -> None:
        super().__call__(event)
        if not isinstance(event, Summary):  # the command writes it, last, with the outputs
            self._console.out(json.dumps(as_json(event)))


class PlainReporter(Collector):
    """Lines for logs: changes and failures at once, new and removed resources by component when it comes to rest."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._told: dict[str, str] = {}
        self._active: dict[str, float] = {}

    def step(self, step: ResourceStep, group: Group | None) -> None:
        if step.phase is Phase.FAILED:
            self._console.print(Text(f"  x  {step.name} ({step.type}): {step.error}", style="red"))
        if group is None:
            return
        if step.phase is Phase.DONE and step.op in (StepOp.UPDATE, StepOp.REPLACE) and not tags_only(step):
            self._console.print(step_line(step))
        now = time.monotonic()
        self._active[component_of(step.urn)] = now
        for name, other in self.tally.groups.items():
            if not other.running and now - self._active[name] > REST_SECONDS:
                self._tell(name, other)

    def notice(self, event: Diagnostic | PolicyViolation | PolicyRemediation) -> None:
        show_notice(self._console, event)

    def close(self) -> None:
        for name, group in self.tally.groups.items():
            self._tell(name, group)

    def _tell(self, name: str, group: Group) -> None:
        words = group.words()
        if group.moved and self._told.get(name) != words:
            self._told[name] = words
            self._console.print(f"  {name:<16} {words}")


class LiveReporter(Collector):
    """A table that redraws itself: a row a component, with what it is working on."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._started = time.monotonic()
        self._live = Live(self, console=console, refresh_per_second=8, transient=True)
        self._live.start()

    def __rich__(self) -> Stacked:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for name, group in list(self.tally.groups.items()):
            steps = list(group.running.values())
            names = ", ".join(f"{SYMBOLS[step.op]} {step.name}" for step in steps[:IN_PROGRESS])
            more = f" and {len(steps) - IN_PROGRESS} more" if len(steps) > IN_PROGRESS else ""
            table.add_row(Text(name, style="bold"), Text(group.words()), Text(names + more, style="cyan"))
        return Stacked(table, Text(f"{time.monotonic() - self._started:.0f} s", style="dim"))

    def step(self, step: ResourceStep, group: Group | None) -> None:
        if step.phase is Phase.FAILED:
            self._console.print(Text(f"  x  {step.name} ({step.type}): {step.error}", style="red"))
        elif step.phase is Phase.DONE and step.custom and step.op is StepOp.REPLACE:
            self._console.print(step_line(step))

    def notice(self, event: Diagnostic | PolicyViolation | PolicyRemediation) -> None:
        show_notice(self._console, event)

    def close(self) -> None:
        self._live.stop()
        for name, group in self.tally.groups.items():
            if group.moved:
                self._console.print(f"  {name:<16} {group.words()}")


def show_notice(console: Console, event: Diagnostic | PolicyViolation | PolicyRemediation) -> None:
    """Diagnostics from info upwards, and what policy packs say."""
    if isinstance(event, PolicyViolation):
        word, style = ("policy", "red") if event.mandatory else ("advice", "yellow")
        about = f" {name_of(event.urn)}:" if event.urn else ""
        console.print(
            Text(f"  {word} {event.pack}/{event.policy}:{about} {' '.join(event.message.split())}", style=style)
        )
    elif isinstance(event, PolicyRemediation):
        console.print(Text(f"  remedied by {event.pack}/{event.policy}: {name_of(event.urn)}", style="yellow"))
    elif event.severity is not Severity.DEBUG:
        style = {Severity.ERROR: "red", Severity.WARNING: "yellow"}.get(event.severity, "")
        about = f"{name_of(event.urn)}: " if event.urn else ""
        console.print(Text(f"  {event.severity.value}: {about}{event.message}", style=style))


def name_of(urn: str) -> str:
    return urn.rpartition("::")[2]


def as_json(event: Event) -> dict[str, Any]:
    """The event as codekeep_contracts.engine_events writes it, and the component of a step."""
    component = {"component": component_of(event.urn)} if isinstance(event, ResourceStep) else {}
    return {**event_document(event), **component}
