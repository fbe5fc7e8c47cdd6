"""Chooses the engine that `--engine` names."""

import shutil

from codekeep_contracts.faults import UsageFault

from stacks.engines.engine import Engine
from stacks.project import Project


def engine_of(project: Project, name: str = "auto") -> Engine:
    """The engine `pulumi` or `sandbox`; `auto` is pulumi where it is on PATH, else the sandbox.

    Raises:
        UsageFault: `pulumi` is named and not on PATH.
    """
    found = shutil.which("pulumi")
    if name == "pulumi" and not found:
        raise UsageFault("--engine pulumi: no pulumi on PATH; install the Pulumi CLI, or use --engine sandbox")
    if name == "pulumi" or (name == "auto" and found):
        from stacks.engines.pulumi_engine import PulumiEngine

        return PulumiEngine(project)
    from stacks.engines.sandbox_engine import SandboxEngine

    return SandboxEngine(project)
