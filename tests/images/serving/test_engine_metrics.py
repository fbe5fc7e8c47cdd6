"""The facts about engines' metrics are about the engines in the images, and suffice to monitor a model."""

import pytest

from images.serving import ENGINE_METRICS, EngineMetrics
from images.serving.facts import SHIPPED

EACH = pytest.mark.parametrize("facts", ENGINE_METRICS.values(), ids=ENGINE_METRICS)


def names(facts: EngineMetrics, kind: str) -> set[str]:
    return {metric.name for metric in facts.metrics if metric.kind == kind}


def test_every_engine_has_facts_of_the_release_in_its_image() -> None:
    assert {engine: facts.release for engine, facts in ENGINE_METRICS.items()} == {
        engine: str(release) for engine, release in SHIPPED.items()
    }


@EACH
def test_facts_name_their_source(facts: EngineMetrics) -> None:
    assert facts.source.endswith(".py")
    assert facts.revision
    assert facts.read.year >= 2026


@EACH
def test_names_are_as_a_scrape_shows_them(facts: EngineMetrics) -> None:
    found = [metric.name for metric in facts.metrics]
    assert len(found) == len(set(found))
    assert all(name.endswith("_total") for name in names(facts, "counter"))
    assert all(name.endswith("_seconds") for name in names(facts, "histogram"))
    assert all("model_name" in metric.labels for metric in facts.metrics)


@EACH
def test_latency_queueing_and_requests_can_be_read_from_either_engine(facts: EngineMetrics) -> None:
    prefix = "vllm:" if facts.engine == "vllm" else ""
    wanted = {"time_to_first_token_seconds", "e2e_request_latency_seconds", "request_queue_time_seconds"}
    assert {prefix + name for name in wanted} <= names(facts, "histogram")
    assert f"{prefix}request_success_total" in names(facts, "counter")


def test_only_vllm_has_gauges_of_queue_and_cache() -> None:
    """TensorRT-LLM has none, and no name with its prefix `trtllm_`, before 1.3."""
    assert names(ENGINE_METRICS["tensorrt-llm"], "gauge") == set()
    assert not any(metric.name.startswith("trtllm_") for metric in ENGINE_METRICS["tensorrt-llm"].metrics)
    assert names(ENGINE_METRICS["vllm"], "gauge") == {
        "vllm:num_requests_running",
        "vllm:num_requests_waiting",
        "vllm:kv_cache_usage_perc",
    }
