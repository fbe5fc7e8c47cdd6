"""Where the graph to judge comes from: a stack's program, a saved graph, any Pulumi program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from policies.checker import Subject
from policies.facts import Facts, FactsError
from policies.graph.checkpoint import GraphSourceError
from policies.graph.jsonio import from_json
from stacks.cli.errors import BadInputError, FailedError
from stacks.cli.project import Project
from stacks.cli.recording import Recordings, config_of

LOCAL_STACK = "check"  # stack name that a program without a stack of its own is recorded under


class Source(Protocol):
    """One graph to come. `stack` names it before it is there."""

    @property
    def stack(self) -> str: ...

    def subject(self) -> Subject:
        """The graph with what it is held to. Raises click.ClickException where there is none to judge."""
        ...


@dataclass(frozen=True, kw_only=True)
class StackSource:
    """What a stack's program asks for."""

    recordings: Recordings
    stack: str

    def subject(self) -> Subject:
        project = self.recordings.project
        graph = self.recordings.graph(self.stack)
        return Subject(graph=graph, facts=facts_of(config_of(project, self.stack).values), root=project.root)


@dataclass(frozen=True, kw_only=True)
class SavedGraph:
    """The JSON that `codekeep graph --format json` prints; `config` overrules the facts in it."""

    file: Path
    config: Mapping[str, str]

    @property
    def stack(self) -> str:
        return str(self.file)

    def subject(self) -> Subject:
        document = self._document()
        try:
            graph = from_json(document)
        except (GraphSourceError, KeyError, TypeError, AttributeError) as fault:
            raise BadInputError(
                f"{self.file}: no graph as `codekeep graph --format json` prints it: {fault}"
            ) from fault
        return Subject(graph=graph, facts=self._facts(document), root=Path.cwd())

    def _document(self) -> Mapping[str, Any]:
        try:
            document = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise BadInputError(f"{self.file}: cannot be read as JSON: {fault}") from fault
        if not isinstance(document, Mapping):
            raise BadInputError(f"{self.file}: a graph is an object, got {type(document).__name__}")
        return document

    def _facts(self, document: Mapping[str, Any]) -> Facts:
        if self.config:
            return facts_of(self.config)
        if "facts" not in document:
            raise BadInputError(
                f"{self.file} does not say what its stack is held to: add --config "
                "codekeep:allowedRegions=REGION,REGION, or save it again from a stack that has a spec"
            )
        try:
            return Facts.from_json(document["facts"])
        except FactsError as fault:
            raise BadInputError(f"{self.file}: {fault}") from fault


@dataclass(frozen=True, kw_only=True)
class ProgramSource:
    """A Pulumi program in a folder (or its main file), whether or not it uses our components."""

    folder: Path
    config: Mapping[str, str]

    @property
    def stack(self) -> str:
        return LOCAL_STACK

    def subject(self) -> Subject:
        from policies.graph.recorder import record
        from stacks.cli.program import run_program

        facts = facts_of(self.config)
        root, name, main = self._place()
        try:
            graph = record(
                lambda: run_program(main),
                project=name,
                stack=LOCAL_STACK,
                config={_full(key, name): value for key, value in self.config.items()},
                root=root,
                references=True,
            )
        except Exception as error:
            raise FailedError(f"the program in {self.folder} failed: {type(error).__name__}: {error}") from error
        return Subject(graph=graph, facts=facts, root=root)

    def _place(self) -> tuple[Path, str, Path]:
        """Root, project name and main file or folder: as Pulumi.yaml says where there is one."""
        folder = self.folder.resolve()
        if (folder / "Pulumi.yaml").is_file():
            project = Project.find(folder)
            return project.root, project.name, project.program
        main = folder / "__main__.py" if folder.is_dir() else folder
        if not main.is_file():
            raise BadInputError(
                f"{self.folder}: neither a Pulumi.yaml nor a __main__.py is in it; name the program's folder"
            )
        return main.parent, main.parent.name or "program", main


def facts_of(config: Mapping[str, str]) -> Facts:
    """BadInputError where the configuration does not say what the rules must know."""
    try:
        return Facts.of(config)
    except FactsError as fault:
        raise BadInputError(str(fault)) from fault


def _full(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"
