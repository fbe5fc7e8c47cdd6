"""Random programs, edits, faults and kills for the engine, and what must hold after each run."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from codekeep_contracts.engine_events import Phase, ResourceStep, Status
from hypothesis import strategies as st

from sandbox.engine.checkpoint import StackState
from sandbox.engine.journal import Journal
from sandbox.engine.state import ResourceState
from sandbox.engine.store import StateStore
from sandbox.engine.values import Secret
from tests.sandbox.engine.harness import GROUP, THING, Outcome, Ref, Res, Sandbox

SLOTS = 7


@dataclass(frozen=True)
class Node:
    """One resource of a random program. The slot is its identity: a renamed resource keeps its slot."""

    slot: int
    renamed: bool
    group: bool
    uses: tuple[int, ...]
    needs: tuple[int, ...]
    depends_on: tuple[int, ...]
    parent: int | None
    deleted_with: int | None
    value: int
    force: int
    solo: int
    hidden: bool
    explicit: bool  # served by the explicit provider
    retain: bool
    protect: bool
    before: bool | None  # deleteBeforeReplace
    ignore: bool
    replace_on: bool

    @property
    def name(self) -> str:
        return f"{'m' if self.renamed else 'n'}{self.slot}"


@dataclass(frozen=True)
class Run:
    """One run of the engine, with the faults to inject."""

    operation: str
    nodes: tuple[Node, ...]
    provider: tuple[int, int]  # region (updates), account (replaces)
    faults: Mapping[str, str] = field(default_factory=dict)
    kill_at: int | None = None  # n-th write to the state
    torn: bool = False  # the write that is interrupted by the kill is incomplete
    cancel_at: int | None = None  # n-th event
    drift: tuple[int, ...] = ()  # slots whose objects vanish before the run


def chance(percent: int) -> st.SearchStrategy[bool]:
    return st.integers(0, 99).map(lambda number: number >= 100 - percent)


@st.composite
def nodes(draw: st.DrawFn) -> tuple[Node, ...]:
    """A program: slots in random order, each referring to some before it."""
    slots = draw(st.permutations(range(SLOTS)))[: draw(st.integers(0, SLOTS))]
    made: list[Node] = []
    for slot in slots:
        things = [node.slot for node in made if not node.group]
        groups = [node.slot for node in made if node.group]
        some = st.lists(st.sampled_from(things), max_size=2, unique=True).map(tuple) if things else st.just(())
        group = draw(chance(15))
        made.append(
            Node(
                slot=slot,
                renamed=draw(chance(20)),
                group=group,
                uses=() if group else draw(some),
                needs=() if group else draw(some),
                depends_on=draw(some) if draw(chance(20)) else (),
                parent=draw(st.sampled_from(groups)) if groups and draw(chance(50)) else None,
                deleted_with=draw(st.sampled_from(things)) if things and not group and draw(chance(10)) else None,
                value=draw(st.integers(0, 2)),
                force=draw(st.integers(0, 1)),
                solo=draw(st.integers(0, 1)),
                hidden=draw(chance(20)),
                explicit=draw(chance(20)),
                retain=draw(chance(10)),
                protect=draw(chance(5)),
                before=draw(st.sampled_from([None, None, None, True, False])),
                ignore=draw(chance(10)),
                replace_on=draw(chance(10)),
            )
        )
    return tuple(made)


@st.composite
def edited(draw: st.DrawFn, before: tuple[Node, ...]) -> tuple[Node, ...]:
    """An edit of a program, or a new program."""
    if not before or draw(chance(25)):
        return draw(nodes())
    changed = list(before)
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(changed) - 1))
        field_name = draw(st.sampled_from(["value", "force", "solo", "renamed", "protect", "retain", "drop"]))
        node = changed[index]
        if field_name == "drop":
            changed = _without(changed, node.slot)
            if not changed:
                break
        else:
            value = getattr(node, field_name)
            new = not value if isinstance(value, bool) else (value + 1) % 2
            changed[index] = Node(**{**vars(node), field_name: new})
    return tuple(changed)


def _without(program: list[Node], slot: int) -> list[Node]:
    def purge(node: Node) -> Node:
        lists = {key: tuple(s for s in getattr(node, key) if s != slot) for key in ("uses", "needs", "depends_on")}
        single = {key: None if getattr(node, key) == slot else getattr(node, key) for key in ("parent", "deleted_with")}
        return Node(**{**vars(node), **lists, **single})

    return [purge(node) for node in program if node.slot != slot]


@st.composite
def scenarios(draw: st.DrawFn) -> list[Run]:
    runs: list[Run] = []
    program: tuple[Node, ...] = draw(nodes())
    for _ in range(draw(st.integers(1, 4))):
        operation = draw(st.sampled_from(["up", "up", "up", "up", "preview", "refresh", "destroy"]))
        steps = [
            f"{call}:{'nm'[r]}{slot}"
            for call in ("create", "update", "delete")
            for slot in range(SLOTS)
            for r in (0, 1)
        ]
        faults = draw(
            st.dictionaries(st.sampled_from(steps), st.sampled_from(["fail", "fail", "init"]), max_size=2)
            if draw(chance(25))
            else st.just({})
        )
        runs.append(
            Run(
                operation=operation,
                nodes=program,
                provider=(draw(st.integers(0, 1)), (draw(chance(20)) and 1) or 0),
                faults={
                    step: fault for step, fault in faults.items() if fault == "fail" or not step.startswith("delete")
                },
                kill_at=draw(st.integers(0, 8 + 2 * len(program))) if draw(chance(45)) else None,
                torn=draw(st.booleans()),
                cancel_at=draw(st.integers(0, 30)) if draw(chance(8)) else None,
                drift=tuple(draw(st.sets(st.integers(0, SLOTS - 1), max_size=2))) if operation == "refresh" else (),
            )
        )
        program = draw(edited(program))
    return runs


def program_of(run: Run) -> list[Res]:
    """The resources that the run's program registers."""
    by_slot = {node.slot: node for node in run.nodes}
    region, account = run.provider
    items = [Res(name="prov", type="pulumi:providers:test", props={"region": str(region), "account": str(account)})]
    for node in run.nodes:
        options: dict[str, Any] = {"protect": node.protect, "retainOnDelete": node.retain}
        if node.before is not None:
            options |= {"deleteBeforeReplace": node.before, "deleteBeforeReplaceDefined": True}
        if node.ignore:
            options["ignoreChanges"] = ["value"]
        if node.replace_on:
            options["replaceOnChanges"] = ["value"]
        props: dict[str, Any] = {}
        if not node.group:
            props = {
                "value": Secret(node.value) if node.hidden else node.value,
                "force": node.force,
                "solo": node.solo,
                "uses": [Ref(by_slot[slot].name) for slot in node.uses],
                "needs": [Ref(by_slot[slot].name) for slot in node.needs],
                "loose": node.retain or node.deleted_with is not None,
            }
        items.append(
            Res(
                name=node.name,
                type=GROUP if node.group else THING,
                props=props,
                parent=by_slot[node.parent].name if node.parent is not None else "",
                depends_on=[by_slot[slot].name for slot in node.depends_on],
                provider="prov" if node.explicit and not node.group else "",
                deleted_with=by_slot[node.deleted_with].name if node.deleted_with is not None else "",
                aliases=[{"name": f"{'n' if node.renamed else 'm'}{node.slot}"}],
                options=options,
            )
        )
    return items


