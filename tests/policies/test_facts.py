"""Facts and the specs: every field that Facts reads is a field of a spec, and saved facts are read back equal."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from policies.facts import Facts, FactsError
from stacks.spec import PlatformSpec, TenantSpec, load_spec
from tests.stacks.documents import ROOT, document

MODELS = (TenantSpec, PlatformSpec)


class Watched(dict[str, Any]):
    """A document that notes the path of every key it is asked for."""

    def __init__(self, values: dict[str, Any], asked: set[tuple[str, ...]], path: tuple[str, ...] = ()) -> None:
        super().__init__({key: self._inside(value, asked, (*path, key)) for key, value in values.items()})
        self._asked = asked
        self._path = path

    @classmethod
    def _inside(cls, value: Any, asked: set[tuple[str, ...]], path: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            return cls(value, asked, path)
        return [cls._inside(each, asked, path) for each in value] if isinstance(value, list) else value

    def __getitem__(self, key: str) -> Any:
        self._asked.add((*self._path, key))
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.add((*self._path, key))
        return super().get(key, default)


def asked_of(stack: str) -> set[tuple[str, ...]]:
    """Paths of the keys that Facts reads of a shipped spec."""
    asked: set[tuple[str, ...]] = set()
    key = "codekeep:platform" if stack.startswith("platform") else "codekeep:tenant"
    Facts.of({key: Watched(document(stack), asked)})
    return asked


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Models anywhere in a field's type: behind Optional, a tuple or Annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def is_field(models: list[type[BaseModel]], path: tuple[str, ...]) -> bool:
    found = [model.model_fields[path[0]] for model in models if path[0] in model.model_fields]
    if len(path) == 1 or not found:
        return bool(found)
    return is_field([model for field in found for model in models_in(field.annotation)], path[1:])


@pytest.mark.parametrize("stack", ["demo", "acme", "pico", "platform-eu-central-1"])
def test_every_field_that_is_read_is_one_of_a_spec(stack: str) -> None:
    asked = asked_of(stack)
    assert {("account", "id"), ("regions", "allowed"), ("network",)} <= asked
    assert len(asked) >= 20
    assert [path for path in sorted(asked) if not is_field(list(MODELS), path)] == []


def test_the_comparison_notices_a_field_that_is_none() -> None:
    assert not is_field(list(MODELS), ("account", "identifier"))
    assert not is_field(list(MODELS), ("nothing",))
    assert is_field(list(MODELS), ("git_links", "endpoint_service"))


def test_facts_say_what_the_parsed_spec_says() -> None:
    spec, facts = load_spec(ROOT / "Pulumi.acme.yaml"), Facts.of({"codekeep:tenant": document("acme")})
    assert (facts.tenant, facts.tier, facts.account_id) == (spec.name, spec.tier, spec.account.id)
    assert facts.allowed_regions == set(spec.regions.allowed)
    assert facts.recovery_region == spec.regions.recovery
    assert facts.endpoint_services == {link.endpoint_service for link in (*spec.git_links, *spec.registry_links)}
    assert facts.gpu_nodes == spec.caps.gpu_nodes
    assert facts.monthly_budget_usd == spec.budget.monthly_usd
    assert facts.customer_key_accounts
    assert not facts.platform


@pytest.mark.parametrize("stack", ["demo", "acme", "platform-eu-central-1"])
def test_saved_facts_come_back_whole(stack: str) -> None:
    key = "codekeep:platform" if stack.startswith("platform") else "codekeep:tenant"
    facts = Facts.of({key: json.dumps(document(stack))})
    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    assert facts.to_json().keys() == {field.name for field in fields(Facts)}
    assert facts != replace(facts, tier="other")


@pytest.mark.parametrize(
    ("saved", "message"),
    [([], "must be an object, got list"), ({"tenant": "x"}, "missing"), ({"colour": "x"}, "colour")],
)
def test_a_document_that_is_no_facts_is_refused(saved: Any, message: str) -> None:
    with pytest.raises(FactsError, match=message):
        Facts.from_json(saved)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "--config codekeep:allowedRegions=eu-central-1"),
        ({"codekeep:allowedRegions": "eu-west-1,,"}, "must name regions"),
        ({"codekeep:tenant": "{"}, "is not JSON"),
        ({"codekeep:tenant": "[]"}, "must be an object, got list"),
        ({"codekeep:tenant": {"name": "x"}}, "run codekeep spec check"),
        ({"codekeep:tenant": {"name": "x", "account": 7}}, "account must be an object, got 7"),
    ],
)
def test_a_configuration_without_facts_is_refused_with_the_remedy(config: dict[str, Any], message: str) -> None:
    with pytest.raises(FactsError, match=message):
        Facts.of(config)
