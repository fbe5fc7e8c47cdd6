"""Checks that must pass before a stack's program runs: its spec is valid, and its platform is up."""

from codekeep_contracts.faults import UsageFault

from stacks.engines.engine import Engine
from stacks.project import Project
from stacks.spec import PLATFORM_KEY, TENANT_KEY, Spec, SpecError, load
from stacks.spec.notices import notices

PROJECT = "codekeep"  # all its stacks contain a spec; programs of other projects have a configuration of their own


def require_valid_spec(project: Project, stack: str) -> Spec | None:
    """Returns the spec in the stack's configuration; None for a stack of another project that contains none.

    Raises:
        UsageFault: there is no such stack, or its spec has problems; the message lists all of them.
    """
    path = project.stack_file(stack)
    if project.name != PROJECT and not {TENANT_KEY, PLATFORM_KEY} & project.raw_config(stack).keys():
        return None
    try:
        return load(path)
    except SpecError as error:
        count = len(error.problems)
        head = f"{path.name}: {count} problem{'s' if count != 1 else ''} in the spec, nothing was done"
        raise UsageFault("\n".join([head, *(f"  {problem}" for problem in error.problems)])) from error


def spec_notices(project: Project, stack: str) -> list[str]:
    """What others must do before the stack's spec can be deployed; nothing where the spec is invalid or absent."""
    try:
        spec = require_valid_spec(project, stack)
    except UsageFault:
        return []  # `deploy` reports it
    return [] if spec is None else notices(spec, stack)


def require_platform(engine: Engine, spec: Spec | None) -> None:
    """Raises:
    UsageFault: the spec is a pooled keep's, and its platform is not up on the engine; the message says what to run.
    """
    platform = own_platform(spec)
    if platform is not None and not engine.outputs(platform, show_secrets=False):
        raise UsageFault(
            f"the keep lives on the platform of stack {platform}, which is not up on the {engine.name} engine: "
            f"run `codekeep up {platform}` first"
        )


def own_platform(spec: Spec | None) -> str | None:
    """Stack of the platform that a pooled keep lives on, where that is a stack of the same project."""
    use = getattr(spec, "platform", None)
    return None if use is None or "/" in use.stack else str(use.stack)
