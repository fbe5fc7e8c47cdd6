"""Outputs of a keep that deployments into it need: the same for every tier."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from codekeep_contracts.roles import BucketRole, QueueRole

from components.bucket_ref import BucketRef
from components.identity.grants import index_prefix, objects_prefix
from components.identity.workload import Workload
from components.keep.infrastructure import Infrastructure
from components.keep.keep_resources import KeepResources
from components.keep.service import Service
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.network.network_ref import NetworkRef
from components.queue_ref import QueueRef


@dataclass(frozen=True, kw_only=True)
class KeepOutputs:
    """Links and images are by name, log groups by part of the runtime."""

    keep: Keep
    keys: KeyRing
    buckets: Mapping[BucketRole, BucketRef]
    queues: Mapping[QueueRole, QueueRef]
    index_endpoint: pulumi.Output[str]  # host name; HTTPS on 443
    index_prefix: str  # prefix of the names of the keep's indexes
    objects_prefix: str  # prefix of the keep's objects in its buckets
    git_token_arns: Mapping[str, pulumi.Output[str]]
    webhook_secret_arns: Mapping[str, pulumi.Output[str]]
    registry_token_arns: Mapping[str, pulumi.Output[str]]
    certificate_secret_arn: pulumi.Output[str]  # the gateway's
    audit_signing_key_arn: pulumi.Output[str]
    image_urls: Mapping[str, pulumi.Output[str]]
    role_arns: Mapping[Workload, pulumi.Output[str]]
    log_group_names: Mapping[str, pulumi.Output[str]]
    entry_service_name: pulumi.Output[str]  # the customer's endpoint connects to it
    entry_target_group_arn: pulumi.Output[str]  # the gateway's pods are registered with it
    topic_arn: pulumi.Output[str]
    service_alarm_name: pulumi.Output[str]  # rollouts watch it
    network: NetworkRef  # of the cluster's nodes
    cluster_name: pulumi.Output[str]
    namespace: pulumi.Output[str]
    provider: kubernetes.Provider
    search_administration: tuple[pulumi.Resource, ...] = ()  # of its own domain; a platform's is there before
    search_roles_image: pulumi.Output[str] | None = None  # of a platform; None: the release's own
    controllers: tuple[pulumi.Resource, ...] = ()  # of its own cluster; a platform's are there before
    model_nodes: tuple[pulumi.Resource, ...] = ()  # of its own cluster, for model endpoints

    @classmethod
    def of(
        cls,
        keep: Keep,
        keys: KeyRing,
        resources: KeepResources,
        service: Service,
        infrastructure: Infrastructure,
    ) -> "KeepOutputs":
        """Collected from the parts."""
        return cls(
            keep=keep,
            keys=keys,
            buckets=resources.storage.buckets,
            queues=resources.queues.queues,
            index_endpoint=infrastructure.index_endpoint,
            index_prefix=index_prefix(keep),
            objects_prefix=objects_prefix(keep),
            git_token_arns=service.links.git_token_arns,
            webhook_secret_arns=service.links.webhook_secret_arns,
            registry_token_arns=service.links.registry_token_arns,
            certificate_secret_arn=service.certificate.arn,
            audit_signing_key_arn=resources.audit_signing.key_arn,
            image_urls=infrastructure.image_urls,
            role_arns={each: resources.identity.role_arns[each.value] for each in Workload},
            log_group_names={part: group.name for part, group in resources.logs.groups.items()},
            entry_service_name=service.entry.service_name,
            entry_target_group_arn=service.entry.target_group_arn,
            topic_arn=resources.alerts.topic_arn,
            service_alarm_name=service.observability.service_alarm_name,
            network=infrastructure.network,
            cluster_name=infrastructure.cluster.name,
            namespace=service.kubernetes.namespace,
            provider=service.kubernetes.provider,
        )

    def settings(self) -> dict[str, Any]:
        """Sections of RuntimeSettings that only the deployment knows; the rest comes from the spec."""
        return {
            "namespace": self.namespace,
            "entry": {"certificate_secret_arn": self.certificate_secret_arn},
            "index": {
                "endpoint": pulumi.Output.concat("https://", self.index_endpoint),
                "prefix": self.index_prefix,
                "key_arn": self.keys.arn(DataClass.INDEX),
            },
            "audit": {"signing_key_arn": self.audit_signing_key_arn},
            "keys": {data_class.value: arn for data_class, arn in sorted(self.keys.arns.items())},
            "buckets": {
                role.value: {"name": ref.name, "prefix": self.objects_prefix, "key_arn": ref.key_arn}
                for role, ref in sorted(self.buckets.items())
            },
            "queues": {
                role.value: {"url": ref.url, "dead_letter_url": ref.dead_letter_url}
                for role, ref in sorted(self.queues.items())
            },
            "git_links": {
                name: {"token_secret_arn": arn, "webhook_secret_arn": self.webhook_secret_arns[name]}
                for name, arn in self.git_token_arns.items()
            },
            "registry_links": {name: {"token_secret_arn": arn} for name, arn in self.registry_token_arns.items()},
        }

    def summary(self) -> dict[str, Any]:
        """The outputs as a mapping, for register_outputs and the stack's outputs."""
        return {
            "buckets": {role.value: ref.name for role, ref in self.buckets.items()},
            "queues": {role.value: queue.url for role, queue in self.queues.items()},
            "keys": {data_class.value: arn for data_class, arn in self.keys.arns.items()},
            "auditSigningKey": self.audit_signing_key_arn,
            "images": dict(self.image_urls),
            "indexEndpoint": self.index_endpoint,
            "clusterName": self.cluster_name,
            "namespace": self.namespace,
            "entryServiceName": self.entry_service_name,
            "topicArn": self.topic_arn,
            "serviceAlarmName": self.service_alarm_name,
        }
