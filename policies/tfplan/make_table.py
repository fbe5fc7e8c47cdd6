"""Makes table.json, which maps Pulumi types and properties to Terraform types and attributes.

    python -m policies.tfplan.make_table PATH_OF_THE_UNPACKED_PACKAGE

Terraform's side is read from the npm package @cdktn/provider-aws (25.7.0, bindings of terraform-provider-aws 6.66; `npm
pack` it and unpack it), Pulumi's from the installed pulumi_aws. Both are generated from the same provider, so a type's
counterpart is the one with its name and its properties. What finds none is printed; OVERRIDES settles it by hand.
"""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.tfplan.names import camel, snake

TABLE = Path(__file__).with_name("table.json")

MODULES = """
accessanalyzer acm acmpca apigateway apigatewayv2 appautoscaling athena autoscaling backup bedrock budgets cfg
cloudformation cloudfront cloudtrail cloudwatch codeartifact codebuild cognito datasync directoryservice dms docdb
dynamodb ebs ec2 ec2clientvpn ec2transitgateway ecr ecrpublic ecs efs eks elasticache elasticbeanstalk elasticsearch
elb emr fsx glacier globalaccelerator glue guardduty iam imagebuilder inspector2 kinesis kms lambda_ lb macie macie2
memorydb mq msk mwaa neptune networkfirewall networkmanager opensearch organizations qldb ram rds redshift
redshiftserverless route53 route53domains s3 s3control sagemaker scheduler secretsmanager securityhub
servicediscovery ses sesv2 sfn shield sns sqs ssm ssoadmin transfer vpc vpclattice waf wafregional workspaces xray
"""
"""pulumi_aws modules whose types are in the table: those of the components, and others in common use."""

FOLDERS: Mapping[str, str] = {
    "apigateway": "api_gateway",
    "cfg": "config",
    "directoryservice": "directory_service",
    "ec2clientvpn": "ec2_client_vpn",
    "ec2transitgateway": "ec2_transit_gateway",
    "elasticbeanstalk": "elastic_beanstalk",
    "macie": "macie2",
    "rds": "db",
    "servicediscovery": "service_discovery",
}
"""Modules that Terraform spells differently."""

TYPES: Mapping[str, str] = {
    "aws:cfg/conformancePack:ConformancePack": "aws_config_conformance_pack",
    "aws:cloudtrail/trail:Trail": "aws_cloudtrail",
    "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment": "aws_cognito_identity_pool_roles_attachment",
    "aws:cognito/userPoolUICustomization:UserPoolUICustomization": "aws_cognito_user_pool_ui_customization",
    "aws:dynamodb/tableReplica:TableReplica": "aws_dynamodb_table_replica",
    "aws:ec2/dedicatedHost:DedicatedHost": "aws_ec2_host",
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment": (
        "aws_network_interface_sg_attachment"
    ),
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": (
        "aws_vpc_endpoint_service_allowed_principal"
    ),
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": "aws_vpc_peering_connection_accepter",
    "aws:elb/loadBalancer:LoadBalancer": "aws_elb",
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": "aws_fsx_openzfs_file_system",
    "aws:fsx/openZfsVolume:OpenZfsVolume": "aws_fsx_openzfs_volume",
    "aws:glue/mLTransform:MLTransform": "aws_glue_ml_transform",
    "aws:guardduty/iPSet:IPSet": "aws_guardduty_ipset",
    "aws:guardduty/threatIntelSet:ThreatIntelSet": "aws_guardduty_threatintelset",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "aws_iam_openid_connect_provider",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy": "aws_opensearchserverless_access_policy",
    "aws:opensearch/serverlessCollection:ServerlessCollection": "aws_opensearchserverless_collection",
    "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy": "aws_opensearchserverless_security_policy",
    "aws:opensearch/serverlessVpcEndpoint:ServerlessVpcEndpoint": "aws_opensearchserverless_vpc_endpoint",
    "aws:rds/eventSubscription:EventSubscription": "aws_db_event_subscription",
    "aws:rds/parameterGroup:ParameterGroup": "aws_db_parameter_group",
    "aws:rds/subnetGroup:SubnetGroup": "aws_db_subnet_group",
    "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec": "aws_route53_hosted_zone_dnssec",
    "aws:route53/resolverDnsSecConfig:ResolverDnsSecConfig": "aws_route53_resolver_dnssec_config",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "aws_s3_bucket_replication_configuration",
}
"""Terraform types that cannot be derived from the token."""

