"""The shipped stacks as graphs, recorded once per test process."""

from functools import cache
from pathlib import Path

from policies.facts import Facts
from policies.graph import ResourceGraph
from stacks.project import Project
from stacks.sessions.recording import StackRecorder, config_of

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("demo", "acme", "pico", "platform-eu-central-1")
RECORDINGS = StackRecorder(Project.find(ROOT))


@cache
def recorded(stack: str) -> tuple[ResourceGraph, Facts]:
    """Graph and facts of a shipped stack, with references in place of values that only the cloud knows."""
    return RECORDINGS.graph(stack), Facts.of(config_of(RECORDINGS.project, stack).values)