class SimulatedKillError(Exception):
    """Simulates the death of the process."""


@contextmanager
def killed_at(count: int | None, torn: bool) -> Iterator[threading.Event]:
    """Simulates a kill at the count-th write to the state, after which nothing is written. Yields if it happened."""
    dead = threading.Event()
    left = [count if count is not None else 10**9]
    lock = threading.Lock()
    append, write = Journal.append, StateStore._write

    def dies() -> bool:
        with lock:
            left[0] -= 1
            return left[0] < 0

    def append_or_die(self: Journal, changes: Sequence[Sequence[Any]]) -> None:
        if not dead.is_set() and dies():
            if torn:
                append(self, changes)
                content = self._path.read_bytes()
                self._path.write_bytes(content[:-7])
            dead.set()
        if dead.is_set():
            raise SimulatedKillError
        append(self, changes)

    def write_or_die(self: StateStore) -> bytes:
        if not dead.is_set() and dies():
            if torn:
                write(self)  # the checkpoint is there, the journal not yet removed
            dead.set()
        if dead.is_set():
            raise SimulatedKillError
        return write(self)

    Journal.append, StateStore._write = append_or_die, write_or_die  # type: ignore[method-assign]
    try:
        yield dead
    finally:
        Journal.append, StateStore._write = append, write  # type: ignore[method-assign]