ATTRIBUTES: Mapping[tuple[str, str], str] = {
    ("aws_cloudwatch_metric_alarm", "name"): "alarm_name",
    ("aws_elastic_beanstalk_environment", "version"): "version_label",
    ("aws_lambda_function", "code"): "filename",
    ("aws_lambda_function", "name"): "function_name",
    ("aws_lambda_layer_version", "code"): "filename",
}
"""Attributes whose property has another name; (Terraform type, the property's Python name)."""

REFERENCE_SUFFIXES = ("_id", "_arn", "_name")  # `rest_api_id` is `restApi` in Pulumi, which accepts the resource itself

FEWEST_SHARED = 0.5  # of the inputs, in a type with the same name
FEWEST_SHARED_UNNAMED = 0.8  # in a type where only the end of the name is the same
TOO_DEEP = 8  # blocks that contain themselves (statements of wafv2) are cut here


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute or block of a Terraform type; `fields` are a block's own."""

    kind: str  # simple | list | set | map | struct
    fields: Mapping[str, "Attribute"] | None


_ENTRY = re.compile(
    r"^ {8,12}(?P<name>[a-z0-9_]+): \{\n\s+value: (?P<value>.*),\n"
    r"\s+isBlock: (?:true|false),\n\s+type: \"(?P<kind>\w+)\"",
    re.MULTILINE,
)
_FUNCTION = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_RESOURCE = re.compile(r"^ {4}synthesizeHclAttributes\(\) \{\n(.*?)^ {4}\}", re.MULTILINE | re.DOTALL)
_TYPE = re.compile(r"tfResourceType = \"(aws_\w+)\"")
_NESTED = re.compile(r"(?<![\w.])([a-z]\w*)ToHclTerraform\b")


def terraform_types(package: Path) -> dict[str, Mapping[str, Attribute]]:
    """Every resource of the bindings with its attributes."""
    types: dict[str, Mapping[str, Attribute]] = {}
    for path in sorted(package.glob("lib/*/index.js")):
        if path.parent.name.startswith("data-"):
            continue
        text = path.read_text(encoding="utf-8")
        if (named := _TYPE.search(text)) and (body := _RESOURCE.search(text)):
            functions = dict(_FUNCTION.findall(text))
            types[named.group(1)] = _attributes(body.group(1), functions, 0)
    return types


def _attributes(body: str, functions: Mapping[str, str], depth: int) -> dict[str, Attribute]:
    return {
        entry["name"]: Attribute(kind=entry["kind"], fields=_fields(entry["value"], functions, depth))
        for entry in _ENTRY.finditer(body)
    }


def _fields(value: str, functions: Mapping[str, str], depth: int) -> Mapping[str, Attribute] | None:
    nested = [name for name in _NESTED.findall(value) if name in functions]
    if not nested or depth > TOO_DEEP:
        return None
    return _attributes(functions[nested[0]], functions, depth + 1)


@dataclass(frozen=True, kw_only=True)
class Property:
    """One input of a Pulumi type: its name on the wire, whether it takes a list, the inputs of its objects."""

    name: str
    many: bool
    fields: Mapping[str, "Property"] | None


def pulumi_types() -> dict[str, Mapping[str, Property]]:
    """Token to inputs, by their Python names, for the resources of MODULES."""
    types: dict[str, Mapping[str, Property]] = {}
    for module_name in MODULES.split():
        module = importlib.import_module(f"pulumi_aws.{module_name}")
        getattr(module, "outputs", None)  # the SDK's modules load when something of theirs is asked for
        for _, declared in inspect.getmembers(module, inspect.isclass):
            token = getattr(declared, "pulumi_type", None)
            if token and hasattr(declared, "get"):
                # The package exports nested types over a resource's own where both have one name.
                own = importlib.import_module(declared.__module__)
                types[token] = _properties(getattr(own, own.__all__[0]), module, 0)
    return types


