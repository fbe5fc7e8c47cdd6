"""The valid fields of a document, so that rules between fields can be checked although other fields are invalid."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar, get_args

from codekeep_contracts.settings.access import Caps
from codekeep_contracts.settings.governance import PromptStorage, Regions, Retention, Slo
from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec
from pydantic import BaseModel, TypeAdapter, ValidationError

from stacks.spec.access import Access, Budget, ClusterAccess
from stacks.spec.compute import Model, Pool, SearchDomain, VectorIndex
from stacks.spec.deployer import Deployer
from stacks.spec.network import Account, Network, PlatformUse
from stacks.spec.protection import Keys
from stacks.spec.release import Release

Item = TypeVar("Item")


@dataclass(frozen=True)
class Items(Generic[Item]):
    """The valid items of a list by index. `complete` where no item is missing."""

    valid: Mapping[int, Item] = field(default_factory=dict)
    complete: bool = True

    def __iter__(self) -> Iterator[tuple[int, Item]]:
        return iter(self.valid.items())

    def __bool__(self) -> bool:
        return bool(self.valid) or not self.complete

    @property
    def values(self) -> tuple[Item, ...]:
        return tuple(self.valid.values())


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A field is None where it is absent or invalid. `present` names the fields of the document, valid or not."""

    present: frozenset[str]
    name: str | None = None
    tier: str | None = None
    platform: PlatformUse | None = None
    account: Account | None = None
    regions: Regions | None = None
    network: Network | None = None
    deployer: Deployer | None = None
    keys: Keys | None = None
    vector_index: VectorIndex | None = None
    search_domain: SearchDomain | None = None
    retention: Retention | None = None
    prompt_storage: PromptStorage | None = None
    access: Access | None = None
    release: Release | None = None
    caps: Caps | None = None
    gpu_nodes: int | None = None
    budget: Budget | None = None
    slo: Slo | None = None
    tags: Mapping[str, str] | None = None
    tenants: tuple[str, ...] | None = None
    link_domains: tuple[str, ...] | None = None
    cluster_access: tuple[ClusterAccess, ...] | None = None
    git_links: Items[GitLinkSpec] = Items()
    registry_links: Items[RegistryLinkSpec] = Items()
    pools: Items[Pool] = Items()
    models: Items[Model] = Items()

    @property
    def gpu_nodes_max(self) -> int:
        """Nodes that the GPU pools may grow to."""
        return sum(pool.max for pool in self.pools.values if pool.is_gpu)

    @classmethod
    def of(cls, spec: BaseModel) -> Self:
        """The draft of a spec, whose fields are all valid."""
        return cls.salvage(json.loads(spec.model_dump_json()), type(spec))

    @classmethod
    def salvage(cls, document: Mapping[str, Any], model: type[BaseModel]) -> Self:
        """The fields of a document that are valid by the model's types."""
        fields: dict[str, Any] = {}
        for name, info in model.model_fields.items():
            if name not in cls.__dataclass_fields__:
                continue
            if name not in document:
                default = info.get_default(call_default_factory=True, validated_data={})
                if not info.is_required() and default != ():
                    fields[name] = default
            elif name in _LISTS:
                fields[name] = _items(document[name], get_args(info.annotation)[0])
            else:
                fields[name] = _valid(document[name], info.rebuild_annotation())
        present = frozenset(name for name, value in document.items() if value not in (None, [], ()))
        return cls(present=present, **fields)


_LISTS = frozenset({"git_links", "registry_links", "pools", "models"})
_INVALID = object()


def _items(value: Any, item_type: Any) -> Items[Any]:
    if not isinstance(value, list | tuple):
        return Items(complete=False)
    validated = {index: _valid(item, item_type, _INVALID) for index, item in enumerate(value)}
    valid = {index: item for index, item in validated.items() if item is not _INVALID}
    return Items(valid=valid, complete=len(valid) == len(value))


def _valid(value: Any, annotation: Any, otherwise: Any = None) -> Any:
    try:
        return TypeAdapter(annotation).validate_json(json.dumps(value), strict=True)
    except ValidationError:
        return otherwise
