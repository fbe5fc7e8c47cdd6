"""The model's own properties: frozen, strict, digested, and the arithmetic its rules rest on."""

import json

import pytest
from pydantic import ValidationError

from stacks.spec import TenantSpec, digest, load_spec, parse
from stacks.spec.addresses import addresses_for_nodes, addresses_needed
from stacks.spec.compute import Model
from stacks.spec.instances import INSTANCE_TYPES
from stacks.spec.memory import memory_fit
from stacks.spec.reference import reference
from stacks.spec.rules import PLATFORM_RULES, TENANT_RULES
from tests.stacks.documents import ROOT, changed, document


def test_a_spec_is_frozen() -> None:
    spec = load_spec(ROOT / "Pulumi.demo.yaml")
    with pytest.raises(ValidationError):
        spec.name = "other"  # type: ignore[misc]


def test_constructing_a_spec_runs_the_rules_between_fields() -> None:
    spoilt = changed(document("demo"), "regions.recovery", "eu-central-1")
    with pytest.raises(ValidationError, match=r"another region than regions\.primary"):
        TenantSpec.model_validate_json(json.dumps(spoilt))


def test_the_digest_is_twelve_hex_digits_and_changes_with_the_meaning() -> None:
    demo = document("demo")
    before = digest(parse(demo))
    assert len(before) == 12
    assert int(before, 16) >= 0
    assert digest(parse(changed(demo, "pools.1.max", 9))) != before
    assert (
        digest(parse(changed(demo, "network.egress", {"mode": "none", "domains": []}))) == before
    )  # defaults spelled out


def test_the_table_has_gpu_and_cpu_types_that_add_up() -> None:
    gpus = [machine for machine in INSTANCE_TYPES.values() if machine.gpu_count]
    assert len(gpus) >= 25
    assert len(INSTANCE_TYPES) - len(gpus) >= 80
    assert {machine.family for machine in gpus} >= {"g5", "g6", "g6e", "p4d", "p4de", "p5", "p5e"}
    assert all((machine.gpu is None) == (machine.gpu_count == 0) for machine in INSTANCE_TYPES.values())
    assert all(
        machine.name == name and machine.vcpus and machine.memory_gib for name, machine in INSTANCE_TYPES.items()
    )
    assert INSTANCE_TYPES["c6id.4xlarge"].memory_gib == 32
    assert INSTANCE_TYPES["m6id.4xlarge"].nvme_gb == 950


def model(billions: float, **fields: object) -> Model:
    given = {"role": "chat", "name": "a/b", "revision": "0" * 40, "pool": "serve", "context_tokens": 8192}
    return Model.model_validate_json(json.dumps({**given, "parameters_billions": billions, **fields}))


def test_the_memory_formula_by_hand() -> None:
    gpu = INSTANCE_TYPES["g6e.xlarge"].gpu
    assert gpu is not None
    fit = memory_fit(model(32.0, quantization="fp8", tensor_parallel=2, lora={"max_rank": 32, "max_adapters": 4}), gpu)
    assert fit.weights_gib == pytest.approx(14.90, abs=0.01)  # 32e9 bytes over two GPUs
    assert fit.adapters_gib == pytest.approx(14.90 * 0.02 * 4 * 2, abs=0.01)
    assert fit.kv_gib == pytest.approx(44.7 * 0.2)
    assert fit.needed_gib == pytest.approx(fit.weights_gib + 1.5 + fit.adapters_gib + fit.kv_gib)
    assert fit.fits


@pytest.mark.parametrize(
    ("billions", "quantization", "parallel", "machine", "fits"),
    [
        (7.6, "none", 1, "g5.xlarge", True),  # 14.2 + 1.5 + 4.5 = 20.1 of 22.3
        (8.9, "none", 1, "g5.xlarge", False),  # 16.6 + 1.5 + 4.5 = 22.5
        (7.6, "fp8", 1, "g6.xlarge", True),
        (32.8, "none", 1, "g6e.xlarge", False),
        (34.0, "none", 1, "p5.4xlarge", False),  # 63.3 + 1.5 + 16 = 80.8 of 80
        (32.8, "none", 2, "p5.48xlarge", True),
        (74.0, "fp8", 2, "g6e.12xlarge", False),  # 34.5 + 1.5 + 8.9 = 44.9 of 44.7
        (70.6, "fp8", 4, "g6e.12xlarge", True),
        (405.0, "fp8", 8, "p5.48xlarge", True),
        (405.0, "none", 8, "p5.48xlarge", False),
    ],
)
def test_known_models_on_known_machines(
    billions: float, quantization: str, parallel: int, machine: str, fits: bool
) -> None:
    gpu = INSTANCE_TYPES[machine].gpu
    assert gpu is not None
    assert memory_fit(model(billions, quantization=quantization, tensor_parallel=parallel), gpu).fits is fits


def test_addresses_by_hand() -> None:
    assert addresses_needed(22) == 22 * 32 + 96
    assert addresses_for_nodes(22, 3) == 3 * (256 - 5)
    assert addresses_for_nodes(16, 3) > 1000 * 32


def test_the_reference_page_is_that_of_the_models() -> None:
    written = (ROOT / "docs" / "reference" / "spec.md").read_text()
    assert written == reference(), "write it anew: python -m stacks.spec.reference > docs/reference/spec.md"


def test_every_rule_says_what_it_holds() -> None:
    assert len(TENANT_RULES) >= 40
    assert all(rule.__doc__ for rule in (*TENANT_RULES, *PLATFORM_RULES))
