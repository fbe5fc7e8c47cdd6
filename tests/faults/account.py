"""Deploys one resource of a recorded graph, and what it refers to, into an empty account of the sandbox."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.graph import UNKNOWN, Node, ResourceGraph
from tests.sandbox.aws.harness import Deployed, Plugin, ProviderError, environment

REFERENCE = re.compile(r"\$\{(urn:pulumi:[^#{}]+)#([A-Za-z0-9]+)\}")
ROLE = re.compile(r"arn:aws:iam::(\d{12}):role")


@dataclass(frozen=True)
class Accounts:
    """An account for each try, so that no row meets what another made."""

    endpoint: str
    ledger: str
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(700_000_000_001))

    def refusal(self, graph: ResourceGraph, token: str, name: str, *, has: str = "") -> str:
        """What AWS answers to a resource of the graph; empty where it is made, or the graph has none such.

        What it depends on is made first. `has` is a service whose role the account has already.
        """
        nodes = [each for each in graph.of_type(token) if each.name == name]
        with environment(CODEKEEP_SANDBOX_ENDPOINT=self.endpoint, CODEKEEP_SANDBOX_LEDGER=self.ledger):
            account = Account(graph, str(next(self._numbers)))
            if has:
                account.plugin.api().client("iam").create_service_linked_role(AWSServiceName=has)
            return "".join(account.refusal_of(each) for each in nodes)


class Account:
    """One account, and what was made in it."""

    def __init__(self, graph: ResourceGraph, number: str) -> None:
        self._graph, self._number = graph, number
        [provider] = [each for each in graph if each.type == "pulumi:providers:aws" and each.region][:1]
        [self._own] = set(ROLE.findall(str(provider.inputs["assumeRoles"])))
        self._made: dict[str, Deployed] = {}
        self.plugin = Plugin(config={"assumeRoles": [{"roleArn": f"arn:aws:iam::{number}:role/codekeep-deployer"}]})

    def refusal_of(self, node: Node) -> str:
        for urn in node.dependencies:
            self._make(urn)
        try:
            self._create(node)
        except ProviderError as refused:
            return str(refused)
        return ""

    def _make(self, urn: str) -> None:
        node = self._graph.get(urn)
        if urn in self._made or node is None or not node.type.startswith("aws:"):
            return
        for each in node.dependencies:
            self._make(each)
        self._create(node)

    def _create(self, node: Node) -> None:
        self._made[node.urn] = self.plugin.create(node.type, node.name, self._resolved(node.inputs))

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._resolved(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._resolved(item) for item in value]
        if isinstance(value, str):
            return REFERENCE.sub(self._output, value).replace(self._own, self._number)
        return "1" if value is UNKNOWN else value  # the version of a launch template

    def _output(self, found: re.Match[str]) -> str:
        made = self._made[found[1]]
        return made.id if found[2] == "id" else str(made.outputs[found[2]])