def _properties(arguments: type, module: Any, depth: int) -> dict[str, Property]:
    annotations = vars(arguments)["__init__"].__annotations__
    found = {}
    for python_name, declared in vars(arguments).items():
        if isinstance(declared, property):
            wire = getattr(declared.fget, "_pulumi_name", python_name)
            text = str(annotations[python_name])
            nested = re.search(r"ForwardRef\('(\w+Args)'", text)
            inner = getattr(module, nested.group(1), None) if nested else None
            found[python_name] = Property(
                name=wire,
                many="Sequence" in text,
                fields=_properties(inner, module, depth + 1) if inner and depth <= TOO_DEEP else None,
            )
    return found


def counterpart(token: str, inputs: Mapping[str, Property], types: Mapping[str, Mapping[str, Attribute]]) -> str | None:
    """The Terraform type of a token: with a similar name and the same inputs."""
    if token in TYPES:
        return TYPES[token]
    _, module, name = token.split(":")
    folder, words = module.split("/")[0].lower(), snake(name[0].lower() + name[1:])
    plain = re.sub(r"_?v2$", "", words)
    named = [
        f"aws_{head}{stem}"
        for stem in (words, plain)
        for head in (f"{FOLDERS.get(folder, folder)}_", f"{folder}_", folder, "")
    ]
    candidates = [type_ for type_ in named if type_ in types and _overlap(inputs, types[type_]) >= FEWEST_SHARED]
    if candidates:
        return candidates[0]
    ending = [
        type_
        for type_ in types
        if type_.endswith(f"_{plain}") and _overlap(inputs, types[type_]) >= FEWEST_SHARED_UNNAMED
    ]
    return ending[0] if len(ending) == 1 else None


def _overlap(inputs: Mapping[str, Property], attributes: Mapping[str, Attribute]) -> float:
    named = {name for name in inputs if attribute_of(name, attributes)}
    return len(named) / len(inputs) if inputs else 0.0


def attribute_of(python_name: str, attributes: Mapping[str, Attribute]) -> str | None:
    """The attribute that a property is: of the same name, its singular, or the one that names a resource by its id."""
    referring = (f"{python_name}{suffix}" for suffix in REFERENCE_SUFFIXES)
    candidates = [python_name, *_singulars(python_name), *referring]
    bare = {name.replace("_", ""): name for name in attributes}
    spelt = (name if name in attributes else bare.get(name.replace("_", "")) for name in candidates)
    return next(filter(None, spelt), None)


def _singulars(name: str) -> Iterator[str]:
    if name.endswith("ies"):
        yield f"{name[:-3]}y"
    if name.endswith("es"):
        yield name[:-2]
    if name.endswith("s"):
        yield name[:-1]


def rows(
    inputs: Mapping[str, Property], attributes: Mapping[str, Attribute], where: str, lost: list[str]
) -> dict[str, Any]:
    """What the names alone do not say; properties without a counterpart go to `lost`."""
    found: dict[str, Any] = {}
    for python_name, given in inputs.items():
        name = ATTRIBUTES.get((where, python_name)) or attribute_of(python_name, attributes)
        path = f"{where}.{given.name}"
        if name is None:
            lost.append(path)
            continue
        row = _row(given, name, attributes[name], path, lost)
        if row:
            found[given.name] = row
    return found


def _row(given: Property, name: str, attribute: Attribute, where: str, lost: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if snake(given.name) != name or camel(name) != given.name:
        row["name"] = name
    if given.fields is not None and attribute.fields is not None:
        row["fields"] = rows(given.fields, attribute.fields, where, lost)
        if attribute.kind == "struct":
            row["object"] = True
    if attribute.kind in ("list", "set") and not given.many:
        row["one"] = True
    return row


def main(package: Path) -> None:
    """Writes the table and prints what has no counterpart."""
    types = terraform_types(package)
    lost: list[str] = []
    unmatched: list[str] = []
    resources: dict[str, Any] = {}
    for token, inputs in sorted(pulumi_types().items()):
        type_ = counterpart(token, inputs, types)
        if type_ is None:
            unmatched.append(token)
            continue
        resources[token] = {"type": type_, "fields": rows(inputs, types[type_], type_, lost)}
    lines = [f"{json.dumps(token)}: {json.dumps(row, separators=(',', ':'))}" for token, row in resources.items()]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(resources)} types; without a counterpart: {len(unmatched)} types, {len(lost)} properties")
    for each in [*unmatched, *lost]:
        print(f"  {each}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
