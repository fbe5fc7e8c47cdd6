"""Records what a stack's program registers, without an engine and without a network."""

import os
import runpy
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from codekeep_contracts.faults import Fault

from policies.graph.model import ResourceGraph
from policies.graph.recorder import record
from policies.graph.references import readable_outputs
from stacks.engines.engine import MASK
from stacks.project import Project, StackConfig
from stacks.sessions.preconditions import own_platform, require_valid_spec


class StackRecorder:
    """Records stacks of one project. The platform of several keeps is recorded once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._platforms: dict[str, Mapping[str, Any]] = {}

    def graph(self, stack: str) -> ResourceGraph:
        """The graph that the stack's program registers.

        Raises:
            UsageFault: there is no such stack, no program, or the spec has problems.
            Fault: the program failed.
        """
        program, spec = self.project.program, require_valid_spec(self.project, stack)
        config = config_of(self.project, stack)
        return record_program(
            program,
            f"of stack {stack}",
            project=self.project.name,
            stack=stack,
            config=config.values,
            secret_keys=config.secret_keys,
            root=self.project.root,
            stack_outputs=self._platform_outputs(own_platform(spec)),
        )

    def _platform_outputs(self, platform: str | None) -> Mapping[str, Mapping[str, Any]]:
        """Outputs of a pooled keep's platform; the outputs of other projects stay unknown."""
        if platform is None:
            return {}
        if platform not in self._platforms:
            self._platforms[platform] = readable_outputs(self.graph(platform))
        return {platform: self._platforms[platform]}


def record_program(program: Path, label: str, **options: Any) -> ResourceGraph:
    """The graph that a program registers. `options` are those of policies' `record`.

    Raises:
        Fault: the program failed; the message names it by `label`.
    """
    try:
        return record(lambda: run_program(program), references=True, **options)
    except Exception as error:
        raise Fault(f"the program {label} failed: {type(error).__name__}: {error}") from error


def config_of(project: Project, stack: str) -> StackConfig:
    """The stack's configuration with secrets masked, since recording needs none."""
    return project.config(stack, lambda _: lambda _: MASK)


def run_program(main: Path) -> None:
    """Runs a file, or a folder's __main__.py, as `__main__` in its own folder, as Pulumi's language host does."""
    folder = main if main.is_dir() else main.parent
    with _working_in(folder):
        runpy.run_path(str(main), run_name="__main__")


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    """The folder as working directory, with its modules importable."""
    before, path = Path.cwd(), list(sys.path)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path
