"""Rules for models: their roles, and whether they can run on their pool."""

from collections.abc import Iterator, Mapping

from codekeep_contracts.settings.governance import Slo

from images.serving import suitability_problems
from stacks.spec.compute import Model, Pool
from stacks.spec.instances import InstanceType
from stacks.spec.problems import Problem, nearest_word, shown_value
from stacks.spec.rules.common import cap_below
from stacks.spec.rules.draft import Draft
from stacks.spec.serving import serving_facts, serving_problems

_NEEDED_ONCE = ("chat", "autocomplete", "embed")


def each_role_has_one_model(draft: Draft) -> Iterator[Problem]:
    """There is exactly one model of each role chat, autocomplete and embed, and at most one rerank."""
    if "models" not in draft.present or not draft.models.complete:
        return
    roles: list[str] = [model.role for model in draft.models.values]
    for role in (*_NEEDED_ONCE, "rerank"):
        count = roles.count(role)
        if count > 1 or (count == 0 and role in _NEEDED_ONCE):
            yield Problem(
                path="models",
                got=f"{count} models of role {role}",
                allowed="at most one of role rerank" if role == "rerank" else f"exactly one of role {role}",
                remedy=f"keep one model of role {role}" if count else f"add a model of role {role}",
            )


def replicas_are_in_order(draft: Draft) -> Iterator[Problem]:
    """`min_replicas` <= `max_replicas` in each model."""
    for index, model in draft.models:
        if model.min_replicas > model.max_replicas:
            yield Problem(
                path=f"models[{index}].min_replicas",
                got=f"{model.min_replicas}, more than max_replicas ({model.max_replicas})",
                allowed=f"1 to {model.max_replicas}",
                remedy="lower min_replicas or raise max_replicas",
            )


def models_run_on_serving_pools(draft: Draft) -> Iterator[Problem]:
    """A model's `pool` is a pool of role gpu-serve."""
    if not draft.pools.valid:
        return
    pools = {pool.name: pool for pool in draft.pools.values}
    for index, model in draft.models:
        if model.pool in pools or draft.pools.complete:  # else the pool may be the invalid one
            yield from _no_serving_pool(f"models[{index}].pool", model, pools, "add the pool")


def models_can_be_served(draft: Draft) -> Iterator[Problem]:
    """A model's `architecture` is known or given, its engine serves it for its role, and its shape takes its context,
    parallelism, adapters, dimension and number of parameters.
    """
    for index, model in draft.models:
        yield from serving_problems(f"models[{index}]", serving_facts(model, slo=draft.slo))


def models_fit_their_pool(draft: Draft) -> Iterator[Problem]:
    """A model's parallelism and format fit every instance type of its pool, and so does its memory: weights, key-value
    cache at the stated context and concurrency, adapters, activations and workspace.
    """
    pools = {pool.name: pool for pool in draft.pools.values}
    for index, model in draft.models:
        pool = pools.get(model.pool)
        for machine in pool.machines if pool is not None and pool.role == "gpu-serve" else ():
            yield from _misfits(f"models[{index}]", model, machine, draft.slo)


def pools_have_room_for_all_replicas(draft: Draft) -> Iterator[Problem]:
    """A serving pool at its `max` has the GPUs for all its models' `max_replicas`."""
    for index, pool in draft.pools:
        machines = [machine for machine in pool.machines if machine.gpu_count]
        if pool.role != "gpu-serve" or not machines:
            continue
        served = [model for model in draft.models.values if model.pool == pool.name]
        needed = sum(model.gpus * model.max_replicas for model in served)
        available = pool.max * min(machine.gpu_count for machine in machines)
        if needed > available:
            yield Problem(
                path=f"pools[{index}].max",
                got=f"{pool.max} nodes with {available} GPUs together",
                allowed=f"nodes with at least {needed} GPUs, as many as its models' max_replicas take",
                remedy="raise max or lower max_replicas",
            )


def vectors_fit_the_index(draft: Draft) -> Iterator[Problem]:
    """The embed model's `dimension` is `vector_index.dimension`; other models have none."""
    yield from _of_embedders_only(draft, "dimension", "a dimension")
    wanted = draft.vector_index.dimension if draft.vector_index is not None else None
    for index, model in draft.models:
        if model.role == "embed" and wanted is not None and model.dimension != wanted:
            yield Problem(
                path=f"models[{index}].dimension",
                got="nothing" if model.dimension is None else str(model.dimension),
                allowed=f"{wanted}, as vector_index.dimension",
                remedy="set both to the length of the model's vectors",
            )


