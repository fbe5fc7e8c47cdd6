"""The policies that a customer writes for the keys they hold."""

from codekeep_contracts.faults import UsageFault

from stacks.project import Project
from stacks.sessions.preconditions import require_valid_spec
from stacks.translation import HeldKey, held_keys


def held_keys_of(project: Project, stack: str) -> list[HeldKey]:
    """The customer-held keys of a stack, with their policies.

    Raises:
        UsageFault: there is no such stack, its spec has problems, or it names no customer-held key.
    """
    spec = require_valid_spec(project, stack)
    found = held_keys(spec) if spec is not None else []
    if not found:
        raise UsageFault(f"stack {stack} has no customer-held keys: name them in keys.customer_held of its spec")
    return found
