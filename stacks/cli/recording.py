"""The graph that a stack's program asks for, with what it reads of other stacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stacks.cli.errors import FailedError
from stacks.cli.project import Project, StackConfig

if TYPE_CHECKING:
    from policies.graph.model import ResourceGraph

MASKED = "[secret]"


@dataclass
class Recordings:
    """Records stacks of one project; a platform that several keeps live on is recorded once."""

    project: Project

    def __post_init__(self) -> None:
        self._graphs: dict[str, ResourceGraph] = {}

    def graph(self, stack: str) -> "ResourceGraph":
        """Runs the stack's program with no engine and no network.

        Raises:
            BadInputError: there is no such stack, or its spec has faults.
            FailedError: the program failed.
        """
        if stack not in self._graphs:
            self._graphs[stack] = self._record(stack)
        return self._graphs[stack]

    def _record(self, stack: str) -> "ResourceGraph":
        from policies.graph.recorder import record
        from stacks.cli.program import run_program
        from stacks.cli.spec_gate import require_valid_spec

        spec = require_valid_spec(self.project, stack)
        config = config_of(self.project, stack)
        outputs = self._platform_outputs(getattr(spec, "platform", None))
        try:
            return record(
                lambda: run_program(self.project.main),
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
        return {platform.stack: readable_outputs(self.graph(platform.stack))}


def config_of(project: Project, stack: str) -> StackConfig:
    """The stack's configuration with secrets masked: recording needs none."""
    return project.config(stack, lambda _: lambda _: MASKED)
