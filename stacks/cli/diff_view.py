"""The diff before a confirmation: by component, down to the property; a wave of equal tag updates is one line."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from codekeep_contracts.engine_events import OutputsChanged, PropertyChange, ResourceStep, StepOp
from rich.text import Text

from stacks.cli.tally import SYMBOLS, component_of, tags_only

LISTED = 8  # new or removed resources named per component before the rest is only counted
LONGEST_VALUE = 100
ORDER = (StepOp.REPLACE, StepOp.UPDATE, StepOp.REFRESH, StepOp.IMPORT, StepOp.CREATE, StepOp.DELETE)
STYLES = {
    StepOp.CREATE: "green",
    StepOp.IMPORT: "green",
    StepOp.UPDATE: "yellow",
    StepOp.REFRESH: "yellow",
    StepOp.REPLACE: "magenta",
    StepOp.DELETE: "red",
}
ABSENT = object()


def lines(changes: Iterable[ResourceStep], outputs: OutputsChanged | None = None) -> Iterator[Text]:
    """One Text a line; nothing where nothing changes."""
    changes = list(changes)
    folded = [step for step in changes if tags_only(step)]
    shown = [step for step in changes if not tags_only(step)]
    for component in dict.fromkeys(component_of(step.urn) for step in shown):
        yield Text(component, style="bold")
        yield from _component([step for step in shown if component_of(step.urn) == component])
    if folded:
        yield Text(f"~ {len(folded)} resource{'s' if len(folded) != 1 else ''}: tags only", style="yellow")
    if outputs and outputs.diff:
        yield Text("outputs", style="bold")
        yield from (_property(change, "  ") for change in outputs.diff)


def _component(steps: list[ResourceStep]) -> Iterator[Text]:
    listed: dict[StepOp, int] = {}
    for step in sorted(steps, key=lambda step: ORDER.index(step.op) if step.op in ORDER else len(ORDER)):
        listed[step.op] = listed.get(step.op, 0) + 1
        plain = step.op in (StepOp.CREATE, StepOp.DELETE)
        if plain and listed[step.op] > LISTED:
            continue
        yield step_line(step)
        if not plain:
            yield from (_property(change, "      ") for change in step.diff)
    for op in (StepOp.CREATE, StepOp.DELETE):
        if listed.get(op, 0) > LISTED:
            yield Text(f"  {SYMBOLS[op]} … and {listed[op] - LISTED} more", style=STYLES[op])


def step_line(step: ResourceStep) -> Text:
    """`  ~ acme-gpu (aws:eks/nodeGroup:NodeGroup)`; a replacement names the properties that force it."""
    line = Text(f"  {SYMBOLS[step.op]:<2} {step.name}", style=STYLES.get(step.op, ""))
    line.append(f" ({step.type})", style="dim")
    if step.replace_keys:
        line.append(f"  replaced because of {', '.join(step.replace_keys)}", style="magenta")
    if step.retained:
        line.append("  stays in the cloud (retainOnDelete)", style="dim")
    return line


def _property(change: PropertyChange, indent: str) -> Text:
    kind = change.kind.value
    line = Text(f"{indent}{change.path}: ")
    if kind.startswith("add"):
        line.append(f"+ {_short(change.new)}", style="green")
    elif kind.startswith("delete"):
        line.append(f"- {_short(change.old)}", style="red")
    else:
        line.append(_short(change.old), style="red")
        line.append(" → ")
        line.append(_short(change.new), style="green")
    if change.kind.replaces:
        line.append("  [forces replacement]", style="magenta")
    return line


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
