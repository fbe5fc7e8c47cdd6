"""One AWS resource type of the stand-in: how it is created, read back, updated and deleted."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Protocol

from awsread.facts import facts_of

Props = dict[str, Any]
"""Property bag: Pulumi's camelCase names, plain JSON-like values, secrets unwrapped, nothing unknown."""


class Ledger(Protocol):
    """Stores what moto does not emulate. Survives restarts of the server and the plugin."""

    def put(self, region: str, token: str, id: str, props: Props) -> None: ...

    def get(self, region: str, token: str, id: str) -> Props | None: ...

    def list(self, region: str | None = None, token: str | None = None) -> list[tuple[str, str, str, Props]]: ...

    def remove(self, region: str, token: str, id: str) -> None: ...


class Api(Protocol):
    """One region of the sandbox account, as seen with the provider's credentials."""

    region: str
    account_id: str
    partition: str
    ledger: Ledger

    def client(self, service: str, region: str | None = None) -> Any:
        """boto3 client of the loopback endpoint, cached; enums and patterns are checked against botocore's model."""
        ...

    def declared(self, token: str) -> list[tuple[str, Mapping[str, Any]]]:
        """(id, ledger entry) of the resources of a type in this region."""
        ...


@dataclass(frozen=True, kw_only=True)
class Created:
    """A new resource. `outputs` are what AWS adds; the framework merges them over the inputs."""

    id: str
    outputs: Props = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Live:
    """A resource read back: the `inputs` that would produce it, and its complete `outputs`."""

    inputs: Props
    outputs: Props
    id: str | None = None  # the resource's own id, where an import may use another form


class Resource(ABC):
    """One resource type. Stateless: every method gets the Api of the resource's region."""

    token: ClassVar[str]
    auto_name: ClassVar[str | None] = None  # property that defaults to the logical name and 7 hex digits
    auto_name_max: ClassVar[int] = 255
    delete_before_replace: ClassVar[bool] = False  # two cannot exist at once
    recorded: ClassVar[bool] = False  # in the ledger, not emulated by moto

    @cached_property
    def replace_on(self) -> frozenset[str]:
        """Top-level properties whose change replaces."""
        return facts_of(self.token).replace

    @cached_property
    def ordered(self) -> frozenset[str]:
        """Top-level lists whose order matters; all others compare as sets."""
        return facts_of(self.token).ordered

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """What the official provider fills in at check."""
        return facts_of(self.token).defaults

    def name_for(self, name: str, inputs: Props) -> str:
        """Turns a generated name into one the type allows (lower case, a suffix)."""
        return name

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        """(property path, reason) of each problem that the schema does not find; inputs may contain unknowns."""
        return iter(())

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        """Which of the changed top-level properties force a new resource."""
        return changed & self.replace_on

    def outputs_changed_by(self, new: Props, changed: frozenset[str]) -> frozenset[str]:
        """Outputs that a change of these properties changes: a preview must not show the old values."""
        return frozenset()

    @abstractmethod
    def create(self, api: Api, inputs: Props) -> Created: ...

    @abstractmethod
    def read(self, api: Api, id: str, state: Props) -> Live | None:
        """The live resource, None if it is gone. `state` are the last known outputs, empty at an import."""
        ...

    @abstractmethod
    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        """Applies the changed top-level properties; the outputs that AWS adds."""
        ...

    @abstractmethod
    def delete(self, api: Api, id: str, state: Props) -> None:
        """Deletes the resource. It is no error if it is gone already."""
        ...


Function = Callable[[Api, Props], Props]
"""An invoke (`aws:ssm/getParameter:getParameter`): arguments to result."""
