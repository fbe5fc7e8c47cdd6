"""Serves registrations: finds the resource's last state, asks its provider what changed, and takes the step."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from codekeep_contracts.engine_events import StepOp

from sandbox.engine import reads, replacements, steps
from sandbox.engine.aliases import candidates, rename
from sandbox.engine.analyzers import Analyzers
from sandbox.engine.deployment import Claim, Deployment, HaltedError
from sandbox.engine.diff import Diff, apply_ignore_changes, apply_replace_on_changes, compare
from sandbox.engine.goal import Goal
from sandbox.engine.provider import INTERNAL_KEY, Provider, ProviderError
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import (
    PROVIDER_PREFIX,
    ROOT_STACK_TYPE,
    ProviderRef,
    is_provider_type,
    make_urn,
    package_of,
    parse_provider_ref,
)
from sandbox.engine.values import Props, Secret, has_unknowns


class RegistrationError(ValueError):
    """A registration that cannot be served. The message names the resource and the remedy."""


class Registrar:
    """Serves registrations, each in the caller's thread."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._defaults: dict[tuple[str, str], Future[str]] = {}
        self._lock = threading.Lock()
        self.analyzers = Analyzers(())  # policy packs, once they run

    def register(self, goal: Goal) -> Claim:
        """Creates or changes the resource so that it matches the goal.

        Raises:
            HaltedError: the deployment failed, here or elsewhere.
        """
        with self._claimed(goal) as claim:
            old = self._old(claim)
            if not self._is_target(claim.urn, goal):
                claim.key, claim.state = claim.old_key or "", old
                return claim
            self._require_needs(claim.urn, goal)
            new = self._desired(claim.urn, goal)
            if old is not None and claim.old_key is not None and old.urn != claim.urn:
                rename(self._deployment, claim.old_key, old.urn, claim.urn)
                old = self._old(claim)
            if not new.custom:
                self._component(claim, old, new)
            elif new.import_id and (old is None or new.import_id not in (old.id, old.import_id)):
                self._import(claim, old, new)
            else:
                self._custom(claim, goal, old, new)
        return claim

    def read(self, goal: Goal) -> Claim:
        """Reads a resource that the stack does not manage. Raises HaltedError as register does."""
        with self._claimed(goal) as claim:
            claim.op = StepOp.READ
            wanted = goal.state.with_(urn=claim.urn, provider=self._provider_reference(goal))
            reads.read(self._deployment, claim, wanted)
        return claim

    def default_provider(self, package: str, version: str) -> str:
        """Reference of the package's default provider, registered on first use."""
        with self._lock:
            future = self._defaults.get((package, version))
            mine = future is None
            if future is None:
                future = self._defaults[(package, version)] = Future()
        if mine:
            try:
                future.set_result(self._register_default(package, version))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()

    def _register_default(self, package: str, version: str) -> str:
        suffix = "".join(f"_{part}" for part in version.replace("-", ".").replace("+", ".").split(".") if part)
        request = self._deployment.request
        config = {
            key.split(":", 1)[1]: Secret(value) if key in request.secret_keys else value
            for key, value in request.config.items()
            if key.split(":", 1)[0] == package
        }
        state = ResourceState(urn="", type=f"{PROVIDER_PREFIX}{package}", custom=True, inputs=config)
        claim = self.register(Goal(name=f"default{suffix}", state=state, version=version))
        return str(ProviderRef(claim.urn, claim.state.id if claim.state else ""))

    def _is_target(self, urn: str, goal: Goal) -> bool:
        """The stack itself always is, and default providers, which reads need too, as in Pulumi."""
        targets, type_ = self._deployment.request.targets, goal.state.type
        default = is_provider_type(type_) and goal.name.startswith("default")
        return not targets or urn in targets or type_ == ROOT_STACK_TYPE or default

    def _require_needs(self, urn: str, goal: Goal) -> None:
        """Raises RegistrationError where a target needs what this run leaves out and does not exist."""
        claims = self._deployment.claims
        if missing := sorted(each for each in goal.state.references() if each in claims and claims[each].skipped):
            raise RegistrationError(f"{urn} needs {', '.join(missing)}, which does not exist; add it to the targets")

    # --- identity ---

    @contextmanager
    def _claimed(self, goal: Goal) -> Iterator[Claim]:
        """Claims the goal's URN for the block. An error inside fails the deployment and is raised as HaltedError."""
        deployment = self._deployment
        deployment.require_running()
        request = deployment.request
        urn = make_urn(request.stack, request.project, goal.state.parent, goal.state.type, goal.name)
        claim = None
        try:
            claim = self._claim(urn, goal)
            yield claim
        except HaltedError:
            raise
        except (ProviderError, ValueError) as error:
            deployment.fail(str(error), urn)
            raise HaltedError(str(error)) from error
        finally:
            if claim is not None:
                claim.done.set()

    def _claim(self, urn: str, goal: Goal) -> Claim:
        """Raises RegistrationError on a second registration of a URN, or of an old resource by two aliases."""
        deployment = self._deployment
        with deployment.lock:
            if urn in deployment.claims:
                raise RegistrationError(f"two resources have the URN {urn}; give one of them another name")
            old_urn = next((u for u in candidates(deployment, urn, goal) if u in deployment.olds), None)
            old_key = deployment.olds[old_urn] if old_urn else None
            if old_key in deployment.claimed_keys:
                raise RegistrationError(
                    f"{urn} has the alias {old_urn}, which is {deployment.claimed_keys[old_key].urn} already; "
                    "remove the alias from one of them"
                )
            claim = Claim(urn, old_key)
            deployment.claims[urn] = claim
            if old_key is not None and old_urn is not None:
                deployment.claimed_keys[old_key] = claim
                if old_urn != urn:
                    deployment.renamed[urn] = old_urn
            deleting = deployment.being_deleted.get(old_key or "")
        if deleting is not None:
            deleting.wait()
            deployment.require_running()
        return claim

    # --- planning ---

    def _old(self, claim: Claim) -> ResourceState | None:
        return self._deployment.store.state.resources.get(claim.old_key) if claim.old_key else None

    def _desired(self, urn: str, goal: Goal) -> ResourceState:
        """The program's values, and those that the resource inherits from its parent."""
        deployment = self._deployment
        wanted = goal.state
        parent = deployment.find(wanted.parent) if wanted.parent else None
        if wanted.parent and wanted.parent not in deployment.claims:
            raise RegistrationError(f"{urn}: parent {wanted.parent} is not registered")
        inputs, protect, retain = wanted.inputs, goal.protect, goal.retain_on_delete
        if is_provider_type(wanted.type) and goal.version:
            inputs = {**inputs, INTERNAL_KEY: {}, "version": goal.version}
        if protect is None:
            protect = parent is not None and parent.protect
        if retain is None:
            retain = parent is not None and parent.retain_on_delete
        return wanted.with_(
            urn=urn,
            inputs=inputs,
            provider=self._provider_reference(goal) if wanted.custom else "",
            protect=protect,
            retain_on_delete=retain,
            deleted_with=wanted.deleted_with or (parent.deleted_with if parent else ""),
        )

    def _provider_reference(self, goal: Goal) -> str:
        """Empty for providers themselves. Raises ValueError on a malformed reference."""
        if is_provider_type(goal.state.type):
            return ""
        if goal.state.provider:
            return str(parse_provider_ref(goal.state.provider))
        return self.default_provider(package_of(goal.state.type), goal.version)

    def _component(self, claim: Claim, old: ResourceState | None, new: ResourceState) -> None:
        deployment = self._deployment
        new = self.analyzers.judge(deployment, new)
        if old is None:
            claim.op = StepOp.CREATE
            claim.key, claim.state = steps.create(deployment, new)
            return
        claim.key = claim.old_key or ""
        changes = compare(old.inputs, new.inputs)
        if changes:
            claim.op = StepOp.UPDATE
            claim.state = steps.update(deployment, claim.key, old, new, Diff(changed=True, changes=changes))
        else:
            claim.state = steps.same(deployment, claim.key, old, new)

    def _custom(self, claim: Claim, goal: Goal, old: ResourceState | None, new: ResourceState) -> None:
        deployment = self._deployment
        wanted = new.inputs
        if old is not None and old.managed:
            inputs = apply_ignore_changes(wanted, old.inputs, new.ignore_changes)
            self._change(claim, goal, old, self._checked(new, old.inputs, inputs), wanted)
            return
        new = self._checked(new, {}, wanted)
        if old is None:
            claim.op = StepOp.CREATE
            claim.key, claim.state = steps.create(deployment, new)
        else:
            self._replace(claim, old, new, Diff(changed=True, changes=compare(old.inputs, new.inputs)))

    def _checked(
        self, new: ResourceState, old_inputs: Props, inputs: Props, provider: Provider | None = None
    ) -> ResourceState:
        """The resource with inputs that its provider and the policy packs accept."""
        checked = (provider or self._deployment.provider_of(new)).check(new.urn, old_inputs, inputs)
        if checked.failures:
            reasons = "; ".join(f"{name}: {reason}" if name else reason for name, reason in checked.failures)
            raise RegistrationError(f"{new.type} {new.name!r} has a problem: {reasons}")
        return self.analyzers.judge(self._deployment, new.with_(inputs=checked.inputs))

    def _change(self, claim: Claim, goal: Goal, old: ResourceState, new: ResourceState, wanted: Props) -> None:
        """Updates, replaces or leaves the resource, depending on the difference."""
        deployment = self._deployment
        diff = self._diff(old, new)
        claim.key = claim.old_key or ""
        if diff.replaces:
            changed = ", ".join(diff.replace_keys)
            if new.import_id:
                raise RegistrationError(
                    f"{new.urn} was imported and still names its import id, so it cannot be replaced "
                    f"({changed} changed); remove import_ from its options"
                )
            if old.protect and new.protect:
                raise RegistrationError(
                    f"{new.urn} is protected and cannot be replaced ({changed} changed); "
                    "remove protect from its options first"
                )
            # Names and defaults that Check took over from the old instance would conflict with it.
            new = self._checked(new, {}, wanted)
            before = diff.delete_before_replace if goal.delete_before_replace is None else goal.delete_before_replace
            if before:
                old = replacements.delete_first(deployment, claim, old)
            self._replace(claim, old, new, diff)
        elif diff.changed or old.init_errors:
            claim.op = StepOp.UPDATE
            claim.state = steps.update(deployment, claim.key, old, new, diff)
        else:
            if is_provider_type(new.type):
                deployment.registry.activate(new.urn, old.id, new.inputs)
            claim.state = steps.same(deployment, claim.key, old, new)

    def _replace(self, claim: Claim, old: ResourceState, new: ResourceState, diff: Diff) -> None:
        claim.op = StepOp.CREATE_REPLACEMENT
        claim.key, claim.state = steps.create(
            self._deployment, new, op=StepOp.CREATE_REPLACEMENT, diff=diff, replaced=(claim.old_key or "", old)
        )

    def _diff(self, old: ResourceState, new: ResourceState) -> Diff:
        if self._provider_changed(old, new):
            return Diff(changed=True, changes=compare(old.inputs, new.inputs), replace_keys=("provider",))
        diff = self._deployment.provider_of(new).diff(old, new.inputs, new.ignore_changes)
        return apply_replace_on_changes(diff, new.replace_on_changes, has_init_errors=bool(old.init_errors))

    def _provider_changed(self, old: ResourceState, new: ResourceState) -> bool:
        """Whether the move to another provider needs a new resource: the new provider's DiffConfig decides."""
        deployment = self._deployment
        if old.provider == new.provider or not new.provider:
            return False
        old_ref, new_ref = parse_provider_ref(old.provider), parse_provider_ref(new.provider)
        if deployment.renamed.get(new_ref.urn) == old_ref.urn:
            return False
        before, after = deployment.find_provider(old_ref), deployment.find_provider(new_ref)
        if before is None or after is None:
            return True
        if has_unknowns(after.inputs):
            return False
        return deployment.registry.diff_config(new_ref.urn, before.inputs, after.inputs).replaces

    def _import(self, claim: Claim, old: ResourceState | None, new: ResourceState) -> None:
        provider = self._deployment.provider_of(new)
        live = reads.import_live(provider, new, new.import_id)
        new = self._checked(new, live.inputs, new.inputs, provider)
        existing = new.with_(id=live.id, inputs=live.inputs, outputs=live.outputs)
        diff = provider.diff(existing, new.inputs, new.ignore_changes)
        if diff.changed:
            wrong = ", ".join(change.path for change in diff.changes) or ", ".join(diff.changed_keys)
            raise RegistrationError(
                f"{new.urn}: the inputs do not match what exists as {new.import_id!r} ({wrong}); "
                "make the program match what exists, import it, then change it"
            )
        claim.op = StepOp.IMPORT
        replaced = (claim.old_key, old) if claim.old_key and old is not None else None
        claim.key, claim.state = reads.record_import(self._deployment, new, live, replaced)
