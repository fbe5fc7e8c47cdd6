"""Which stacks a change touches: those whose own file changed, or all where what they are made from did."""

import subprocess
from pathlib import PurePosixPath

from stacks.cli.errors import BadInputError
from stacks.cli.project import Project, read_yaml

SHARED = ("stacks", "components", "policies", "images", "requirements", "pyproject.toml", "Pulumi.yaml")
"""What every stack's verdict depends on, beside the program's own folder."""


def changed_stacks(project: Project, ref: str) -> list[str]:
    """Stacks to judge again since the branch of the working tree left `ref`; files not committed yet count too.

    Raises:
        BadInputError: the project is in no git repository, or `ref` names nothing there that has a common history.
    """
    changed = _changed_files(project, ref)
    if any(_shared(project, path) for path in changed):
        return project.stacks
    touched = {stack for stack in project.stacks if f"Pulumi.{stack}.yaml" in changed}
    return [stack for stack in project.stacks if stack in touched or _platform_of(project, stack) in touched]


def _shared(project: Project, path: str) -> bool:
    parts = PurePosixPath(path).parts
    if parts[0] in SHARED:
        return True
    if len(parts) == 1 and path.startswith("Pulumi.") and path.endswith(".yaml"):
        return False  # a stack's own file
    program = project.main if project.main.is_dir() else project.main.parent
    return (project.root / path).is_relative_to(program)


def _platform_of(project: Project, stack: str) -> str | None:
    """The stack whose outputs a pooled keep's program reads."""
    config = read_yaml(project.stack_file(stack)).get("config")
    tenant = config.get("codekeep:tenant") if isinstance(config, dict) else None
    platform = tenant.get("platform") if isinstance(tenant, dict) else None
    name = platform.get("stack") if isinstance(platform, dict) else None
    return name if isinstance(name, str) else None


def _changed_files(project: Project, ref: str) -> set[str]:
    """Paths from the project's root, with slashes."""
    commit = _git(project, ref, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}").strip()
    base = _git(project, ref, "merge-base", commit, "HEAD").strip()
    tracked = _git(project, ref, "diff", "--name-only", "--no-renames", "--relative", "-z", base)
    new = _git(project, ref, "ls-files", "--others", "--exclude-standard", "-z")
    return {path for path in f"{tracked}{new}".split("\0") if path}


def _git(project: Project, ref: str, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and `ref` cannot be read as an option
            ["git", "-C", str(project.root), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise BadInputError("--changed-since needs git on PATH") from error
    if done.returncode != 0:
        reason = " ".join(done.stderr.split()) or "no common history"
        raise BadInputError(
            f"--changed-since {ref}: git {arguments[0]} failed: {reason}; "
            "name a branch, tag or commit that is fetched with its history"
        )
    return done.stdout
