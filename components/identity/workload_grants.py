"""IAM statements for each workload of a keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.metrics import metric_namespace
from codekeep_contracts.roles import OUTBOX_FOLDER, BucketRole, QueueRole

from components.bucket_ref import BucketRef
from components.iam_policy import Statement
from components.identity import grants
from components.identity.workload import Workload
from components.naming import Keep
from components.queue_ref import QueueRef

SEARCHERS = (Workload.GATEWAY, Workload.REVIEWER, Workload.EVALS)
WRITERS = (Workload.INDEXER,)
"""Workloads that use the search domain. IAM and the domain's own security say the same (tests/components/release)."""


@dataclass(frozen=True, kw_only=True)
class WorkloadResources:
    """The resources that workloads use. Tokens read repositories and packages; webhook secrets verify webhooks."""

    buckets: Mapping[BucketRole, BucketRef]
    queues: Mapping[QueueRole, QueueRef]
    index_domain_arn: pulumi.Input[str]
    git_token_arns: Sequence[pulumi.Input[str]]
    registry_token_arns: Sequence[pulumi.Input[str]]
    webhook_secret_arns: Sequence[pulumi.Input[str]]
    certificate_secret_arn: pulumi.Input[str]  # the gateway's TLS certificate and its key
    secret_key_arn: pulumi.Input[str]
    audit_signing_key_arn: pulumi.Input[str]
    log_group_arns: Sequence[pulumi.Input[str]]


def workload_statements(keep: Keep, resources: WorkloadResources) -> dict[Workload, list[Statement]]:
    """Statements by workload. Each workload has only what its own work needs."""
    buckets, ingest, review = resources.buckets, resources.queues[QueueRole.INGEST], resources.queues[QueueRole.REVIEW]
    prompts = [buckets[BucketRole.PROMPTS]] if BucketRole.PROMPTS in buckets else []
    code, models, artifacts = buckets[BucketRole.CODE], buckets[BucketRole.MODELS], buckets[BucketRole.ARTIFACTS]
    tokens = [*resources.git_token_arns, *resources.registry_token_arns]
    recording = [
        *grants.write_objects(keep, buckets[BucketRole.AUDIT]),
        *grants.sign(keep, resources.audit_signing_key_arn),
    ]
    searching = grants.search(keep, resources.index_domain_arn)
    return {
        Workload.GATEWAY: [
            *searching,
            *recording,
            *grants.read_secrets(keep, [resources.certificate_secret_arn], resources.secret_key_arn),
            *(statement for bucket in prompts for statement in grants.write_objects(keep, bucket)),
        ],
        Workload.INGEST: [
            *grants.consume(keep, ingest),
            *grants.read_objects(keep, code),
            *grants.write_objects(keep, code, delete=True),
            *grants.read_secrets(keep, tokens, resources.secret_key_arn),
        ],
        Workload.INDEXER: [
            *grants.read_objects(keep, code),
            *grants.delete_objects(keep, code, OUTBOX_FOLDER),
            *grants.write_index(keep, resources.index_domain_arn),
            *grants.write_objects(keep, buckets[BucketRole.SNAPSHOTS]),
            *recording,
            *(statement for bucket in prompts for statement in grants.delete_versions(keep, bucket)),
        ],
        Workload.REVIEWER: [
            *grants.consume(keep, review),
            *searching,
            *grants.read_objects(keep, code),
            *grants.read_secrets(keep, resources.git_token_arns, resources.secret_key_arn),
        ],
        Workload.FINETUNE: [
            *grants.read_objects(keep, code),
            *grants.read_objects(keep, models),
            *grants.write_objects(keep, models, delete=True),
            *grants.write_objects(keep, artifacts),
        ],
        Workload.EVALS: [
            *searching,
            *grants.read_objects(keep, models),
            *grants.read_objects(keep, artifacts),
            *grants.write_objects(keep, artifacts),
        ],
        Workload.WEBHOOK: [
            *grants.send(keep, ingest),
            *grants.send(keep, review),
            *grants.read_secrets(keep, resources.webhook_secret_arns, resources.secret_key_arn),
        ],
        Workload.MODEL_SERVER: grants.read_objects(keep, models),
        Workload.TELEMETRY: [
            *grants.emit_metrics(keep, metric_namespace(keep.tenant)),
            *grants.write_logs(keep, resources.log_group_arns),
        ],
    }
