"""Progress of a deployment, by component."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from codekeep_contracts.engine_events import (
    Diagnostic,
    Event,
    OutputsChanged,
    Phase,
    ResourceStep,
    StepOp,
    Summary,
)

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
UNCHANGED = {StepOp.SAME, StepOp.READ}
TAG_PROPERTIES = ("tags", "tagsAll")


def component_of(urn: str) -> str:
    """The component a resource belongs to, from the types in its URN: `network` for a subnet of a tenant's network.

    The outermost component is the keep itself, so the one below it names the group.
    """
    types = urn.split("::")[2].split("$")
    components = [type_ for type_ in types[:-1] if type_ != STACK_TYPE]
    if not components:
        return "stack"
    module = components[min(1, len(components) - 1)].split(":")[1]
    return module.split("/")[0].replace("_", "-")


def changes_only_tags(step: ResourceStep) -> bool:
    """Whether an update changes nothing but tags."""
    roots = [change.path.split(".", 1)[0].split("[", 1)[0] for change in step.diff]
    return step.op is StepOp.UPDATE and bool(roots) and all(root in TAG_PROPERTIES for root in roots)


def merged_replacement(step: ResourceStep) -> ResourceStep:
    """Merges the two steps of a replacement: the one that creates counts for both, as `replace`."""
    return replace(step, op=StepOp.REPLACE) if step.op is StepOp.CREATE_REPLACEMENT else step


@dataclass
class Group:
    """The steps in one component."""

    running: dict[str, ResourceStep] = field(default_factory=dict)
    done: Counter[StepOp] = field(default_factory=Counter)
    failed: list[ResourceStep] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything in it changed or failed."""
        return bool(self.failed or any(op not in UNCHANGED for op in self.done))


class Progress:
    """Counts a deployment's events. Resources count, providers only when they change; components group them."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.summary: Summary | None = None
        self.outputs_changed: OutputsChanged | None = None
        self._steps: list[ResourceStep] = []
        self._done: set[str] = set()
        self._failures: set[tuple[str, str]] = set()

    def add(self, event: Event) -> None:
        if isinstance(event, ResourceStep):
            self._add_step(merged_replacement(event))
        elif isinstance(event, OutputsChanged):
            self.outputs_changed = event
        elif isinstance(event, Summary):
            self.summary = event

    def repeats_failure(self, event: Event) -> bool:
        """Whether a diagnostic repeats the error of a failed step."""
        return isinstance(event, Diagnostic) and (event.urn, event.message) in self._failures

    @property
    def counts(self) -> Mapping[StepOp, int]:
        """Finished steps by kind, each replacement once."""
        return Counter(step.op for step in self._steps)

    @property
    def failed(self) -> int:
        return sum(len(group.failed) for group in self.groups.values())

    @property
    def retained(self) -> list[str]:
        """Ids of what was left in the account (retainOnDelete). The pulumi CLI does not tell."""
        return sorted(step.id for step in self._steps if step.retained)

    @property
    def changes(self) -> list[ResourceStep]:
        """Finished steps that change something, each replacement once."""
        return [
            step for step in self._steps if step.op not in UNCHANGED and (step.diff or step.op is not StepOp.REFRESH)
        ]

    def _add_step(self, step: ResourceStep) -> None:
        if step.phase is Phase.FAILED:
            self._failures.add((step.urn, step.error))
        if not is_counted(step):
            return
        if step.urn in self._done and step.op in UNCHANGED:
            return  # made by an earlier part of the same work
        group = self.groups.setdefault(component_of(step.urn), Group())
        if step.phase is Phase.STARTED:
            group.running[step.urn] = step
            return
        group.running.pop(step.urn, None)
        if step.phase is Phase.FAILED:
            group.failed.append(step)
        else:
            group.done[step.op] += 1
            self._steps.append(step)
            self._done.add(step.urn)


def is_counted(step: ResourceStep) -> bool:
    """Whether a step counts: components, unchanged providers and the second half of a successful replacement do not."""
    failed = step.phase is Phase.FAILED
    if step.type.startswith(PROVIDER_PREFIX) and not failed:
        return step.op in (StepOp.UPDATE, StepOp.REPLACE)
    return step.custom and (failed or step.op is not StepOp.DELETE_REPLACED)
