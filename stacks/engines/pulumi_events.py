"""Translates the pulumi CLI's engine events to those of codekeep_contracts.engine_events."""

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
# A replacement as a whole has no event of its own here, as in the sandbox: its two steps have theirs.
OPS = {op.value: op for op in StepOp if op is not StepOp.REPLACE} | {
    "read-replacement": StepOp.READ,
    "import-replacement": StepOp.IMPORT,
    "discard": StepOp.DELETE,
}
SEVERITIES = {"info#err": Severity.INFO} | {severity.value: severity for severity in Severity}
COLOUR = re.compile(r"<\{%.*?%\}>")  # pulumi's own colour marks


class EventTranslator:
    """Takes engine events in their order. `counts` is final after the last."""

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self._on_event = on_event
        self._counts: Counter[StepOp] = Counter()
        self._started: dict[tuple[str, StepOp], float] = {}
        self._errors = 0
        self._diagnosed: set[tuple[str, str]] = set()

    @property
    def counts(self) -> dict[StepOp, int]:
        """Finished steps; a replacement counts once."""
        return dict(self._counts)

    def take(self, event: EngineEvent) -> None:
        """Emits the event's translation; events without one are dropped."""
        if event.resource_pre_event:
            self._start(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._finish(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            metadata = event.res_op_failed_event.metadata
            self._on_event(_step(metadata, _op(metadata) or StepOp.UPDATE, Phase.FAILED))
        elif event.diagnostic_event:
            diagnostic = event.diagnostic_event
            self._diagnose(diagnostic.severity, diagnostic.message, diagnostic.urn or "")
        elif event.policy_event:
            self._on_event(_violation(event.policy_event))

    def report_failure(self, text: str) -> None:
        """Emits the CLI's error output, unless its events contained an error already."""
        if not self._errors:
            self._on_event(Diagnostic(severity=Severity.ERROR, message=text.strip()))

    def _start(self, metadata: StepEventMetadata) -> None:
        op = _op(metadata)
        if op is not None and op is not StepOp.SAME:
            self._started[metadata.urn, op] = time.monotonic()
            self._on_event(_step(metadata, op, Phase.STARTED))

    def _finish(self, metadata: StepEventMetadata) -> None:
        if metadata.type == STACK_TYPE and (diff := _outputs_diff(metadata)):
            self._on_event(OutputsChanged(urn=metadata.urn, diff=diff))
        if (op := _op(metadata)) is not None:
            self._counts[StepOp.REPLACE if op is StepOp.CREATE_REPLACEMENT else op] += 1
            started = self._started.pop((metadata.urn, op), None)
            seconds = None if started is None else time.monotonic() - started
            self._on_event(_step(metadata, op, Phase.DONE, seconds))

    def _diagnose(self, severity: str, message: str, urn: str) -> None:
        kind = SEVERITIES.get(severity, Severity.INFO)
        self._errors += kind is Severity.ERROR
        text = COLOUR.sub("", message).strip()
        if text and (text, urn) not in self._diagnosed:  # pulumi repeats itself for every plugin it starts
            self._diagnosed.add((text, urn))
            self._on_event(Diagnostic(severity=kind, message=text, urn=urn))


def _op(metadata: StepEventMetadata) -> StepOp | None:
    return OPS.get(_text(metadata.op))


def _text(value: Any) -> str:
    """The SDK gives some words as enums and others as text."""
    return str(getattr(value, "value", value))


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
        custom=bool(state and state.custom),
    )


def _diff(metadata: StepEventMetadata) -> tuple[PropertyChange, ...]:
    if metadata.detailed_diff:
        return tuple(
            _change(path, ChangeKind(_text(diff.diff_kind)), diff.input_diff, metadata)
            for path, diff in metadata.detailed_diff.items()
        )
    return tuple(_change(path, ChangeKind.UPDATE, True, metadata) for path in metadata.diffs or ())


def _change(path: str, kind: ChangeKind, inputs: bool, metadata: StepEventMetadata) -> PropertyChange:
    old, new = metadata.old, metadata.new
    before = (old.inputs if inputs else old.outputs) if old else {}
    after = new.inputs if new else {}
    return PropertyChange(path, kind, value_at(before, parse_path(path)), value_at(after, parse_path(path)))


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
