"""Lets the keep's pods use its indexes: the domain's own security refuses every IAM role that nobody mapped to a role.

A Job of the domain's administrator makes the roles before the first pod of the release starts, and again whenever their
document, the domain, the image or the release changes, since its name contains a digest of them. Running it again
changes nothing.
"""

import json
from dataclasses import dataclass, replace

import pulumi
from codekeep_contracts import commands
from codekeep_contracts.search_administration import SEARCH_NAMESPACE, SEARCH_ROLES_JOB, search_roles_name
from codekeep_contracts.search_roles import SEARCH_ROLES_FILE
from codekeep_contracts.search_roles import SearchRoles as Document
from pulumi_kubernetes import batch
from pulumi_kubernetes.core.v1 import ConfigMap

from components.arns import role_arn
from components.compute.pool import PoolRole
from components.identity.workload import Operator, Workload
from components.identity.workload_grants import SEARCHERS, WRITERS
from components.naming import Keep
from components.release.base import Priority, ReleaseBase, text_digest
from components.release.jobs import JobPlan, job_spec
from components.release.pod import Container, PodPlan, Resources

NAME = SEARCH_ROLES_JOB
RESOURCES = Resources(cpu=0.25, memory_gib=0.5, cpu_limit=1)
DEADLINE_SECONDS = 480  # before Pulumi stops waiting for the Job, after ten minutes
RETRIES = 5


@dataclass(frozen=True, kw_only=True)
class SearchRolesArgs:
    """`index_endpoint` is the domain's host name. `image` runs as the domain's administrator, by whom all of the domain
    can be opened: on a platform it is never the keep's.
    """

    base: ReleaseBase
    image: pulumi.Input[str]
    index_endpoint: pulumi.Output[str]
    index_prefix: str


class SearchRoles(pulumi.ComponentResource):
    """The document and the Job, in the namespace of the domain's administrator."""

    job: batch.v1.Job

    def __init__(self, name: str, args: SearchRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.search_roles:SearchRoles", name, None, opts)
        keep = args.base.keep
        base = replace(args.base, namespace=SEARCH_NAMESPACE)
        own = search_roles_name(keep.tenant)
        document = args.index_endpoint.apply(lambda host: document_of(keep, host, args.index_prefix))

        stored = ConfigMap(
            name,
            metadata=base.metadata(Operator.INDEX_ADMIN, own),
            data={SEARCH_ROLES_FILE.name: document},
            opts=base.options(self),
        )
        image = pulumi.Output.from_input(args.image)
        suffix = pulumi.Output.all(image, document).apply(lambda each: text_digest("\n".join((base.version, *each))))
        self.job = batch.v1.Job(
            name,
            metadata={**base.metadata(Operator.INDEX_ADMIN, own), "name": pulumi.Output.concat(own, "-", suffix)},
            spec=job_spec(base, _plan(image, own)),
            opts=base.options(self, stored),
        )
        self.register_outputs({"name": own})


def document_of(keep: Keep, host: str, prefix: str) -> str:
    """The roles' document as JSON text. Validated in a deployment; before, the host may be a placeholder."""

    def arns(workloads: tuple[Workload, ...]) -> list[str]:
        return [role_arn(keep.physical(each.value), keep.account_id, keep.region) for each in workloads]

    fields = {
        "endpoint": f"https://{host}",
        "region": keep.region,
        "tenant": keep.tenant,
        "prefix": prefix,
        "readers": arns(SEARCHERS),
        "writers": arns(WRITERS),
    }
    text = json.dumps(fields, sort_keys=True)
    if not pulumi.runtime.is_dry_run():
        Document.model_validate_json(text)
    return text


def _plan(image: pulumi.Output[str], config_map: str) -> JobPlan:
    container = Container(
        name=NAME,
        image=image,
        resources=RESOURCES,
        args=commands.SEARCH_ROLES.args(document=str(SEARCH_ROLES_FILE)),
        mounts={NAME: str(SEARCH_ROLES_FILE.parent)},
    )
    pod = PodPlan(
        workload=Operator.INDEX_ADMIN,
        name=config_map,
        role=PoolRole.SYSTEM,
        priority=Priority.SERVING,
        containers=(container,),
        settings=False,
        files={NAME: config_map},
        reports=False,  # the collector is out of reach
    )
    return JobPlan(pod=pod, deadline_seconds=DEADLINE_SECONDS, retries=RETRIES, kept_seconds=None)
