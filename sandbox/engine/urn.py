"""URNs: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`."""

from dataclasses import dataclass

ROOT_STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
_PREFIX = "urn:pulumi:"


@dataclass(frozen=True)
class Urn:
    """The parts of a URN. `qualified_type` has the types of the parents too, joined by `$`."""

    stack: str
    project: str
    qualified_type: str
    name: str

    @property
    def type(self) -> str:
        return self.qualified_type.rsplit("$", 1)[-1]

    def __str__(self) -> str:
        return f"{_PREFIX}{self.stack}::{self.project}::{self.qualified_type}::{self.name}"


def parse_urn(text: str) -> Urn:
    """The parts of a URN; its name may contain `::` itself.

    Raises:
        ValueError: the text is no URN.
    """
    parts = text.removeprefix(_PREFIX).split("::", 3)
    if not text.startswith(_PREFIX) or len(parts) != 4:
        raise ValueError(f"not a URN: {text!r}; expected urn:pulumi:<stack>::<project>::<type>::<name>")
    return Urn(*parts)


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """URN of a resource. Children of the root stack do not have its type in theirs."""
    if parent:
        parent_type = parse_urn(parent).qualified_type
        if parent_type != ROOT_STACK_TYPE:
            type_ = f"{parent_type}${type_}"
    return str(Urn(stack, project, type_, name))


def type_of(urn: str) -> str:
    return parse_urn(urn).type


def name_of(urn: str) -> str:
    return parse_urn(urn).name


def is_provider_type(type_: str) -> bool:
    return type_.startswith(PROVIDER_PREFIX) and type_ != PROVIDER_PREFIX


def package_of(type_: str) -> str:
    """Package that serves a type or function token: `aws` of `aws:kms/key:Key` and of `pulumi:providers:aws`."""
    if is_provider_type(type_):
        return type_.removeprefix(PROVIDER_PREFIX)
    return type_.split(":", 1)[0]


@dataclass(frozen=True)
class ProviderRef:
    """A configured provider: the URN of its resource and the id that the engine gave it."""

    urn: str
    id: str

    def __str__(self) -> str:
        return f"{self.urn}::{self.id}"


def parse_provider_ref(text: str) -> ProviderRef:
    urn, separator, id_ = text.rpartition("::")
    if not separator or not is_provider_type(type_of(urn)):
        raise ValueError(f"not a provider reference: {text!r}; expected <URN of a provider>::<id>")
    return ProviderRef(urn, id_)
