"""A ResourceGraph as Terraform plan JSON (`terraform show -json`, format 1.2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from policies.graph import Node, ResourceGraph
from policies.graph.build import AWS_PROVIDER_TYPE
from policies.graph.model import STACK_TYPE
from policies.tfplan.addresses import AddressedResource, Addresses, identifier
from policies.tfplan.names import snake
from policies.tfplan.values import Block, Renderer

FORMAT_VERSION = "1.2"
TERRAFORM_VERSION = "1.13.0"  # the release whose plans these look like; Checkov only needs some version
PROVIDER = "hashicorp/aws"
COMPUTED = ("id", "arn")
MAPPING = "codekeep"
"""Key of the plan's one addition to the format: address → URN and source line."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The document; which node each address is; and the AWS resources that could not be rendered."""

    document: Mapping[str, Any]
    nodes: Mapping[str, Node]
    unmapped: tuple[Node, ...]


def plan_of(graph: ResourceGraph) -> Plan:
    """Renders every AWS resource; resources of other providers are not in the plan."""
    addresses = Addresses(graph)
    renderer = Renderer(addresses)
    rendered = [
        _Rendered(
            resource, renderer.block(resource.node.inputs, resource.type.fields, resource.node.property_dependencies)
        )
        for resource in addresses.resources.values()
    ]
    for each in rendered:
        _complete(each, graph)
    document = {
        "format_version": FORMAT_VERSION,
        "terraform_version": TERRAFORM_VERSION,
        "planned_values": {"root_module": _planned(rendered, ())},
        "resource_changes": [each.change() for each in rendered],
        "configuration": {
            "provider_config": _providers(graph),
            "root_module": _configured(rendered, (), _sources(addresses, graph)),
        },
        MAPPING: {"addresses": {each.resource.address: _origin(each.resource.node) for each in rendered}},
    }
    nodes = {address: resource.node for address, resource in addresses.by_address.items()}
    return Plan(document=document, nodes=nodes, unmapped=tuple(addresses.unmapped))


@dataclass(frozen=True)
class _Rendered:
    resource: AddressedResource
    block: Block

    @property
    def _identity(self) -> dict[str, Any]:
        return {
            "address": self.resource.address,
            "mode": "managed",
            "type": self.resource.type.name,
            "name": self.resource.name,
        }

    def planned(self) -> dict[str, Any]:
        return {
            **self._identity,
            "provider_name": PROVIDER,
            "schema_version": 0,
            "values": self.block.values,
            "sensitive_values": self.block.sensitive,
        }

    def change(self) -> dict[str, Any]:
        """A create, or no change for what is deployed already."""
        deployed = bool(self.resource.node.id)
        return {
            **self._identity,
            **({"module_address": self.resource.module_address} if self.resource.modules else {}),
            "provider_name": PROVIDER,
            "change": {
                "actions": ["no-op"] if deployed else ["create"],
                "before": self.block.values if deployed else None,
                "after": self.block.values,
                "after_unknown": self.block.unknown,
                "before_sensitive": self.block.sensitive if deployed else False,
                "after_sensitive": self.block.sensitive,
            },
        }

    def configured(self) -> dict[str, Any]:
        return {
            **self._identity,
            "address": self.resource.local,
            "provider_config_key": _provider_key(self.resource.node.provider),
            "expressions": self.block.expressions,
            "schema_version": 0,
        }


def _complete(each: _Rendered, graph: ResourceGraph) -> None:
    """Adds what the provider computes: ids and ARNs, and the tags that come from the provider's defaults."""
    node, block = each.resource.node, each.block
    for name in COMPUTED:
        value = node.id if name == "id" else node.outputs.get(name)
        if isinstance(value, str) and "${" not in value:
            block.values.setdefault(name, value)
        elif name not in block.values:
            block.unknown.setdefault(name, True)
    tags = block.values.get("tags")
    if isinstance(tags, Mapping):
        provider = graph.get(node.provider or "")
        defaults = provider.inputs.get("defaultTags") if provider else None
        given = defaults.get("tags") if isinstance(defaults, Mapping) else None
        block.values["tags_all"] = {**(given if isinstance(given, Mapping) else {}), **tags}


def _planned(rendered: Iterable[_Rendered], above: tuple[str, ...]) -> dict[str, Any]:
    own, modules = _split(rendered, above)
    module: dict[str, Any] = {"resources": [each.planned() for each in own]}
    if modules:
        module["child_modules"] = [
            {"address": ".".join(f"module.{part}" for part in (*above, name)), **_planned(inner, (*above, name))}
            for name, inner in modules.items()
        ]
    return module


def _configured(
    rendered: Iterable[_Rendered], above: tuple[str, ...], sources: Mapping[tuple[str, ...], str]
) -> dict[str, Any]:
    own, modules = _split(rendered, above)
    module: dict[str, Any] = {"resources": [each.configured() for each in own]}
    if modules:
        module["module_calls"] = {
            name: {"source": sources[(*above, name)], "module": _configured(inner, (*above, name), sources)}
            for name, inner in modules.items()
        }
    return module


def _split(rendered: Iterable[_Rendered], above: tuple[str, ...]) -> tuple[list[_Rendered], dict[str, list[_Rendered]]]:
    """The resources directly in the module, and the others by the child module."""
    own: list[_Rendered] = []
    below: dict[str, list[_Rendered]] = {}
    for each in rendered:
        if each.resource.modules == above:
            own.append(each)
        else:
            below.setdefault(each.resource.modules[len(above)], []).append(each)
    return own, below


def _sources(addresses: Addresses, graph: ResourceGraph) -> dict[tuple[str, ...], str]:
    """For each module the component's type, where Terraform has the path of the module's source."""
    sources: dict[tuple[str, ...], str] = {}
    for resource in addresses.resources.values():
        components = [each for each in graph.ancestors(resource.node) if each.is_component and each.type != STACK_TYPE]
        for depth, component in enumerate(reversed(components), start=1):
            sources[resource.modules[:depth]] = component.type
    return sources


def _providers(graph: ResourceGraph) -> dict[str, Any]:
    """The first provider is Terraform's default; the others get their names as aliases."""
    found: dict[str, Any] = {}
    for node in graph.of_type(AWS_PROVIDER_TYPE):
        expressions = {
            snake(name): {"constant_value": value} for name, value in node.inputs.items() if isinstance(value, str)
        }
        alias = {"alias": identifier(node.name)} if found else {}
        found[_provider_key(node.urn)] = {"name": "aws", "full_name": PROVIDER, **alias, "expressions": expressions}
    return found


def _provider_key(urn: str | None) -> str:
    return f"aws.{identifier(urn.rpartition('::')[2])}" if urn else "aws"


def _origin(node: Node) -> dict[str, Any]:
    return {"urn": node.urn, "source": str(node.source) if node.source else None}