def only_embedders_have_prefixes(draft: Draft) -> Iterator[Problem]:
    """Only the embed model has `prefixes`."""
    yield from _of_embedders_only(draft, "prefixes", "prefixes")


def gpu_pools_are_within_the_cap(draft: Draft) -> Iterator[Problem]:
    """`caps.gpu_nodes` covers the GPU pools at their `max`."""
    cap = draft.caps.gpu_nodes if draft.caps is not None else None
    remedy = "raise the cap or lower the pools' max"
    yield from cap_below("caps.gpu_nodes", cap, draft.gpu_nodes_max, "nodes the GPU pools may grow to", remedy)


def availability_has_replicas(draft: Draft) -> Iterator[Problem]:
    """An availability of 99.9 or more needs two replicas of chat, autocomplete and embed."""
    if draft.slo is None or draft.slo.availability_percent < 99.9:
        return
    for index, model in draft.models:
        if model.role in _NEEDED_ONCE and model.min_replicas < 2:
            yield Problem(
                path=f"models[{index}].min_replicas",
                got=str(model.min_replicas),
                allowed=f"2 or more for a slo.availability_percent of {draft.slo.availability_percent}",
                remedy="raise min_replicas, or promise less than 99.9",
            )


def platform_model_problems(draft: Draft, pools: Mapping[str, Pool]) -> Iterator[Problem]:
    """Problems of a pooled keep's models with its platform's pools."""
    for index, model in draft.models:
        pool = pools.get(model.pool)
        yield from _no_serving_pool(f"models[{index}].pool", model, pools, "have the platform add the pool")
        for machine in pool.machines if pool is not None and pool.role == "gpu-serve" else ():
            yield from _misfits(f"models[{index}]", model, machine, draft.slo)


def _no_serving_pool(path: str, model: Model, pools: Mapping[str, Pool], otherwise: str) -> Iterator[Problem]:
    pool = pools.get(model.pool)
    if pool is not None and pool.role == "gpu-serve":
        return
    serving = [name for name, each in pools.items() if each.role == "gpu-serve"]
    near = nearest_word(model.pool, serving)
    yield Problem(
        path=path,
        got=f"{shown_value(model.pool)}, which {'is no pool' if pool is None else f'is a pool of role {pool.role}'}",
        allowed=f"a pool of role gpu-serve: {', '.join(serving) or 'none is given'}",
        remedy=f"did you mean {near}?" if near else f"name one of them, or {otherwise}",
    )


def _of_embedders_only(draft: Draft, attribute: str, what: str) -> Iterator[Problem]:
    for index, model in draft.models:
        value = getattr(model, attribute)
        if model.role != "embed" and value is not None:
            yield Problem(
                path=f"models[{index}].{attribute}",
                got=f"{value if isinstance(value, int) else what} on a model of role {model.role}",
                allowed=f"{what} on models of role embed only",
                remedy=f"remove {attribute}",
            )


def _misfits(path: str, model: Model, machine: InstanceType, slo: Slo | None) -> Iterator[Problem]:
    gpu = machine.gpu
    if gpu is None:
        return  # a problem of the pool
    if model.gpus > machine.gpu_count:
        yield Problem(
            path=f"{path}.tensor_parallel",
            got=f"{model.tensor_parallel} x pipeline_parallel {model.pipeline_parallel} = {model.gpus} GPUs",
            allowed=f"at most the {machine.gpu_count} of {machine.name}",
            remedy="lower the parallelism, or choose a pool with more GPUs a node",
        )
        return
    if model.quantization != "none" and model.quantization not in gpu.formats:
        yield Problem(
            path=f"{path}.quantization",
            got=f"{shown_value(model.quantization)} on {machine.name}",
            allowed=f"none, {', '.join(sorted(gpu.formats))}: what a {gpu.name} computes in",
            remedy="choose one of these formats, or a pool with newer GPUs",
        )
        return
    if not suitability_problems(serving_facts(model, slo=slo)):  # else models_can_be_served reports it
        yield from serving_problems(path, serving_facts(model, gpu, slo))
