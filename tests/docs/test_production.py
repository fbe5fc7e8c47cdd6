"""docs/production.md names what the demo keep has: names, revisions, numbers and the size that its costs are for."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from policies.graph.model import ResourceGraph
from tests.aws.spec import spec_document
from tests.docs.walkthrough import commands, text
from tests.stacks.documents import document
from tests.stacks.programs import graph_of, recorded

ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<demo>[^|]+) \| (?P<test>[^|]+) \|$", re.MULTILINE)
TERM = re.compile(r"(?P<count>\d+) × (?P<price>[\d.]+) = (?P<product>[\d.]+)")
ENDPOINT, KEY, GROUP = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:kms/key:Key", "aws:eks/nodeGroup:NodeGroup"
BALANCER, ATTACHMENT = "aws:lb/loadBalancer:LoadBalancer", "aws:ec2transitgateway/vpcAttachment:VpcAttachment"


def costs(keep: str) -> dict[str, str]:
    found = {row["what"].rstrip(" ¹²³⁴⁵"): row[keep].strip() for row in ROW.finditer(text().split("## How long")[0])}
    assert len(found) >= 9
    return found


def nodes(graph: ResourceGraph, start: str) -> int:
    return sum(
        node.inputs["scalingConfig"]["desiredSize"]
        for node in graph.of_type(GROUP)
        if node.inputs["instanceTypes"][0].startswith(start)
    )


def counted(graph: ResourceGraph) -> Mapping[str, int]:
    return {
        "GPU nodes": nodes(graph, "g"),
        "ingest nodes": nodes(graph, "m6id"),
        "system nodes": nodes(graph, "m7i"),
        "interface endpoints, by zone": sum(len(each.inputs.get("subnetIds", ())) for each in graph.of_type(ENDPOINT)),
        "cluster": 1,
        "transit gateway attachment": len(graph.of_type(ATTACHMENT)),
        "load balancer": len(graph.of_type(BALANCER)),
        "KMS keys": len(graph.of_type(KEY)),
    }


@pytest.mark.parametrize("keep", ["demo", "test"])
def test_the_costs_are_of_the_keeps_size_and_add_up(keep: str) -> None:
    graph = graph_of("demo") if keep == "demo" else recorded("test", spec_document())
    rows, total = costs(keep), 0.0
    for what, count in counted(graph).items():
        cell = next(value for name, value in rows.items() if name.split(":")[0] == what)
        term = TERM.fullmatch(cell)
        if term is None:
            assert (cell, count) == ("0", 0), what
            continue
        assert int(term["count"]) == count, what
        product = count * float(term["price"])
        assert float(term["product"]) == pytest.approx(product, abs=0.0006), what
        total += float(term["product"])
    assert float(rows["sum"]) == pytest.approx(total, abs=0.0015)


def test_the_names_are_those_of_the_demo_keep() -> None:
    spec, graph, everything = document("demo"), graph_of("demo"), "\n".join(commands())
    assert f"ACCOUNT={spec['account']['id']}" in everything
    assert spec["account"]["deployer_role_arn"].endswith(":role/codekeep-deployer")
    assert f"AWS_REGION={spec['regions']['primary']}" in everything
    assert spec["deployer"]["api_access"]["transit_gateway"] in everything
    for link in (*spec["git_links"], *spec["registry_links"]):
        assert f"--service-id {link['endpoint_service'].rpartition('.')[2]}" in everything
    for model in spec["models"]:
        fetched = f"hf download {model['name']} --revision {model['revision']} --local-dir models/{model['role']}"
        assert fetched in everything
        assert f'models push "$STACK" {model["role"]} models/{model["role"]}' in everything
    assert f"/webhooks/{spec['git_links'][0]['name']}" in text()
    jobs = {f"--from=cronjob/{_name(node.inputs)}" for node in graph.of_type("kubernetes:batch/v1:CronJob")}
    assert jobs == set(re.findall(r"--from=\S+", everything))


def _name(inputs: Mapping[str, Any]) -> str:
    return str(inputs["metadata"]["name"])
