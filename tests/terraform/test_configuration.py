"""The configuration has every AWS resource of a graph, and only what the provider would be given by Terraform."""

import json

from tests.stacks.programs import graph_of
from tests.terraform.configuration import UNKNOWN, configuration
from tests.terraform.older import Newer, newer_than, without


def test_every_aws_resource_is_in_the_configuration() -> None:
    graph = graph_of("demo")
    expected = [node for node in graph.resources if node.package == "aws"]
    resources = configuration(graph)["resource"]
    found = [name for type_, named in resources.items() if type_ != "terraform_data" for name in named]
    assert len(expected) > 300
    assert len(found) == len(expected)


def test_no_reference_is_left_that_terraform_could_not_resolve() -> None:
    text = json.dumps(configuration(graph_of("demo")))
    assert "arn:aws:kms:" in text
    assert text.replace(UNKNOWN, "").replace("$${", "").count("${") == 1  # timestamp(), which UNKNOWN comes from


def test_what_the_deployment_computes_is_unknown_and_what_it_names_itself_is_left_out() -> None:
    resources = configuration(graph_of("demo"))["resource"]
    aliases = resources["aws_kms_alias"].values()
    assert aliases
    assert {alias["target_key_id"] for alias in aliases} == {UNKNOWN}
    assert not any({"id", "arn", "tags_all"} & key.keys() for key in resources["aws_kms_key"].values())


def test_what_an_older_provider_lacks_is_taken_out_and_counted() -> None:
    document = {
        "resource": {
            "aws_a": {"one": {"new": 1, "block": [{"field": "old"}, {"field": "new"}]}},
            "aws_b": {"two": {"mode": "new", "new": 2}, "three": {"mode": "old"}},
            "aws_c": {"four": {}},
        }
    }
    newer = [
        Newer(path="*.new"),
        Newer(path="aws_a.block.field", value="new"),
        Newer(path="aws_b.mode", value="new", instead="old"),
        Newer(path="aws_c"),
    ]
    assert without(document, newer) == {"*.new": 2, "aws_a.block.field": 1, "aws_b.mode": 1, "aws_c": 1}
    assert document["resource"] == {
        "aws_a": {"one": {"block": [{"field": "old"}]}},
        "aws_b": {"two": {"mode": "old"}, "three": {"mode": "old"}},
    }


def test_all_that_the_table_lists_is_used_by_a_stack() -> None:
    met = without(configuration(graph_of("acme")), newer_than())
    assert len(met) >= 15
    assert all(met.values()), met
