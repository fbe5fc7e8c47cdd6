"""Makes the serving plans of a spec's models with images/serving."""

from collections.abc import Iterable, Iterator, Sequence

from codekeep_contracts.settings.governance import Slo

from images.serving import Adapters, Architecture, ModelFacts, ServingPlan, limits_of, plan, suitability_problems
from stacks.spec.compute import Model, Pool
from stacks.spec.instances import Gpu, InstanceType
from stacks.spec.problems import Problem


def serving_facts(model: Model, gpu: Gpu | None = None, slo: Slo | None = None) -> ModelFacts:
    """The facts by which images/serving judges a model.

    Args:
        gpu: None where it is not known, as in a pooled keep.
        slo: gives the chat model its latency target.
    """
    return ModelFacts(
        role=model.role,
        name=model.name,
        revision=model.revision,
        parameters_billions=model.parameters_billions,
        context_tokens=model.context_tokens,
        quantization=model.quantization,
        tensor_parallel=model.tensor_parallel,
        pipeline_parallel=model.pipeline_parallel,
        concurrency=model.concurrency,
        adapters=None
        if model.lora is None
        else Adapters(max_rank=model.lora.max_rank, max_adapters=model.lora.max_adapters),
        architecture=None if model.architecture is None else Architecture(**model.architecture.model_dump()),
        engine=model.engine,
        gpu_memory_gib=None if gpu is None else gpu.memory_gib,
        latency_target_ms=slo.chat_first_token_ms if slo is not None and model.role == "chat" else None,
        dimension=model.dimension,
    )


def serving_plans(models: Iterable[Model], pools: Sequence[Pool], slo: Slo) -> tuple[ServingPlan, ...]:
    """The plan of each model, on the smallest GPU of its pool. Without pools (a pooled keep uses its platform's) the
    fit is not checked again.

    Raises:
        ServingError: a model cannot be served as the spec asks.
    """
    gpus = {pool.name: smallest_gpu(pool.machines) for pool in pools}
    return tuple(plan(serving_facts(model, gpus.get(model.pool), slo)) for model in models)


def serving_problems(path: str, facts: ModelFacts) -> Iterator[Problem]:
    """Returns the reasons why a model cannot be served, as problems under the model's path."""
    for problem in suitability_problems(facts):
        yield Problem(path=f"{path}.{problem.field}", got=problem.got, allowed=problem.allowed, remedy=problem.remedy)


def smallest_gpu(machines: Iterable[InstanceType]) -> Gpu | None:
    """The GPU with the least memory, since a replica may run on any. None where no machine has one."""
    gpus = [machine.gpu for machine in machines if machine.gpu is not None]
    return min(gpus, key=lambda gpu: gpu.memory_gib, default=None)


def requests_per_replica(model: Model, slo: Slo) -> int:
    """Requests that one replica processes at the same time: its engine's largest batch.

    Raises:
        ServingError: the model's architecture is not known.
    """
    return limits_of(serving_facts(model, slo=slo)).max_batch_size
