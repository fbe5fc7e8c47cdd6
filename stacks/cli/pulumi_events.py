"""From the pulumi CLI's engine events to those of codekeep_contracts."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from codekeep_contracts.engine_events import (
    ChangeKind,
    Diagnostic,
    Event,
    OutputsChanged,
    Phase,
    PolicyViolation,
    PropertyChange,
    ResourceStep,
    Severity,
    StepOp,
)
from codekeep_contracts.property_path import parse_path, value_at
from pulumi.automation import EngineEvent
from pulumi.automation.events import PolicyEvent, StepEventMetadata, StepEventStateMetadata

STACK_TYPE = "pulumi:pulumi:Stack"
# A replacement as a whole is left out: its halves tell it, as the sandbox's events do.
OPS = {op.value: op for op in StepOp if op is not StepOp.REPLACE} | {
    "read-replacement": StepOp.READ,
    "import-replacement": StepOp.IMPORT,
    "discard": StepOp.DELETE,
}
SEVERITIES = {
    "debug": Severity.DEBUG,
    "info": Severity.INFO,
    "info#err": Severity.INFO,
    "warning": Severity.WARNING,
    "error": Severity.ERROR,
}
COLOUR = re.compile(r"<\{%.*?%\}>")  # pulumi's own colour marks


class Translator:
    """Takes engine events in the order they come; `counts` is final after the last."""

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self.counts: dict[StepOp, int] = {}
        self._on_event = on_event
        self._tally: Counter[StepOp] = Counter()
        self._started: dict[str, float] = {}
        self._errors = 0
        self._told: set[tuple[str, str]] = set()

    def take(self, event: EngineEvent) -> None:
        """Passes on what the event means, if it means anything to us."""
        if event.resource_pre_event:
            self._began(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._ended(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            self._failed(event.res_op_failed_event.metadata)
        elif event.diagnostic_event:
            told = event.diagnostic_event
            self._diagnose(told.severity, told.message, told.urn or "")
        elif event.policy_event:
            self._on_event(_violation(event.policy_event))

    def explain(self, text: str) -> None:
        """What the CLI said on failing, unless its events have told it already."""
        if not self._errors:
            self._on_event(Diagnostic(severity=Severity.ERROR, message=text.strip()))

    def _began(self, metadata: StepEventMetadata) -> None:
        op = OPS.get(str(getattr(metadata.op, "value", metadata.op)))
        if op is None or op is StepOp.SAME:
            return
        self._started[f"{metadata.urn} {op}"] = time.monotonic()
        self._on_event(_step(metadata, op, Phase.STARTED))

    def _ended(self, metadata: StepEventMetadata) -> None:
        op = OPS.get(str(getattr(metadata.op, "value", metadata.op)))
        if metadata.type == STACK_TYPE:
            diff = _outputs_diff(metadata)
            if diff:
                self._on_event(OutputsChanged(urn=metadata.urn, diff=diff))
        if op is not None:
            self._finish(metadata, op)

    def _finish(self, metadata: StepEventMetadata, op: StepOp) -> None:
        self._tally[StepOp.REPLACE if op is StepOp.CREATE_REPLACEMENT else op] += 1
        self.counts = dict(self._tally)
        began = self._started.pop(f"{metadata.urn} {op}", None)
        seconds = None if began is None else time.monotonic() - began
        self._on_event(_step(metadata, op, Phase.DONE, seconds))

    def _failed(self, metadata: StepEventMetadata) -> None:
        op = OPS.get(str(getattr(metadata.op, "value", metadata.op)), StepOp.UPDATE)
        self._on_event(_step(metadata, op, Phase.FAILED))

    def _diagnose(self, severity: str, message: str, urn: str) -> None:
        kind = SEVERITIES.get(severity, Severity.INFO)
        self._errors += kind is Severity.ERROR
        text = COLOUR.sub("", message).strip()
        if text and (text, urn) not in self._told:  # pulumi repeats itself for every plugin it starts
            self._told.add((text, urn))
            self._on_event(Diagnostic(severity=kind, message=text, urn=urn))


def _step(metadata: StepEventMetadata, op: StepOp, phase: Phase, seconds: float | None = None) -> ResourceStep:
    state = metadata.new or metadata.old
    return ResourceStep(
        phase=phase,
        op=op,
        urn=metadata.urn,
        type=metadata.type,
        name=metadata.urn.rpartition("::")[2],
        parent=state.parent if state else "",
        id=(state.id or "") if state else "",
        diff=_diff(metadata),
        replace_keys=tuple(metadata.keys or ()),
        seconds=seconds,
        custom=_custom(metadata),
    )


def _custom(metadata: StepEventMetadata) -> bool:
    state = metadata.new or metadata.old
    return bool(state and state.custom)


def _diff(metadata: StepEventMetadata) -> tuple[PropertyChange, ...]:
    if metadata.detailed_diff:
        return tuple(
            _change(path, ChangeKind(str(getattr(diff.diff_kind, "value", diff.diff_kind))), diff.input_diff, metadata)
            for path, diff in metadata.detailed_diff.items()
        )
    return tuple(_change(path, ChangeKind.UPDATE, True, metadata) for path in metadata.diffs or ())


def _change(path: str, kind: ChangeKind, inputs: bool, metadata: StepEventMetadata) -> PropertyChange:
    old, new = metadata.old, metadata.new
    before = value_at((old.inputs if inputs else old.outputs) if old else {}, parse_path(path))
    return PropertyChange(path, kind, before, value_at(new.inputs if new else {}, parse_path(path)))


def _outputs_diff(metadata: StepEventMetadata) -> tuple[PropertyChange, ...]:
    old, new = _outputs(metadata.old), _outputs(metadata.new)
    changes = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            changes.append(PropertyChange(name, ChangeKind.ADD, None, new[name]))
        elif name not in new:
            changes.append(PropertyChange(name, ChangeKind.DELETE, old[name], None))
        elif old[name] != new[name]:
            changes.append(PropertyChange(name, ChangeKind.UPDATE, old[name], new[name]))
    return tuple(changes)


def _outputs(state: StepEventStateMetadata | None) -> Mapping[str, Any]:
    return (state.outputs or {}) if state else {}


def _violation(event: PolicyEvent) -> PolicyViolation:
    return PolicyViolation(
        pack=event.policy_pack_name,
        pack_version=event.policy_pack_version,
        policy=event.policy_name,
        description="",
        message=COLOUR.sub("", event.message).strip(),
        mandatory=event.enforcement_level == "mandatory",
        urn=event.resource_urn or "",
    )
