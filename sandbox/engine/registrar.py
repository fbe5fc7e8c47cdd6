"""A registration from claim to state: finds what the resource was, asks its provider what changed, and takes the
step.
"""

import threading
from concurrent.futures import Future

from codekeep_contracts.engine_events import StepOp

from sandbox.engine import reads, replacements, steps
from sandbox.engine.aliases import candidates, rename
from sandbox.engine.deployment import Claim, Deployment, HaltedError
from sandbox.engine.diff import Diff, apply_ignore_changes, apply_replace_on_changes, compare
from sandbox.engine.goal import Goal, ReadGoal
from sandbox.engine.provider import INTERNAL_KEY, Checked, Provider, ProviderError
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import PROVIDER_PREFIX, ProviderRef, is_provider_type, make_urn, package_of, parse_provider_ref
from sandbox.engine.values import Props, Secret, has_unknowns


class RegistrationError(ValueError):
    """A registration that cannot be served; the message names the resource and the remedy."""


class Registrar:
    """Serves registrations, each in the caller's thread."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._defaults: dict[tuple[str, str], Future[str]] = {}
        self._lock = threading.Lock()

    def register(self, goal: Goal) -> Claim:
        """Brings the resource to what the goal says. Raises HaltedError where the deployment failed, here or
        elsewhere.
        """
        deployment = self._deployment
        deployment.require_running()
        urn = self._urn(goal.type, goal.name, goal.parent)
        claim = None
        try:
            claim = self._claim(urn, goal)
            self._bring_about(claim, goal)
        except HaltedError:
            raise
        except (ProviderError, RegistrationError, ValueError) as error:
            steps.report(deployment, error, urn)
            raise HaltedError(str(error)) from error
        finally:
            if claim is not None:
                claim.done.set()
        return claim

    def read(self, goal: ReadGoal) -> Claim:
        """Reads a resource that is not managed here. Raises HaltedError as register does."""
        deployment = self._deployment
        deployment.require_running()
        urn = self._urn(goal.type, goal.name, goal.parent)
        claim = None
        try:
            claim = self._claim(urn, Goal(type=goal.type, name=goal.name, custom=True, parent=goal.parent))
            provider = self.provider_reference(goal.type, goal.provider, goal.version)
            claim.op = StepOp.READ
            reads.read(deployment, claim, goal, provider)
        except HaltedError:
            raise
        except (ProviderError, RegistrationError, ValueError) as error:
            steps.report(deployment, error, urn)
            raise HaltedError(str(error)) from error
        finally:
            if claim is not None:
                claim.done.set()
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
        goal = Goal(
            type=f"{PROVIDER_PREFIX}{package}",
            name=f"default{suffix}",
            custom=True,
            inputs=self._package_config(package),
            version=version,
        )
        claim = self.register(goal)
        return str(ProviderRef(claim.urn, claim.state.id if claim.state else ""))

    def _package_config(self, package: str) -> Props:
        deployment = self._deployment
        return {
            key.split(":", 1)[1]: Secret(value) if key in deployment.secret_keys else value
            for key, value in deployment.config.items()
            if key.split(":", 1)[0] == package
        }

    # --- identity ---

    def _urn(self, type_: str, name: str, parent: str) -> str:
        identity = self._deployment.identity
        return make_urn(stack=identity.stack, project=identity.project, parent=parent, type_=type_, name=name)

    def _claim(self, urn: str, goal: Goal) -> Claim:
        """Raises RegistrationError on a second registration of a URN or of an old resource by two aliases."""
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

    def _bring_about(self, claim: Claim, goal: Goal) -> None:
        deployment = self._deployment
        old = deployment.store.state.resources.get(claim.old_key) if claim.old_key else None
        new = self._desired(claim.urn, goal)
        if old is not None and claim.old_key is not None and old.urn != claim.urn:
            rename(deployment, claim.old_key, old.urn, claim.urn)
            old = deployment.store.state.resources[claim.old_key]
        if not goal.custom:
            self._component(claim, old, new)
        elif goal.import_id and (old is None or goal.import_id not in (old.id, old.import_id)):
            self._import(claim, goal, old, new)
        else:
            self._custom(claim, goal, old, new)

    def _desired(self, urn: str, goal: Goal) -> ResourceState:
        deployment = self._deployment
        parent = deployment.find(goal.parent) if goal.parent else None
        if goal.parent and goal.parent not in deployment.claims:
            raise RegistrationError(f"{urn}: parent {goal.parent} is not registered")
        inputs = goal.inputs
        if is_provider_type(goal.type) and goal.version:
            inputs = {**inputs, INTERNAL_KEY: {}, "version": goal.version}
        protect, retain = goal.protect, goal.retain_on_delete
        if protect is None:
            protect = parent is not None and parent.protect
        if retain is None:
            retain = parent is not None and parent.retain_on_delete
        return ResourceState(
            urn=urn,
            type=goal.type,
            custom=goal.custom,
            inputs=inputs,
            parent=goal.parent,
            provider=self.provider_reference(goal.type, goal.provider, goal.version) if goal.custom else "",
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
            protect=protect,
            retain_on_delete=retain,
            deleted_with=goal.deleted_with or (parent.deleted_with if parent else ""),
            additional_secret_outputs=goal.additional_secret_outputs,
            custom_timeouts=goal.custom_timeouts,
            import_id=goal.import_id,
            ignore_changes=goal.ignore_changes,
            replace_on_changes=goal.replace_on_changes,
            source_position=goal.source_position,
        )

    def provider_reference(self, type_: str, explicit: str, version: str) -> str:
        """Empty for providers themselves. Raises ValueError on a malformed reference."""
        if is_provider_type(type_):
            return ""
        if explicit:
            return str(parse_provider_ref(explicit))
        return self.default_provider(package_of(type_), version)

    def _component(self, claim: Claim, old: ResourceState | None, new: ResourceState) -> None:
        deployment = self._deployment
        new = deployment.analyzers.judge(deployment, new)
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

    def _custom(
        self,
        claim: Claim,
        goal: Goal,
        old: ResourceState | None,
        new: ResourceState,
    ) -> None:
        deployment = self._deployment
        provider = deployment.provider_of(new)
        wanted = new.inputs
        managed = old is not None and not old.external and not old.pending_replacement
        if old is not None and managed:
            inputs = apply_ignore_changes(wanted, old.inputs, goal.ignore_changes)
            new = self._checked(provider, new, old.inputs, inputs)
        else:
            new = self._checked(provider, new, {}, wanted)
        new = deployment.analyzers.judge(deployment, new)
        if old is None:
            claim.op = StepOp.CREATE
            claim.key, claim.state = steps.create(deployment, new)
        elif not managed:
            diff = Diff(changed=True, changes=compare(old.inputs, new.inputs))
            self._replace(claim, old, new, diff)
        else:
            self._change(claim, goal, old, new, wanted)

    def _checked(self, provider: Provider, new: ResourceState, old: Props, inputs: Props) -> ResourceState:
        checked: Checked = provider.check(new.urn, old, inputs)
        if checked.failures:
            reasons = "; ".join(f"{name}: {reason}" if name else reason for name, reason in checked.failures)
            raise RegistrationError(f"{new.type} {new.name!r} has a problem: {reasons}")
        return new.with_(inputs=checked.inputs)

    def _change(
        self,
        claim: Claim,
        goal: Goal,
        old: ResourceState,
        new: ResourceState,
        wanted: Props,
    ) -> None:
        deployment = self._deployment
        diff = self._diff(goal, old, new)
        claim.key = claim.old_key or ""
        if diff.replaces:
            if goal.import_id:
                raise RegistrationError(
                    f"{new.urn} was imported and still names its import id, so it cannot be replaced "
                    f"({', '.join(diff.replace_keys)} changed); remove import_ from its options"
                )
            if old.protect and new.protect:
                raise RegistrationError(
                    f"{new.urn} is protected and cannot be replaced ({', '.join(diff.replace_keys)} changed); "
                    "remove protect from its options first"
                )
            # Names and defaults that Check carried over from the old instance would clash with it.
            new = self._checked(deployment.provider_of(new), new, {}, wanted)
            new = deployment.analyzers.judge(deployment, new)
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

    def _replace(
        self,
        claim: Claim,
        old: ResourceState,
        new: ResourceState,
        diff: Diff,
    ) -> None:
        claim.op = StepOp.CREATE_REPLACEMENT
        claim.key, claim.state = steps.create(
            self._deployment,
            new,
            op=StepOp.CREATE_REPLACEMENT,
            diff=diff,
            replaced=(claim.old_key or "", old),
        )

    def _diff(self, goal: Goal, old: ResourceState, new: ResourceState) -> Diff:
        deployment = self._deployment
        if self._provider_changed(old, new):
            changes = compare(old.inputs, new.inputs)
            return Diff(changed=True, changes=changes, replace_keys=("provider",))
        diff = deployment.provider_of(new).diff(
            new.urn, old.id, old.inputs, old.outputs, new.inputs, goal.ignore_changes
        )
        return apply_replace_on_changes(diff, goal.replace_on_changes, has_init_errors=bool(old.init_errors))

    def _provider_changed(self, old: ResourceState, new: ResourceState) -> bool:
        """Whether the move to another provider needs a new resource: the new provider's DiffConfig says so."""
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

    def _import(self, claim: Claim, goal: Goal, old: ResourceState | None, new: ResourceState) -> None:
        deployment = self._deployment
        provider = deployment.provider_of(new)
        live = reads.import_live(deployment, provider, new, goal.import_id)
        new = self._checked(provider, new, live.inputs, goal.inputs)
        new = deployment.analyzers.judge(deployment, new)
        diff = provider.diff(new.urn, live.id, live.inputs, live.outputs, new.inputs, goal.ignore_changes)
        if diff.changed:
            wrong = ", ".join(change.path for change in diff.changes) or ", ".join(diff.changed_keys)
            raise RegistrationError(
                f"{new.urn}: the inputs do not match what exists as {goal.import_id!r} ({wrong}); "
                "make the program say what is there, import, then change it"
            )
        claim.op = StepOp.IMPORT
        claim.key, claim.state = reads.record_import(deployment, new, live, (claim.old_key, old))