class Checker:
    """Runs one stack repeatedly and checks the invariants after each run."""

    def __init__(self, box: Sandbox) -> None:
        self._box = box
        self.orphans = box.world.orphans

    def state(self) -> StackState:
        try:
            return self._box.state()
        except FileNotFoundError:
            return StackState()

    def run(self, run: Run) -> None:
        box, before = self._box, self.state()
        box.world.faults = dict(run.faults)
        for slot in run.drift:
            self._delete_objects(slot)
        outcome, dead = self._execute(run)
        if run.drift and (outcome is None or not outcome.result.succeeded):
            box.run("refresh")  # interrupted: only a complete refresh finds every deleted object
            outcome = None
        after = self.state()  # always loads
        self._check_objects(before, after)
        assert box.world.broken == []
        if outcome is not None and not dead:
            assert "the sandbox engine failed" not in outcome.messages()
            if self._must_succeed(run, before):
                assert outcome.result.succeeded, outcome.messages()
            self._check_messages(outcome, before, after)
            if outcome.result.succeeded:
                self._check_success(run, after)
        if run.operation == "preview":
            assert after == before

    @staticmethod
    def _must_succeed(run: Run, before: StackState) -> bool:
        """Whether the run has no reason to fail: no fault, no cancellation, no protected resource."""
        protected = any(node.protect for node in run.nodes) or any(s.protect for s in before.resources.values())
        return not run.faults and run.cancel_at is None and not protected

    def _execute(self, run: Run) -> tuple[Outcome | None, bool]:
        cancel = threading.Event()
        seen = [0]

        def count(_event: object) -> None:
            seen[0] += 1
            if run.cancel_at is not None and seen[0] > run.cancel_at:
                cancel.set()

        with killed_at(run.kill_at, run.torn) as dead:
            try:
                return self._box.run(run.operation, program_of(run), on_event=count, cancel=cancel), dead.is_set()
            except SimulatedKillError:
                return None, True

    def _delete_objects(self, slot: int) -> None:
        """Deletes the real objects of a slot outside of the engine."""
        for id_, props in list(self._box.world.objects.items()):
            if props["_urn"].rsplit("::", 1)[-1][1:] == str(slot):
                del self._box.world.objects[id_]

    def _check_objects(self, before: StackState, after: StackState) -> None:
        """No resource is lost or made twice: what exists is in the state or pending, what is in the state exists."""
        world = self._box.world.objects
        recorded = {s.id: s for s in after.resources.values() if _owned(s)}
        assert len(recorded) == len([s for s in after.resources.values() if _owned(s)]), "an id is recorded twice"
        self.orphans.update(
            s.id
            for s in before.resources.values()
            if s.id not in recorded and s.custom and (s.retain_on_delete or s.deleted_with)
        )
        creating = [o.resource.urn for o in after.pending.values() if o.type == "creating"]
        for id_ in world.keys() - recorded.keys() - self.orphans:
            assert world[id_]["_urn"] in creating, f"{id_} exists, but the state does not know"
            creating.remove(world[id_]["_urn"])
            self.orphans.add(id_)  # the next run reports it
        ending = {o.resource.id for o in after.pending.values() if o.type == "deleting"}
        for id_ in recorded.keys() - world.keys() - ending:
            raise AssertionError(f"{id_} is in the state, but does not exist")
        live = [s.urn for s in after.resources.values() if not s.delete]
        assert len(live) == len(set(live)), "two live instances of one URN"

    @staticmethod
    def _check_messages(outcome: Outcome, before: StackState, after: StackState) -> None:
        for operation in before.pending.values():
            assert operation.resource.urn in outcome.messages(), "an open operation was not reported"
        if outcome.result.status is Status.FAILED:
            assert outcome.messages()
        started, ended = (
            [(e.op, e.urn, e.type) for e in outcome.events if isinstance(e, ResourceStep) and e.phase in phases]
            for phases in ((Phase.STARTED,), (Phase.DONE, Phase.FAILED))
        )
        assert sorted(started) == sorted(ended)
        assert after.pending == {} or outcome.result.status is not Status.SUCCEEDED or before == after

    def _check_success(self, run: Run, after: StackState) -> None:
        world = self._box.world.objects
        owned = {s.id for s in after.resources.values() if _owned(s)}
        if run.operation in ("up", "destroy"):
            wanted = sorted(node.name for node in run.nodes if not node.group) if run.operation == "up" else []
            assert self._box.names() == wanted
            assert world.keys() - self.orphans == owned
            for id_ in owned:
                assert {*world[id_]["uses"], *world[id_]["needs"]} <= world.keys(), "a reference to what is gone"
            self._check_references(after)
        if run.operation == "up":
            self._check_props(run, after)
            self._check_second(run)

    @staticmethod
    def _check_references(after: StackState) -> None:
        urns = {state.urn for state in after.resources.values()}
        for state in after.resources.values():
            assert set(state.references()) <= urns, f"{state.urn} refers to what is not in the state"

    def _check_props(self, run: Run, after: StackState) -> None:
        by_name = {state.name: state for state in after.resources.values()}
        for node in run.nodes:
            if not node.group:
                props = self._box.world.objects[by_name[node.name].id]
                assert (props["force"], props["solo"]) == (node.force, node.solo)
                assert node.ignore or props["value"] == node.value
                ids = {node.slot: by_name[node.name].id for node in run.nodes}
                assert props["needs"] == [ids[slot] for slot in node.needs]

    def _check_second(self, run: Run) -> None:
        """A second up changes nothing, and neither does its preview."""
        box = self._box
        box.world.faults = {}
        calls, state = len(box.world.calls), self.state()
        for operation in ("preview", "up"):
            outcome = box.run(operation, program_of(run))
            assert outcome.result.succeeded, outcome.messages()
            assert outcome.steps() == []
        assert len(box.world.calls) == calls
        assert self.state() == state


def _owned(state: ResourceState) -> bool:
    return (
        state.custom and not state.type.startswith("pulumi:") and not state.external and not state.pending_replacement
    )
