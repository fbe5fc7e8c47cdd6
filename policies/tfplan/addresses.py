"""Terraform addresses of a graph's resources: one module per component, so that an address leads back to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from policies.graph import Node, ResourceGraph
from policies.graph.model import STACK_TYPE
from policies.tfplan.table import TerraformType, type_of_token

_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, kw_only=True)
class AddressedResource:
    """A resource and its address in the plan; `modules` are the components that contain it, outermost first."""

    node: Node
    type: TerraformType
    name: str
    modules: tuple[str, ...]

    @property
    def local(self) -> str:
        """The address inside the module, unique in the plan."""
        return f"{self.type.name}.{self.name}"

    @property
    def module_address(self) -> str:
        """Empty for the root module."""
        return ".".join(f"module.{module}" for module in self.modules)

    @property
    def address(self) -> str:
        return ".".join(filter(None, (self.module_address, self.local)))


class Addresses:
    """Every AWS resource of a graph with its address; `unmapped` are those that the table of names lacks."""

    def __init__(self, graph: ResourceGraph) -> None:
        self._graph = graph
        self.resources: dict[str, AddressedResource] = {}
        self.unmapped: list[Node] = []
        for node in graph.resources:
            if node.package == "aws":
                self._add(node)

    @cached_property
    def by_address(self) -> Mapping[str, AddressedResource]:
        return {resource.address: resource for resource in self.resources.values()}

    @cached_property
    def _modules(self) -> Mapping[str, str]:
        """Name of each component's module; siblings with the same name get their class added."""
        names: dict[str, str] = {}
        taken: set[tuple[str | None, str]] = set()
        for component in self._graph.components:
            name = identifier(component.name)
            if (component.parent, name) in taken:
                name = f"{name}-{component.type.rsplit(':', 1)[-1]}"
            taken.add((component.parent, name))
            names[component.urn] = name
        return names

    def _add(self, node: Node) -> None:
        type_ = type_of_token(node.type)
        if type_ is None:
            self.unmapped.append(node)
            return
        above = [
            each for each in reversed(self._graph.ancestors(node)) if each.is_component and each.type != STACK_TYPE
        ]
        self.resources[node.urn] = AddressedResource(
            node=node,
            type=type_,
            name=self._free_name(type_.name, identifier(node.name)),
            modules=tuple(self._modules[each.urn] for each in above),
        )

    def _free_name(self, type_name: str, name: str) -> str:
        """Numbers names that are taken: in Pulumi, resources of one type and name may have different parents."""
        taken = {resource.local for resource in self.resources.values()}
        if f"{type_name}.{name}" not in taken:
            return name
        return next(f"{name}-{n}" for n in range(2, len(taken) + 3) if f"{type_name}.{name}-{n}" not in taken)


def identifier(name: str) -> str:
    """A Pulumi name as a Terraform identifier: letters, digits, `_` and `-`, and no digit first."""
    text = _NOT_A_NAME.sub("_", name)
    return text if text[:1].isalpha() or text[:1] == "_" else f"_{text}"
