"""Nothing is created from a spec with problems, nor from one whose platform is missing."""

from typing import TYPE_CHECKING

from stacks.cli.errors import BadInputError
from stacks.cli.project import Project, read_yaml

if TYPE_CHECKING:
    from stacks.cli.engines import Engine
    from stacks.spec import Spec

PROJECT = "codekeep"  # whose stacks all hold a spec; programs of other projects have a configuration of their own


def require_valid_spec(project: Project, stack: str) -> "Spec | None":
    """The spec in the stack's configuration; None in another project. BadInputError tells every problem at once."""
    path = project.stack_file(stack)
    if not _carries_spec(project, stack):
        return None
    from stacks.spec import SpecError, load

    try:
        return load(path)
    except SpecError as error:
        count = len(error.problems)
        head = f"{path.name}: {count} problem{'s' if count != 1 else ''} in the spec, nothing was done"
        raise BadInputError("\n".join([head, *(f"  {problem}" for problem in error.problems)])) from error


def require_platform(engine: "Engine", spec: "Spec | None") -> None:
    """BadInputError with the remedy where a pooled keep's platform is not up on the engine that is to deploy it."""
    platform = getattr(spec, "platform", None)
    if platform is None or "/" in platform.stack:  # a stack of another project is not ours to look at
        return
    if not engine.outputs(platform.stack, show_secrets=False):
        raise BadInputError(
            f"the keep lives on the platform of stack {platform.stack}, which is not up on the {engine.name} engine: "
            f"run `codekeep up {platform.stack}` first"
        )


def _carries_spec(project: Project, stack: str) -> bool:
    config = read_yaml(project.stack_file(stack)).get("config")
    holds = isinstance(config, dict) and {"codekeep:tenant", "codekeep:platform"} & config.keys()
    return project.name == PROJECT or bool(holds)
