"""Counting what a deployment does, by component."""

from collections import Counter
from dataclasses import dataclass, field, replace

from codekeep_contracts.engine_events import Phase, ResourceStep, StepOp

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
QUIET = {StepOp.SAME, StepOp.READ}
TAG_PROPERTIES = ("tags", "tagsAll")

SYMBOLS = {
    StepOp.CREATE: "+",
    StepOp.UPDATE: "~",
    StepOp.REPLACE: "+-",
    StepOp.DELETE: "-",
    StepOp.IMPORT: "=",
    StepOp.REFRESH: "~",
    StepOp.READ: ">",
    StepOp.SAME: " ",
}
PAST = {
    StepOp.CREATE: "created",
    StepOp.UPDATE: "updated",
    StepOp.REPLACE: "replaced",
    StepOp.DELETE: "deleted",
    StepOp.IMPORT: "imported",
    StepOp.REFRESH: "refreshed",
    StepOp.READ: "read",
    StepOp.SAME: "unchanged",
}


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


def tags_only(step: ResourceStep) -> bool:
    """Whether an update touches tags alone, as a new spec digest does on every resource."""
    paths = [change.path for change in step.diff]
    return step.op is StepOp.UPDATE and bool(paths) and all(_is_tag(path) for path in paths)


def _is_tag(path: str) -> bool:
    return path.split(".", 1)[0].split("[", 1)[0] in TAG_PROPERTIES


@dataclass
class Group:
    """One component's share."""

    running: dict[str, ResourceStep] = field(default_factory=dict)
    done: Counter[StepOp] = field(default_factory=Counter)
    failed: list[ResourceStep] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether anything in it changed or failed."""
        return bool(self.failed or any(op not in QUIET for op in self.done))

    def words(self) -> str:
        """`12 created, 1 failed`."""
        parts = [f"{count} {PAST[op]}" for op, count in sorted(self.done.items())]
        return ", ".join([*parts, *([f"{len(self.failed)} failed"] if self.failed else [])])


class Tally:
    """Takes a deployment's steps in. Resources count, providers only when they change; components group them."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.steps: list[ResourceStep] = []

    def add(self, step: ResourceStep) -> Group | None:
        """The group the step belongs to; None for a step that is not counted."""
        if not step.custom or _quiet_provider(step) or _is_rest(step):
            return None
        step = whole(step)
        group = self.groups.setdefault(component_of(step.urn), Group())
        if step.phase is Phase.STARTED:
            group.running[step.urn] = step
            return group
        group.running.pop(step.urn, None)
        if step.phase is Phase.FAILED:
            group.failed.append(step)
        else:
            group.done[step.op] += 1
            self.steps.append(step)
        return group

    @property
    def counts(self) -> Counter[StepOp]:
        """Finished steps by kind, each replacement once."""
        return Counter(step.op for step in self.steps)

    @property
    def failed(self) -> int:
        return sum(len(group.failed) for group in self.groups.values())

    @property
    def changes(self) -> list[ResourceStep]:
        """Finished steps that change something, each replacement once."""
        return [step for step in self.steps if step.op not in QUIET and not _unmoved(step)]


def whole(step: ResourceStep) -> ResourceStep:
    """A replacement is told by its halves; the one that creates stands for it."""
    return replace(step, op=StepOp.REPLACE) if step.op is StepOp.CREATE_REPLACEMENT else step


def _is_rest(step: ResourceStep) -> bool:
    return step.op is StepOp.DELETE_REPLACED and step.phase is not Phase.FAILED


def _quiet_provider(step: ResourceStep) -> bool:
    changed = step.op in (StepOp.UPDATE, StepOp.REPLACE) or step.phase is Phase.FAILED
    return step.type.startswith(PROVIDER_PREFIX) and not changed


def _unmoved(step: ResourceStep) -> bool:
    return step.op is StepOp.REFRESH and not step.diff
