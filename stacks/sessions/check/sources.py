"""Sources of the graph to check: a stack's program or account, a saved graph, any Pulumi program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from codekeep_contracts.faults import UsageFault

from policies.checker import Subject
from policies.facts import Facts, FactsError
from policies.graph.checkpoint import GraphSourceError
from policies.graph.jsonio import from_json
from stacks.engines.choice import engine_of
from stacks.project import Project
from stacks.sessions.graphs import stack_graph
from stacks.sessions.recording import StackRecorder, config_of, record_program

if TYPE_CHECKING:
    from policies.live.account import Account

LOCAL_STACK = "check"  # stack name that a program without a stack of its own is recorded under


class Source(Protocol):
    """Gives one graph. `stack` names it beforehand."""

    @property
    def stack(self) -> str: ...

    def subject(self) -> Subject:
        """The graph, and the facts that it is checked against.

        Raises:
            Fault: there is no graph to check.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class StackSource:
    """The graph that a stack's program registers."""

    recorder: StackRecorder
    stack: str

    def subject(self) -> Subject:
        project = self.recorder.project
        graph = self.recorder.graph(self.stack)
        return Subject(graph=graph, facts=facts_of(config_of(project, self.stack).values), root=project.root)


@dataclass(frozen=True, kw_only=True)
class LiveSource:
    """A deployed stack: its state says which resources there should be, its account shows how they are."""

    project: Project
    stack: str
    engine: str

    def subject(self) -> Subject:
        facts = facts_of(config_of(self.project, self.stack).values)
        graph = stack_graph(self.project, self.stack, "state", self.engine)
        return Subject(graph=graph, facts=facts, root=self.project.root)

    def account(self, facts: Facts) -> "Account":
        """The stack's account, where its engine deploys to.

        Raises:
            UsageFault: the account cannot be read.
        """
        from policies.live.account import Account, AccountError

        engine = engine_of(self.project, self.engine)
        account = Account(region=facts.primary_region, endpoint=engine.endpoint(), emulates=engine.emulates)
        try:
            account.enter(facts.account_id, facts.deployer_role_arn)
        except AccountError as error:
            raise UsageFault(str(error)) from error
        return account


@dataclass(frozen=True, kw_only=True)
class SavedGraph:
    """The JSON that `codekeep graph --format json` printed. `config` overrides the facts in it."""

    file: Path
    config: Mapping[str, str]

    @property
    def stack(self) -> str:
        return str(self.file)

    def subject(self) -> Subject:
        document = self._document()
        try:
            graph = from_json(document)
        except (GraphSourceError, KeyError, TypeError, AttributeError) as error:
            raise UsageFault(f"{self.file}: no graph as `codekeep graph --format json` prints it: {error}") from error
        return Subject(graph=graph, facts=self._facts(document), root=Path.cwd())

    def _document(self) -> Mapping[str, Any]:
        try:
            document = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageFault(f"{self.file}: cannot be read as JSON: {error}") from error
        if not isinstance(document, Mapping):
            raise UsageFault(f"{self.file}: a graph is an object, got {type(document).__name__}")
        return document

    def _facts(self, document: Mapping[str, Any]) -> Facts:
        if self.config:
            return facts_of(self.config)
        if "facts" not in document:
            raise UsageFault(
                f"{self.file} does not say what its stack is checked against: add --config "
                "codekeep:allowedRegions=REGION,REGION, or save it again from a stack that has a spec"
            )
        try:
            return Facts.from_json(document["facts"])
        except FactsError as error:
            raise UsageFault(f"{self.file}: {error}") from error


@dataclass(frozen=True, kw_only=True)
class ProgramSource:
    """A Pulumi program by its folder or main file, whether or not it uses our components."""

    folder: Path
    config: Mapping[str, str]

    @property
    def stack(self) -> str:
        return LOCAL_STACK

    def subject(self) -> Subject:
        facts = facts_of(self.config)
        root, project, main = self._project()
        config = {key if ":" in key else f"{project}:{key}": value for key, value in self.config.items()}
        graph = record_program(main, f"in {self.folder}", project=project, stack=LOCAL_STACK, config=config, root=root)
        return Subject(graph=graph, facts=facts, root=root)

    def _project(self) -> tuple[Path, str, Path]:
        """Root, project name and main file or folder: from Pulumi.yaml where there is one."""
        folder = self.folder.resolve()
        if (folder / "Pulumi.yaml").is_file():
            project = Project.find(folder)
            return project.root, project.name, project.program
        main = folder / "__main__.py" if folder.is_dir() else folder
        if not main.is_file():
            raise UsageFault(
                f"{self.folder}: neither a Pulumi.yaml nor a __main__.py is in it; name the program's folder"
            )
        return main.parent, main.parent.name or "program", main


def facts_of(config: Mapping[str, str]) -> Facts:
    """Facts about a stack that the rules need, from its configuration.

    Raises:
        UsageFault: the configuration does not say it.
    """
    try:
        return Facts.of(config)
    except FactsError as error:
        raise UsageFault(str(error)) from error
