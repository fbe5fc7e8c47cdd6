"""The spec model: immutability, strictness, digest, and the arithmetic that its rules use."""

import json

import pytest
from codekeep_contracts.settings.governance import Slo
from pydantic import ValidationError

from images.serving import Adapters, Architecture, suitability_problems
from stacks.spec import TenantSpec, digest, load_spec, parse
from stacks.spec.addresses import addresses_for_nodes, addresses_needed
from stacks.spec.compute import Model
from stacks.spec.instances import INSTANCE_TYPES
from stacks.spec.reference import reference_page
from stacks.spec.rules import PLATFORM_RULES, TENANT_RULES
from stacks.spec.serving import serving_facts, serving_plans, smallest_gpu
from tests.stacks.documents import ROOT, changed, document


def test_a_spec_is_frozen() -> None:
    spec = load_spec(ROOT / "Pulumi.demo.yaml")
    with pytest.raises(ValidationError):
        spec.name = "other"  # type: ignore[misc]


def test_constructing_a_spec_runs_the_rules_between_fields() -> None:
    changed_spec = changed(document("demo"), "regions.recovery", "eu-central-1")
    with pytest.raises(ValidationError, match=r"another region than regions\.primary"):
        TenantSpec.model_validate_json(json.dumps(changed_spec))


def test_the_digest_has_twelve_hex_digits_and_changes_with_the_values() -> None:
    demo = document("demo")
    before = digest(parse(demo))
    assert len(before) == 12
    assert int(before, 16) >= 0
    assert digest(parse(changed(demo, "pools.1.max", 9))) != before
    assert (
        digest(parse(changed(demo, "network.egress", {"mode": "none", "domains": []}))) == before
    )  # defaults spelled out


def test_the_table_of_machines_is_consistent() -> None:
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


def model(name: str, billions: float, **fields: object) -> Model:
    defaults = {"role": "chat", "name": name, "revision": "0" * 40, "pool": "serve", "context_tokens": 8192}
    return Model.model_validate_json(json.dumps({**defaults, "parameters_billions": billions, **fields}))


CODER_7B, CODER_32B = "Qwen/Qwen2.5-Coder-7B", "Qwen/Qwen2.5-Coder-32B"
LLAMA_70B = "meta-llama/Llama-3.1-70B"


@pytest.mark.parametrize(
    ("name", "billions", "quantization", "parallel", "machine", "problem"),
    [
        (CODER_7B, 7.6, "none", 1, "g5.xlarge", None),  # 14.2 + 1.8 + 1.3 + 2.0 of 20.1
        (CODER_7B, 7.6, "fp8", 1, "g6.xlarge", None),
        (CODER_32B, 32.8, "none", 1, "g6e.xlarge", "parameters_billions"),  # 61.1 of 40.2
        (CODER_32B, 32.8, "none", 1, "p5.4xlarge", "context_tokens"),  # 61.1 + 8.0 + 1.8 + 2.0 of 72.0
        (CODER_32B, 32.8, "none", 2, "p5.48xlarge", None),
        (LLAMA_70B, 70.6, "fp8", 2, "g6e.12xlarge", "context_tokens"),  # 34.3 + 2.5 + 1.4 + 2.5 of 40.2
        (LLAMA_70B, 70.6, "none", 4, "g6e.12xlarge", None),
        (LLAMA_70B, 70.6, "none", 2, "g6e.12xlarge", "parameters_billions"),
    ],
)
def test_known_models_on_known_machines(
    name: str, billions: float, quantization: str, parallel: int, machine: str, problem: str | None
) -> None:
    gpu = INSTANCE_TYPES[machine].gpu
    assert gpu is not None
    facts = serving_facts(model(name, billions, quantization=quantization, tensor_parallel=parallel), gpu)
    assert [found.field for found in suitability_problems(facts)] == ([] if problem is None else [problem])


def test_the_facts_are_those_of_the_spec() -> None:
    fields = {
        "model_class": "LlamaForCausalLM",
        "num_hidden_layers": 32,
        "hidden_size": 4096,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "intermediate_size": 14336,
        "vocab_size": 128256,
        "max_position_embeddings": 8192,
    }
    slo = Slo(chat_first_token_ms=900)
    described = model("own/llama", 8.0, architecture=fields, lora={"max_rank": 32}, concurrency=3, engine="vllm")
    facts = serving_facts(described, INSTANCE_TYPES["g6e.xlarge"].gpu, slo)
    assert facts.architecture == Architecture(**fields)  # type: ignore[arg-type]
    assert facts.adapters == Adapters(max_rank=32, max_adapters=4)
    assert (facts.requests_at_once, facts.serving_engine, facts.gpu_memory_gib) == (3, "vllm", 44.7)
    assert facts.latency_target_ms == 900
    assert serving_facts(model(CODER_7B, 7.6, role="autocomplete"), slo=slo).latency_target_ms is None


@pytest.mark.parametrize("stack", ["demo", "acme", "pico"])
def test_every_shipped_model_has_a_plan(stack: str) -> None:
    spec = load_spec(ROOT / f"Pulumi.{stack}.yaml")
    plans = serving_plans(spec.models, spec.pools, spec.slo)
    assert [served.role for served in plans] == [model.role for model in spec.models]
    generating = ("chat", "autocomplete")
    engines = ["tensorrt-llm" if model.role in generating else "vllm" for model in spec.models]
    assert [served.engine for served in plans] == engines
    assert all((served.fit is not None and served.fit.fits) if spec.pools else served.fit is None for served in plans)


def test_the_memory_fit_uses_the_smallest_gpu_of_the_pool() -> None:
    machines = [INSTANCE_TYPES[name] for name in ("p5.48xlarge", "g6e.12xlarge", "m7i.xlarge")]
    gpu = smallest_gpu(machines)
    assert gpu is not None
    assert gpu.name == "L40S"
    assert smallest_gpu([INSTANCE_TYPES["m7i.xlarge"]]) is None


def test_the_number_of_addresses_equals_an_example_by_hand() -> None:
    assert addresses_needed(22) == 22 * 32 + 96
    assert addresses_for_nodes(22, 3) == 3 * (256 - 5)
    assert addresses_for_nodes(16, 3) > 1000 * 32


def test_the_reference_page_is_that_of_the_models() -> None:
    written = (ROOT / "docs" / "reference" / "spec.md").read_text()
    assert written == reference_page(), "write it anew: python -m stacks.spec.reference > docs/reference/spec.md"


def test_every_rule_has_a_docstring() -> None:
    assert len(TENANT_RULES) >= 40
    assert all(rule.__doc__ for rule in (*TENANT_RULES, *PLATFORM_RULES))
