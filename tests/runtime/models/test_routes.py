"""The choice of a model for a request: by role, name, weight, cohort and adapter."""

from collections import Counter
from dataclasses import replace

import pytest
from codekeep_contracts.settings.models import ServedModel
from codekeep_runtime.models.faults import UnknownModelFault
from codekeep_runtime.models.routes import DEFAULT_MODEL, PRODUCT_ROLES, Route, Routes

READERS = [f"{number:016x}" for number in range(4_000)]
STABLE = Route(product="chat", model="acme/coder-7b", role="chat", weight=90, cohort="stable")
CANARY = Route(product="chat", model="acme/coder-14b", role="chat", weight=10, cohort="canary")
TUNED = Route(product="chat", model="acme/coder-7b", role="chat", adapter="payments-3", weight=0, cohort="payments")


def served(role: str, name: str) -> ServedModel:
    return ServedModel(role=role, name=name, revision="a" * 40, context_tokens=4_096)  # type: ignore[arg-type]


def cohorts(*rows: Route) -> dict[str, str]:
    routes = Routes(rows)
    return {reader: routes.route("chat", reader).cohort for reader in READERS}


def test_each_product_gets_the_model_of_its_role() -> None:
    models = [served(role, f"acme/{role}-1") for role in ("chat", "autocomplete", "embed")]
    routes = Routes.of_models(models)
    for product, role in PRODUCT_ROLES.items():
        if role == "rerank":  # not served
            assert routes.names(product) == ()
        else:
            assert routes.route(product, READERS[0]).model == f"acme/{role}-1"
            assert routes.names(product) == (DEFAULT_MODEL, f"acme/{role}-1")


@pytest.mark.parametrize("name", [None, "", "codekeep", "acme/coder-7b", "coder-7b", "chat"])
def test_a_model_can_be_requested_by_any_of_its_names(name: str | None) -> None:
    assert Routes([replace(STABLE, weight=1)]).route("chat", READERS[0], name).model == "acme/coder-7b"


@pytest.mark.parametrize("name", ["gpt-4", "acme/coder", "CODER-7B", "acme", "embed", "embedder-1", "acme/embedder-1"])
def test_any_other_name_is_refused_with_the_existing_ones(name: str) -> None:
    embed = Route(product="embed", model="acme/embedder-1", role="embed")
    with pytest.raises(UnknownModelFault, match="codekeep, acme/coder-7b, payments-3") as caught:
        Routes([STABLE, TUNED, embed]).route("chat", READERS[0], name)
    assert name not in str(caught.value).replace("acme/coder-7b", "")


def test_a_product_without_a_model_is_refused() -> None:
    with pytest.raises(UnknownModelFault, match="it serves none"):
        Routes([STABLE]).route("rerank", READERS[0])


def test_adapter_and_model_are_requested_by_their_own_names() -> None:
    routes = Routes([STABLE, TUNED])
    assert routes.route("chat", READERS[0], "payments-3") == TUNED
    assert routes.route("chat", READERS[0], "payments-3").served_name == "payments-3"
    assert {routes.route("chat", reader, name) for reader in READERS[:50] for name in (None, "coder-7b")} == {STABLE}


def test_weights_divide_the_readers() -> None:
    counts = Counter(cohorts(STABLE, CANARY).values())
    assert counts["canary"] / len(READERS) == pytest.approx(0.1, abs=0.02)


def test_a_reader_stays_in_their_cohort() -> None:
    before = cohorts(STABLE, CANARY)
    assert cohorts(CANARY, STABLE) == before
    assert cohorts(STABLE, replace(CANARY, model="acme/coder-30b")) == before


def test_a_growing_weight_gains_readers_and_moves_no_others() -> None:
    third = replace(CANARY, cohort="third", weight=30)
    before, after = cohorts(STABLE, CANARY, third), cohorts(STABLE, replace(CANARY, weight=40), third)
    moved = {(before[reader], after[reader]) for reader in READERS if before[reader] != after[reader]}
    assert moved == {("stable", "canary"), ("third", "canary")}


@pytest.mark.parametrize(
    "rows",
    [
        [replace(STABLE, weight=0)],
        [STABLE, replace(CANARY, weight=-1)],
        [STABLE, replace(CANARY, cohort="stable")],
    ],
)
def test_a_table_with_wrong_weights_or_duplicates_is_refused(rows: list[Route]) -> None:
    with pytest.raises(ValueError, match="chat"):
        Routes(rows)
