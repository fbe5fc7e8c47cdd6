"""Renders the difference before a confirmation: by component, down to the property. Updates of tags alone are one
line.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from codekeep_contracts.engine_events import OutputsChanged, PropertyChange, ResourceStep, StepOp
from rich.text import Text

from stacks.cli.operation_labels import STYLES, SYMBOLS
from stacks.sessions.progress import changes_only_tags, component_of

LISTED = 8  # new or removed resources named per component; the rest is counted
LONGEST_VALUE = 100
ORDER = (StepOp.REPLACE, StepOp.UPDATE, StepOp.REFRESH, StepOp.IMPORT, StepOp.CREATE, StepOp.DELETE)


def diff_lines(changes: Iterable[ResourceStep], outputs: OutputsChanged | None = None) -> Iterator[Text]:
    """Returns one Text for each line; none where nothing changes."""
    shown: dict[str, list[ResourceStep]] = {}
    retagged = 0
    for step in changes:
        if changes_only_tags(step):
            retagged += 1
        else:
            shown.setdefault(component_of(step.urn), []).append(step)
    for component, steps in shown.items():
        yield Text(component, style="bold")
        yield from _component(steps)
    if retagged:
        yield Text(f"~ {retagged} resource{'s' if retagged != 1 else ''}: tags only", style="yellow")
    if outputs and outputs.diff:
        yield Text("outputs", style="bold")
        yield from (_property(change, "  ") for change in outputs.diff)


def _component(steps: list[ResourceStep]) -> Iterator[Text]:
    listed: Counter[StepOp] = Counter()
    for step in sorted(steps, key=lambda step: ORDER.index(step.op) if step.op in ORDER else len(ORDER)):
        listed[step.op] += 1
        if step.op not in (StepOp.CREATE, StepOp.DELETE):
            yield step_line(step)
            yield from (_property(change, "      ") for change in step.diff)
        elif listed[step.op] <= LISTED:
            yield step_line(step)
    for op in (StepOp.CREATE, StepOp.DELETE):
        if listed[op] > LISTED:
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
    line = Text(f"{indent}{change.path}: ")
    if change.kind.startswith("add"):
        line.append(f"+ {_short(change.new)}", style="green")
    elif change.kind.startswith("delete"):
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
