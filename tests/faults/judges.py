"""Who says no to a keep: each gives a row's judge, its words, and what it says with and without the fault."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pulumi
from codekeep_contracts.sandbox_variables import SANDBOX_ENDPOINT

from awsread.iam import Request, may
from components.controllers.charts import IMAGES
from policies.catalogue import catalogue
from policies.graph import ResourceGraph
from policies.quotas import exceeded
from policies.rule import Case, Verdict, judge_all
from stacks.controller_images import LockError, controller_digests, write_lock
from stacks.reachability import require_way_in
from stacks.spec import check, check_platform, parse, parse_platform
from tests.faults.account import Accounts
from tests.faults.fault import Fault, Judge
from tests.faults.mutations import Mutation
from tests.policies.access.calls import calls
from tests.policies.access.world import World, world
from tests.policies.tenants import recorded
from tests.stacks.documents import changed, document

Says = Callable[[bool, Accounts], Iterable[str]]
CLIENTS, INGRESS = "10.200.16.0/24", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def fault(letter: str, name: str, judged: tuple[Judge, Says], words: str) -> Fault:
    judge, says = judged
    return Fault(letter=letter, name=name, judge=judge, words=words, says=says)


def refused(
    put_back: Mutation, token: str, name: str, stack: str = "demo", *, has: str = "", shipped: Mutation = lambda g: g
) -> tuple[Judge, Says]:
    """AWS refuses a resource, on the sandbox. `shipped` is how the program looks where the account is as `has` says."""

    def says(broken: bool, accounts: Accounts) -> list[str]:
        graph = (put_back if broken else shipped)(recorded(stack)[0])
        answer = accounts.refusal(graph, token, name, has=has)
        return [answer] if answer else []

    return Judge.SANDBOX, says


def denied(put_back: Mutation, source: str, stack: str = "demo") -> tuple[Judge, Says]:
    """The evaluator denies one of the calls of a kind that the keep needs."""

    def says(broken: bool, _: Accounts) -> list[str]:
        shipped = world(stack)
        tried = World(stack, shipped.tenant, put_back(shipped.graph)) if broken else shipped
        wanted = [call for call in calls(shipped) if call.source == source]
        assert wanted
        answers = [(call, tried.ask(call.by, call.does, call.on, call.context)) for call in wanted]
        return [f"{call}: {answer.because}" for call, answer in answers if not answer.allowed]

    return Judge.EVALUATOR, says


def violates(put_back: Mutation, rule_id: str, stack: str = "demo") -> tuple[Judge, Says]:
    """A rule of `codekeep check` finds it."""

    def says(broken: bool, _: Accounts) -> list[str]:
        graph, facts = recorded(stack)
        [rule] = [each for each in catalogue() if each.id == rule_id]
        found = judge_all([rule], Case(facts=facts, graph=put_back(graph) if broken else graph))
        return [each.message for each in found if each.verdict is Verdict.VIOLATION]

    return Judge.RULE, says


def invalid(stack: str, path: str, value: Any) -> tuple[Judge, Says]:
    """`spec check` finds it."""

    def says(broken: bool, _: Accounts) -> list[str]:
        found = changed(document(stack), path, value) if broken else document(stack)
        return [str(each) for each in (check_platform if stack.startswith("platform") else check)(found)]

    return Judge.SPEC, says


def kept_out(stack: str, path: str, value: Any) -> tuple[Judge, Says]:
    """`up` begins nothing, since this machine, in the range of the shipped spec, could not enter the cluster."""

    def says(broken: bool, _: Accounts) -> Iterator[str]:
        found = changed(document(stack), path, value) if broken else document(stack)
        own = document(stack)["deployer"]["api_access"]["cidrs"][0].replace(".0/24", ".9")
        with patch("stacks.reachability.source_address", lambda _: own), patch.dict(os.environ):
            os.environ.pop(SANDBOX_ENDPOINT, None)
            try:
                require_way_in((parse_platform if stack.startswith("platform") else parse)(found))
            except pulumi.RunError as refusal:
                yield str(refusal)

    return Judge.UP, says


def unreachable(put_back: Mutation) -> tuple[Judge, Says]:
    """The deployers' range has no way to demo's API: an opening in its group, and routes back."""

    def says(broken: bool, _: Accounts) -> Iterator[str]:
        graph = put_back(recorded("demo")[0]) if broken else recorded("demo")[0]
        if not _is_open(graph):
            yield f"nothing lets {CLIENTS} in at port 443 of the cluster"
        routes = [each.inputs for each in graph.of_type("aws:ec2/route:Route")]
        tables = [each for each in graph.of_type("aws:ec2/routeTable:RouteTable") if "-network-private-" in each.name]
        for table in tables:
            if not any(
                each["destinationCidrBlock"] == CLIENTS and table.urn in each["routeTableId"] for each in routes
            ):
                yield f"{table.name} has no route to {CLIENTS}"
        assert tables

    return Judge.REACHABILITY, says


def _is_open(graph: ResourceGraph) -> bool:
    [cluster] = graph.of_type("aws:eks/cluster:Cluster")
    groups = cluster.inputs["vpcConfig"]["securityGroupIds"]
    return any(
        each.inputs.get("cidrIpv4") == CLIENTS
        and each.inputs["securityGroupId"] in groups
        and each.inputs["fromPort"] <= 443 <= each.inputs["toPort"]
        for each in graph.of_type(INGRESS)
    )


def beyond(put_back: Mutation, stack: str = "demo") -> tuple[Judge, Says]:
    """`codekeep check` names the default quota that is exceeded. Those of a new account's vCPUs always are."""

    def says(broken: bool, _: Accounts) -> list[str]:
        graph, facts = recorded(stack)
        found = exceeded(put_back(graph) if broken else graph, facts)
        return [str(each) for each in found if "On-Demand" not in each.quota.name]

    return Judge.QUOTAS, says


def unwritten(stack: str, data_class: str) -> tuple[Judge, Says]:
    """The customer did not write the policy that `codekeep key-policy` prints for a key that they hold."""

    def says(broken: bool, _: Accounts) -> list[str]:
        found = world(stack)
        key = found.key(data_class)
        known = dict(found.policies.resources)
        assert key in known
        if broken:
            del known[key]
        tried = replace(found.policies, resources=known)
        wanted = [call for call in calls(found) if call.source == "pod" and call.on == key]
        assert wanted
        asked = [Request(principal=each.by, action=each.does, resource=key, context=each.context) for each in wanted]
        return [f"{each.action}: {answer.because}" for each in asked if not (answer := may(tried, each)).allowed]

    return Judge.EVALUATOR, says


def unlocked() -> tuple[Judge, Says]:
    """`up` to AWS lacks the digests of the controllers' images: `codekeep images mirror --lock` was not run."""

    def says(broken: bool, _: Accounts) -> Iterator[str]:
        with TemporaryDirectory() as folder:
            if not broken:
                write_lock(Path(folder), dict.fromkeys(IMAGES.values(), f"sha256:{'0' * 64}"))
            try:
                controller_digests(Path(folder), deploying=True)
            except LockError as refusal:
                yield str(refusal)

    return Judge.UP, says
