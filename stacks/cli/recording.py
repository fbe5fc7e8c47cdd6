"""The graph that a stack's program asks for, with what it reads of other stacks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stacks.cli.errors import FailedError
from stacks.cli.project import Project, StackConfig

if TYPE_CHECKING:
    from policies.graph.model import ResourceGraph

MASKED = "[secret]"


class Recordings:
    """Records stacks of one project; a platform that several keeps live on is recorded for the first of them only."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._platforms: dict[str, Mapping[str, Any]] = {}

    def graph(self, stack: str) -> "ResourceGraph":
        """Runs the stack's program with no engine and no network.

        Raises:
            BadInputError: there is no such stack, no program, or the spec has faults.
            FailedError: the program failed.
        """
        from policies.graph.recorder import record
        from stacks.cli.program import run_program
        from stacks.cli.spec_gate import require_valid_spec

        program, spec = self.project.program, require_valid_spec(self.project, stack)
        config = config_of(self.project, stack)
        outputs = self._platform_outputs(getattr(spec, "platform", None))
        try:
            return record(
                lambda: run_program(program),
                project=self.project.name,
                stack=stack,
                config=config.values,
                secret_keys=config.secret_keys,
                root=self.project.root,
                stack_outputs=outputs,
                references=True,
            )
        except Exception as error:
            raise FailedError(f"the program of stack {stack} failed: {type(error).__name__}: {error}") from error

    def _platform_outputs(self, platform: Any) -> Mapping[str, Mapping[str, Any]]:
        """What the stack of a pooled keep's platform would export; a stack of another project stays unknown."""
        from policies.graph.references import readable_outputs

        if platform is None or "/" in platform.stack:
            return {}
        if platform.stack not in self._platforms:
            self._platforms[platform.stack] = readable_outputs(self.graph(platform.stack))
        return {platform.stack: self._platforms[platform.stack]}


def config_of(project: Project, stack: str) -> StackConfig:
    """The stack's configuration with secrets masked: recording needs none."""
    return project.config(stack, lambda _: lambda _: MASKED)
