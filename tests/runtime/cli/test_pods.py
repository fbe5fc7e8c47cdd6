"""The command line accepts every command in the acme stack's manifests."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from codekeep_contracts.commands import POD_COMMANDS, PodCommand
from codekeep_runtime.cli.main import cli

from components.release.index_workers import RUNTIME
from images.catalog import IMAGES

ROOT = Path(__file__).resolve().parents[3]
VARIABLES = {"JOB_COMPLETION_INDEX": "3"}  # that Kubernetes fills in


@pytest.fixture(scope="module")
def commands() -> list[list[str]]:
    printed = subprocess.run(
        [sys.executable, "-m", "stacks.cli.main", "manifests", "acme"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [each for document in yaml.safe_load_all(printed.stdout) for each in _ours(document)]


def _ours(document: Any) -> Iterator[list[str]]:
    """Arguments after the runtime's own name."""
    for argv in _argvs(document):
        if argv[:1] == [RUNTIME]:
            yield argv[1:]
        elif "codekeep_runtime" in argv:
            yield argv[argv.index("codekeep_runtime") + 1 :]


def _argvs(value: Any) -> Iterator[list[str]]:
    if isinstance(value, list):
        for each in value:
            yield from _argvs(each)
    elif isinstance(value, dict):
        if isinstance(value.get("entrypoint"), str):  # of a RayJob
            yield shlex.split(value["entrypoint"])
        if {"name", "image"} <= value.keys():
            words = [*(value.get("command") or _entrypoint(value["image"])), *value.get("args", ())]
            yield [re.sub(r"\$\((\w+)\)", lambda found: VARIABLES[found[1]], word) for word in words]
        for each in value.values():
            yield from _argvs(each)


def _entrypoint(image: str) -> Sequence[str]:
    named = [each.entrypoint for each in IMAGES if f"images-{each.name}#" in image and not each.variant]
    return named[0] if named else ()


def _parsed(argv: Sequence[str]) -> click.Context:
    """Parses like the command line, without running the command."""
    context, command = cli.make_context("codekeep-runtime", list(argv)), cli
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)
    return context


def test_each_command_of_the_manifests_exists_with_its_options(commands: list[list[str]]) -> None:
    assert {argv[0] for argv in commands} == {
        "access",
        "index-worker",
        "ingest",
        "model",
        "search-roles",
        "serve",
        "webhook",
    }
    for argv in commands:
        assert _parsed(argv).args == []


@pytest.mark.parametrize("command", POD_COMMANDS, ids=lambda each: "-".join(each.words))
def test_each_declared_command_is_registered_with_its_options(command: PodCommand) -> None:
    found: click.Command | None = cli
    for word in command.words:
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), word)
    assert found is not None
    assert command.options <= {option.removeprefix("--") for each in found.params for option in each.opts}


def test_pods_run_declared_commands_only(commands: list[list[str]]) -> None:
    assert commands
    for argv in commands:
        [declared] = [each for each in POD_COMMANDS if tuple(argv[: len(each.words)]) == each.words]
        options = {word.removeprefix("--").partition("=")[0] for word in argv[len(declared.words) :]}
        assert options <= declared.options


def test_values_of_options_are_parsed(commands: list[list[str]]) -> None:
    shards = [_parsed(argv).params for argv in commands if argv[:2] == ["ingest", "shard"]]
    assert [(each["shard"], each["count"]) for each in shards] == [(3, 72)]
    roles = {_parsed(argv).params["role"] for argv in commands if argv[0] == "model"}
    assert roles == {"autocomplete", "chat", "embed", "rerank"}


def test_a_misspelt_command_line_is_refused() -> None:
    with pytest.raises(click.UsageError):
        _parsed(["ingest", "shard", "--index=1", "--counts=2"])
    with pytest.raises(click.UsageError):
        _parsed(["ingests"])
