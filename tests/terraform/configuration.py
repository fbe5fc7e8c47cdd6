"""A recorded graph as a Terraform configuration, so that the AWS provider itself judges every resource in it.

The provider says what it would say to `terraform plan` of the same resources: types, required arguments, values, and
the checks that a plan makes. What only a deployment knows is unknown there too. A reference inside a text becomes an
invented ARN: an entire policy would be unknown otherwise, and not judged.
"""

import re
from collections.abc import Mapping
from typing import Any

from policies.graph import ResourceGraph
from policies.tfplan.names import snake
from policies.tfplan.plan import COMPUTED, plan_of

ACCOUNT, REGION = "111122223333", "eu-central-1"
UNKNOWN = "${terraform_data.unknown.output}"
NAMED_BY_PULUMI = {"aws_placement_group": "name"}
"""Arguments that Terraform requires and Pulumi fills in where the program gives none."""
ACL_RULE = ("action", "cidr_block", "icmp_code", "icmp_type", "ipv6_cidr_block")
ATTRIBUTES_AS_BLOCKS = {("aws_network_acl", "ingress"): ACL_RULE, ("aws_network_acl", "egress"): ACL_RULE}
"""Lists whose items must name every attribute in Terraform's JSON syntax, null where it has no value."""
_REFERENCE = re.compile(r"\$\{(\w+)\.([\w-]+)\.(\w+)\}")
_SERVICES = {"aws_cloudwatch_log_group": "logs", "aws_cloudwatch_metric_alarm": "cloudwatch"}


def configuration(graph: ResourceGraph) -> dict[str, Any]:
    """`main.tf.json` with every AWS resource of the graph.

    Raises:
        ValueError: the table of names lacks a type, so that the provider would not see its resources.
    """
    plan = plan_of(graph)
    if plan.unmapped:
        raise ValueError(f"no Terraform type for {sorted({node.type for node in plan.unmapped})}")
    resources: dict[str, dict[str, Any]] = {"terraform_data": {"unknown": {"input": "${timestamp()}"}}}
    for change in plan.document["resource_changes"]:
        given = {snake(name) for name in plan.nodes[change["address"]].inputs}
        resources.setdefault(change["type"], {})[change["name"]] = _arguments(change, given)
    return {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "provider": {"aws": _provider()},
        "resource": resources,
    }


def _provider() -> dict[str, Any]:
    """A provider that asks nobody: `plan` of new resources makes no call."""
    skipped = ("credentials_validation", "requesting_account_id", "metadata_api_check", "region_validation")
    return {
        "region": REGION,
        "access_key": "none",
        "secret_key": "none",
        **{f"skip_{name}": True for name in skipped},
    }


def _arguments(change: Mapping[str, Any], given: set[str]) -> dict[str, Any]:
    type_, planned = change["type"], change["change"]
    computed = {"tags_all", *(name for name in COMPUTED if name not in given)}
    values = _merged(_escaped(planned["after"]), planned["after_unknown"])
    arguments = {
        name: value for name, value in _merged(values, planned["after_sensitive"]).items() if name not in computed
    }
    if name := NAMED_BY_PULUMI.get(type_):
        arguments.setdefault(name, change["name"])
    for name, value in arguments.items():
        if attributes := ATTRIBUTES_AS_BLOCKS.get((type_, name)):
            arguments[name] = [dict.fromkeys(attributes) | item for item in value]
    return arguments


def _escaped(value: Any) -> Any:
    """Texts as Terraform's template syntax has them, with invented names for what they refer to."""
    if isinstance(value, str):
        return _REFERENCE.sub(_invented, value).replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, Mapping):
        return {key: _escaped(inner) for key, inner in value.items()}
    return [_escaped(inner) for inner in value] if isinstance(value, list) else value


def _invented(reference: re.Match[str]) -> str:
    type_, name, attribute = reference.groups()
    if attribute != "arn":
        return f"{name}-{attribute}"
    service = _SERVICES.get(type_, type_.split("_")[1])
    if service == "s3":
        return f"arn:aws:s3:::{name}"
    return f"arn:aws:{service}:{'' if service == 'iam' else REGION}:{ACCOUNT}:{type_.split('_', 2)[-1]}/{name}"


def _merged(value: Any, unknown: Any) -> Any:
    """The value, with UNKNOWN wherever `unknown` says true."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, Mapping):
        inner = dict(value) if isinstance(value, Mapping) else {}
        return inner | {key: _merged(inner.get(key), mark) for key, mark in unknown.items() if _marks(mark)}
    if isinstance(unknown, list):
        items = list(value) if isinstance(value, list) else []
        items += [None] * (len(unknown) - len(items))
        return [_merged(item, mark) for item, mark in zip(items, unknown + [None] * len(items), strict=False)]
    return value


def _marks(unknown: Any) -> bool:
    """Whether anything in it is unknown."""
    if isinstance(unknown, (Mapping, list)):
        return any(map(_marks, unknown.values() if isinstance(unknown, Mapping) else unknown))
    return unknown is True
