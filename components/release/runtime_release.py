"""A release of the runtime in a keep's namespace: the workloads, and the policies and limits that bound them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi
from codekeep_contracts.roles import QueueRole
from codekeep_contracts.search_administration import SEARCH_ROLES_IMAGE

from components.compute.pool import PoolRole
from components.keep.keep_outputs import KeepOutputs
from components.release.access_sync import AccessSync
from components.release.accounts import Accounts
from components.release.admission import Admission, AdmissionArgs
from components.release.base import ReleaseBase, by_digest
from components.release.gateway import Gateway, GatewayArgs
from components.release.index_workers import WORKERS_MAX, IndexWorkers, IndexWorkersArgs
from components.release.ingest import Ingest, IngestArgs
from components.release.limits import Limits, LimitsArgs
from components.release.model_endpoint import ModelEndpoint, ModelEndpointArgs
from components.release.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.release.priorities import Priorities
from components.release.release_plan import ReleasePlan
from components.release.search_roles import SearchRoles, SearchRolesArgs
from components.release.settings_map import SettingsMap, SettingsMapArgs, start_digest
from components.release.telemetry import Telemetry, TelemetryArgs, client_environment
from components.release.webhook import Webhook, WebhookArgs


@dataclass(frozen=True, kw_only=True)
class RuntimeReleaseArgs:
    """`settings` are the RuntimeSettings as JSON text; `outputs` are those of the keep in which it runs."""

    outputs: KeepOutputs
    plan: ReleasePlan
    settings: pulumi.Output[str]


class RuntimeRelease(pulumi.ComponentResource):
    """All Kubernetes objects of a keep except its namespace. Needs the keep's Kubernetes and AWS providers."""

    images: Mapping[str, pulumi.Output[str]]  # repository@digest, by name

    def __init__(self, name: str, args: RuntimeReleaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:runtime_release:RuntimeRelease", name, None, opts)
        self._args, self._keep, self._child = args, args.outputs.keep, pulumi.ResourceOptions(parent=self)
        self._settings_digest = args.settings.apply(start_digest)

        self.images = release_images(args.plan, args.outputs.image_urls)
        bare = ReleaseBase(
            keep=self._keep, namespace=args.outputs.namespace, version=args.plan.version, images=self.images
        )
        environment = client_environment(self._keep.namespace)
        prepared = [*args.outputs.controllers, *self._prepare(bare)]
        self._base = replace(bare, after=[*prepared, self._open_index(bare, prepared)], environment=environment)
        self._send_telemetry()
        self._open()
        self._serve_models()
        self._read_code()

        self.register_outputs({"version": args.plan.version, "imageNames": sorted(self.images)})

    def _part(self, part: str) -> str:
        return self._keep.logical(part)

    def _prepare(self, base: ReleaseBase) -> list[pulumi.Resource]:
        """Creates what every pod needs or is restricted by from its start."""
        args = self._args
        policies = NetworkPoliciesArgs(base=base, network=args.outputs.network, link_traffic=args.plan.link_traffic)
        settings = SettingsMapArgs(base=base, document=args.settings)
        return [
            Admission(self._part("admission"), AdmissionArgs(base=base), opts=self._child),
            NetworkPolicies(self._part("traffic"), policies, opts=self._child),
            Limits(self._part("limits"), LimitsArgs(base=base, plan=args.plan), opts=self._child),
            Priorities(self._part("priority"), base, opts=self._child),
            Accounts(self._part("account"), base, opts=self._child),
            SettingsMap(self._part("runtime-settings"), settings, opts=self._child),
        ]

    def _open_index(self, base: ReleaseBase, prepared: list[pulumi.Resource]) -> SearchRoles:
        """Until it has run, the search domain refuses every pod."""
        outputs = self._args.outputs
        roles = SearchRolesArgs(
            base=replace(base, after=[*prepared, *outputs.search_administration]),
            image=outputs.search_roles_image or base.image(SEARCH_ROLES_IMAGE),
            index_endpoint=outputs.index_endpoint,
            index_prefix=outputs.index_prefix,
        )
        return SearchRoles(self._part("search-roles"), roles, opts=self._child)

    def _send_telemetry(self) -> None:
        """Logs and metrics leave only through the collector."""
        args = self._args
        telemetry = TelemetryArgs(base=self._base, log_group_names=args.outputs.log_group_names)
        Telemetry(self._part("telemetry"), telemetry, opts=self._child)

    def _open(self) -> None:
        """Opens the release to developers, and to the webhooks of the Git hosts."""
        args = self._args
        gateway = GatewayArgs(
            base=self._base,
            target_group_arn=args.outputs.entry_target_group_arn,
            seats=args.plan.seats,
            settings_digest=self._settings_digest,
        )
        Gateway(self._part("gateway"), gateway, opts=self._child)
        webhook = WebhookArgs(base=self._base, settings_digest=self._settings_digest)
        Webhook(self._part("webhook"), webhook, opts=self._child)

    def _serve_models(self) -> None:
        """Only these pods wait for nodes with GPUs, so that the time for their rollout does not pass before."""
        base = replace(self._base, after=[*self._base.after, *self._args.outputs.model_nodes])
        for plan in self._args.plan.endpoints:
            endpoint = ModelEndpointArgs(base=base, plan=plan)
            ModelEndpoint(self._part(f"model-{plan.role}"), endpoint, opts=self._child)

    def _read_code(self) -> None:
        args, plan = self._args, self._args.plan
        ingest = IngestArgs(
            base=self._base,
            queue=args.outputs.queues[QueueRole.INGEST],
            concurrent_jobs=plan.concurrent_ingest_jobs,
            repositories=plan.repository_count,
            repository_gib=plan.repository_gib,
        )
        Ingest(self._part("ingest"), ingest, opts=self._child)
        if plan.confirmed_by_git_hosts:
            AccessSync(self._part("access-sync"), self._base, opts=self._child)
        index = IndexWorkersArgs(
            base=self._base,
            settings_digest=self._settings_digest,
            max_workers=min(plan.concurrent_ingest_jobs, WORKERS_MAX),
            reindex_workers=min(plan.batch_gpus or plan.concurrent_ingest_jobs, WORKERS_MAX),
            reindex_role=PoolRole.GPU_BATCH if plan.batch_gpus else PoolRole.INGEST,
        )
        IndexWorkers(self._part("index"), index, opts=self._child)


def release_images(plan: ReleasePlan, urls: Mapping[str, pulumi.Output[str]]) -> dict[str, pulumi.Output[str]]:
    """The images as pods name them: in the keep's own registry, by digest.

    Raises:
        ValueError: the registry lacks a repository.
    """
    repositories = {name: plan.repositories.get(name, name) for name in plan.digests}
    if strange := sorted({each for each in repositories.values() if each not in urls}):
        raise ValueError(f"the registry has no repository {', '.join(strange)} (it has: {', '.join(sorted(urls))})")
    return {name: by_digest(urls[repositories[name]], plan.digests[name]) for name in plan.digests}
