"""Finds the stacks that a change affects: those whose own file changed, or all where shared code changed."""

import subprocess
from pathlib import PurePosixPath

from codekeep_contracts.faults import UsageFault

from stacks.project import Project
from stacks.spec import TENANT_KEY

SHARED = ("stacks", "components", "policies", "images", "requirements", "pyproject.toml", "Pulumi.yaml")
"""Every stack's verdict depends on these, and on the program's own folder."""


def changed_stacks(project: Project, ref: str) -> list[str]:
    """Stacks to check again since the working tree's branch left `ref`; files not committed yet count too.

    Raises:
        UsageFault: the project is in no git repository, or `ref` names no commit with a common history.
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
    tenant = project.raw_config(stack).get(TENANT_KEY)
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
        raise UsageFault("--changed-since needs git on PATH") from error
    if done.returncode != 0:
        reason = " ".join(done.stderr.split()) or "no common history"
        raise UsageFault(
            f"--changed-since {ref}: git {arguments[0]} failed: {reason}; "
            "name a branch, tag or commit that is fetched with its history"
        )
    return done.stdout
