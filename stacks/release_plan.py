"""Translates a spec to what runs in its keep: images by digest, model endpoints, and the caps on the work."""

from typing import Final
from urllib.parse import urlsplit

from codekeep_contracts.images import VARIANT_SUFFIX

from components.release.flows import LinkTraffic
from components.release.release_plan import EndpointPlan, ReleasePlan
from images.serving import ServingPlan
from stacks.spec import TenantSpec
from stacks.spec.compute import Model, Pool
from stacks.spec.release import repository_of
from stacks.spec.serving import serving_plans

NODE_SHARE: Final = 0.75  # of a node for its replicas; the rest is for the system and for pods that start and stop
PLATFORM_CPUS: Final = 4  # for each GPU, where the pools are a platform's: every type of the table has as many
PLATFORM_MEMORY_GIB: Final = 24
CHECKPOINT_BYTES: Final = 2  # for each parameter, as models are published, whatever they are quantized to when loaded
CACHE_SPARE: Final = 1.25  # for what the engine compiles, and the next revision's files while they are fetched
CACHE_FLOOR_GIB: Final = 5
_GIB: Final = 2**30


def release_plan(spec: TenantSpec) -> ReleasePlan | None:
    """The plan of what runs in the keep; None where the spec names no release yet.

    Raises:
        ServingError: a model cannot be served as the spec asks.
    """
    release = spec.release
    if release is None:
        return None
    serving = serving_plans(spec.models, spec.pools, spec.slo)
    pools = {pool.name: pool for pool in spec.pools}
    batch_gpus = _batch_gpus(spec)
    return ReleasePlan(
        version=release.version,
        digests={str(name): digest for name, digest in release.images.items()},
        repositories={name: repository_of(name) for name in release.images},
        endpoints=tuple(
            _endpoint(model, served, pools.get(model.pool)) for model, served in zip(spec.models, serving, strict=True)
        ),
        seats=spec.caps.seats,
        concurrent_ingest_jobs=spec.caps.concurrent_ingest_jobs,
        repository_count=spec.caps.repositories,
        repository_gib=spec.caps.repository_gib,
        link_traffic=_link_traffic(spec),
        batch_gpus=batch_gpus,
        confirmed_by_git_hosts=spec.access.confirmed_by_git_hosts,
    )


def cache_gib(parameters_billions: float) -> int:
    """Space on the node for a model's files."""
    checkpoint = parameters_billions * 1e9 * CHECKPOINT_BYTES / _GIB
    return CACHE_FLOOR_GIB + round(checkpoint * CACHE_SPARE)


def _link_traffic(spec: TenantSpec) -> LinkTraffic:
    hosts = {*(link.host for link in spec.git_links), *(link.host for link in spec.registry_links)}
    issuer = urlsplit(spec.access.oidc.issuer).hostname
    return LinkTraffic(
        git_ports=tuple(sorted({port for link in spec.git_links for port in link.ports})),
        registry_ports=tuple(sorted({port for link in spec.registry_links for port in link.ports})),
        issuer_by_link=spec.access.oidc.jwks == "fetch" and issuer in hosts,
    )


def _batch_gpus(spec: TenantSpec) -> int:
    """GPUs for training in the keep's own pools; on a platform, one for each GPU node that the caps allow."""
    if spec.platform is not None:
        return spec.caps.gpu_nodes
    batch = [pool for pool in spec.pools if pool.role == "gpu-batch"]
    return sum(pool.max * min(machine.gpu_count for machine in pool.machines) for pool in batch)


def _endpoint(model: Model, served: ServingPlan, pool: Pool | None) -> EndpointPlan:
    cpus, memory_gib = _share(pool, served.gpus)
    return EndpointPlan(
        role=model.role,
        model=model.name,
        revision=model.revision,
        pool=model.pool,
        image=served.image + (VARIANT_SUFFIX if served.image_variant else ""),
        command=served.command,
        args=served.args,
        files=served.files,
        files_folder=served.config_folder,
        env=served.env,
        model_path=served.model_path,
        port=served.port,
        health_path=served.health_path,
        metrics_path=served.metrics.path,
        requests_per_replica=served.max_batch_size,
        gpus=served.gpus,
        cpus=cpus,
        memory_gib=memory_gib,
        shared_memory_gib=served.shared_memory_gib,
        cache_gib=cache_gib(model.parameters_billions),
        min_replicas=model.min_replicas,
        max_replicas=model.max_replicas,
        spare_replicas=model.spare_replicas,
    )


def _share(pool: Pool | None, gpus: int) -> tuple[int, int]:
    """Processors and GiB of a replica: its share of the node by GPUs, on the smallest type of the pool."""
    machines = [machine for machine in (pool.machines if pool else ()) if machine.gpu_count]
    cpus = min((each.vcpus / each.gpu_count for each in machines), default=PLATFORM_CPUS / NODE_SHARE)
    memory = min((each.memory_gib / each.gpu_count for each in machines), default=PLATFORM_MEMORY_GIB / NODE_SHARE)
    return max(1, int(cpus * gpus * NODE_SHARE)), max(1, int(memory * gpus * NODE_SHARE))
