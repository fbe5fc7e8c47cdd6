"""The shipped stacks as graphs, recorded once per test process."""

from functools import cache
from pathlib import Path

from policies.facts import Facts
from policies.graph import ResourceGraph
from policies.graph.recorder import record
from stacks.cli.program import run_program
from stacks.cli.project import Project

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("demo", "acme", "platform-eu-central-1")


@cache
def recorded(stack: str) -> tuple[ResourceGraph, Facts]:
    """Graph and facts of a shipped stack, with references where the cloud's values would stand."""
    project = Project.find(ROOT)
    config = project.config(stack, lambda _: lambda _: "secret")
    graph = record(
        lambda: run_program(project.main),
        project=project.name,
        stack=stack,
        config=config.values,
        secret_keys=config.secret_keys,
        root=project.root,
        references=True,
    )
    return graph, Facts.of(config.values)
