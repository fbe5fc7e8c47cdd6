"""Nothing is created from a spec with faults: every command that runs the program comes through here."""

from stacks.cli.errors import BadInputError
from stacks.cli.project import Project, read_yaml


def require_valid_spec(project: Project, stack: str) -> None:
    """Checks the spec in the stack's configuration; BadInputError tells every fault at once."""
    path = project.stack_file(stack)
    if not carries_spec(project, stack):
        return
    from stacks.spec import SpecError, load

    try:
        load(path)
    except SpecError as error:
        count = len(error.faults)
        head = f"{path.name}: {count} fault{'s' if count != 1 else ''} in the spec, nothing was done"
        raise BadInputError("\n".join([head, *(f"  {fault}" for fault in error.faults)])) from error


def carries_spec(project: Project, stack: str) -> bool:
    """Whether the project is one whose stacks hold a spec; a program of another project has its own configuration."""
    config = read_yaml(project.stack_file(stack)).get("config")
    return project.name == "codekeep" or bool(
        isinstance(config, dict) and {"codekeep:tenant", "codekeep:platform"} & config.keys()
    )
