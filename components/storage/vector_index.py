"""The vector index: an OpenSearch domain inside the network, under the key of INDEX, open to named roles."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from codekeep_contracts.index_names import snapshot_role_name
from codekeep_contracts.physical_names import SEARCH_DOMAIN_NAME_MAX, search_domain_name
from pulumi_aws import cloudwatch, ec2, iam, opensearch

from components.arns import role_arn, root_arn, via_service
from components.bucket_ref import BucketRef
from components.iam_policy import Statement, document, from_account, trust_policy
from components.identity.service_role import OPENSEARCH, service_role
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.network.endpoints import HTTPS
from components.network.network_ref import NetworkRef
from components.network.security_group_rules import admit_clients
from components.observe.log_group import log_group
from components.storage.search_plan import SearchPlan
from components.storage.search_volume import search_volume

ENGINE_VERSION = "OpenSearch_2.19"
TLS_POLICY = "Policy-Min-TLS-1-2-PFS-2023-10"
INSTANCE_PATTERN = re.compile(r"^[a-z0-9]+\.[a-z0-9]+\.search$")
NODES = range(1, 81)
VOLUME_GIB = range(10, 16_385)
MASTERS_FROM_NODES = 6  # from here on, dedicated masters cost less than elections on busy data nodes
MASTER_COUNT, MASTER_TYPE = 3, "m7g.large.search"
BURSTABLE = "t3."  # without auto-tune

READ_ACTIONS = ("es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPost")  # searches are POSTs
WRITE_ACTIONS = (*READ_ACTIONS, "es:ESHttpPut", "es:ESHttpPatch", "es:ESHttpDelete")

# IAM sees the index of a request in its path only, and not in the bodies of _bulk, _mget and _msearch (botocore 1.44.5:
# opensearch, CreateDomainRequest$AdvancedOptions). Not override_main_response_version, which AWS answers too: it is
# refused (hashicorp/terraform-provider-aws#27371, 2022; cloudformation-coverage-roadmap#2469, 2026).
ADVANCED_OPTIONS = {"rest.action.multi.allow_explicit_index": "false"}

# Not the slow logs: they contain queries and documents, and so code.
LOG_TYPES = {"audit": "AUDIT_LOGS", "application": "ES_APPLICATION_LOGS"}


@dataclass(frozen=True, kw_only=True)
class VectorIndexArgs:
    """Roles are ARNs of IAM roles: the admin maps the others to index permissions, writers index, readers search."""

    keep: Keep
    plan: SearchPlan
    network: NetworkRef
    keys: KeyRing
    retention_days: Mapping[DataClass, int]
    admin_role_arn: pulumi.Input[str]
    writer_role_arns: Sequence[pulumi.Input[str]]  # ARNs or patterns of ARNs
    reader_role_arns: Sequence[pulumi.Input[str]]
    client_security_group_ids: Mapping[str, pulumi.Input[str]]  # label -> security group that may connect
    snapshots: BucketRef
    service_roles: Mapping[str, str] = field(default_factory=dict)  # the account's: Existing.service_roles
    protect: bool = False

    def __post_init__(self) -> None:
        plan = self.plan
        if not INSTANCE_PATTERN.match(plan.instance_type):
            raise ValueError(
                f"instance_type must be an OpenSearch type like r7g.large.search, got {plan.instance_type!r}"
            )
        if plan.instance_count not in NODES:
            raise ValueError(f"instance_count must be 1-80, got {plan.instance_count}")
        if self.zone_count == 1 < plan.instance_count:
            raise ValueError(
                f"instance_count must be 1 or a multiple of 2 or {len(self.network.zones)}, so that each zone has as "
                f"many, got {plan.instance_count}"
            )
        if plan.volume_gib not in VOLUME_GIB:
            raise ValueError(f"volume_gib must be 10-16384, got {plan.volume_gib}")
        search_volume(plan.instance_type, plan.volume_gib)  # raises where the type is too slow for it
        if not self.writer_role_arns or not self.reader_role_arns:
            raise ValueError("writer_role_arns and reader_role_arns must name who ingests and who searches")
        if len(domain_name(self.keep)) > SEARCH_DOMAIN_NAME_MAX:
            raise ValueError(
                f"domain name {domain_name(self.keep)!r} is longer than {SEARCH_DOMAIN_NAME_MAX} characters"
            )

    @property
    def zone_count(self) -> int:
        """The largest number of the network's zones that share the nodes evenly, as OpenSearch requires."""
        return max(count for count in range(1, len(self.network.zones) + 1) if self.plan.instance_count % count == 0)

    @property
    def has_masters(self) -> bool:
        if self.plan.dedicated_masters is None:
            return self.plan.instance_count >= MASTERS_FROM_NODES
        return self.plan.dedicated_masters


def domain_name(keep: Keep) -> str:
    """Shorter than the usual physical name: AWS allows 28 characters."""
    return search_domain_name(keep.tenant)


def domain_arn(keep: Keep) -> str:
    """Known before the domain exists, since its access policy must name it."""
    return keep.arn("es", f"domain/{domain_name(keep)}")


def snapshot_role_arn(keep: Keep) -> str:
    """The role with which OpenSearch writes snapshots. Their bucket admits it from outside the network."""
    return role_arn(snapshot_role_name(keep.tenant), keep.account_id, keep.region)


class VectorIndex(pulumi.ComponentResource):
    """Domain, its security group, logs, access policy and the role that writes its snapshots."""

    endpoint: pulumi.Output[str]  # host name; HTTPS on 443
    arn: pulumi.Output[str]
    domain_name: str
    security_group_id: pulumi.Output[str]
    snapshot_role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: VectorIndexArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:vector_index:VectorIndex", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        self.domain_name = domain_name(args.keep)

        group = self._security_group()
        needed = [*self._service_role(), *self._log_groups()]
        domain = self._domain(group, needed)
        role = self._snapshot_role()

        self.endpoint = domain.endpoint
        self.arn = domain.arn
        self.security_group_id = group.id
        self.snapshot_role_arn = role.arn
        self.register_outputs(
            {
                "endpoint": self.endpoint,
                "arn": self.arn,
                "securityGroupId": self.security_group_id,
                "snapshotRoleArn": self.snapshot_role_arn,
            }
        )

    def _tags(self, data_class: DataClass = DataClass.INDEX) -> dict[str, str]:
        return self._args.keep.tags(data_class, name=self._name)

    def _security_group(self) -> ec2.SecurityGroup:
        args = self._args
        group = ec2.SecurityGroup(
            self._name,
            description="Vector index: HTTPS from the workloads that search or ingest",
            vpc_id=args.network.vpc_id,
            tags=self._tags(),
            opts=self._child,
        )
        admit_clients(
            self._name,
            service_group_id=group.id,
            client_group_ids=args.client_security_group_ids,
            ports=(HTTPS,),
            service="the vector index",
            tags=self._tags(),
            opts=self._child,
        )
        return group

    def _service_role(self) -> tuple[pulumi.Resource, ...]:
        """OpenSearch refuses a domain in a VPC before the account has the role."""
        args = self._args
        return service_role(self._name, OPENSEARCH, args.keep, args.service_roles, self._child).after

    def _log_groups(self) -> list[pulumi.Resource]:
        """Log groups, and the resource policy that lets OpenSearch write to them, which it checks at creation."""
        args = self._args
        classes = {"audit": DataClass.AUDIT, "application": DataClass.LOG}
        self._groups: dict[str, cloudwatch.LogGroup] = {
            noun: log_group(
                args.keep,
                "index",
                noun,
                key_arn=args.keys.arn(classes[noun]),
                retention_days=args.retention_days[classes[noun]],
                data_class=classes[noun],
                opts=self._child,
            )
            for noun in LOG_TYPES
        }
        write_logs = cloudwatch.LogResourcePolicy(
            self._name,
            policy_name=args.keep.physical("index"),
            policy_document=document(
                Statement(
                    sid="IndexWritesItsLogs",
                    principals={"Service": ("es.amazonaws.com",)},
                    actions=("logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"),
                    resources=tuple(
                        pulumi.Output.concat(group.arn, ":log-stream:*") for group in self._groups.values()
                    ),
                    conditions=from_account(args.keep.account_id, domain_arn(args.keep)),
                )
            ),
            opts=self._child,
        )
        return [write_logs]

    def _domain(self, group: ec2.SecurityGroup, needed: list[pulumi.Resource]) -> opensearch.Domain:
        args = self._args
        volume = search_volume(args.plan.instance_type, args.plan.volume_gib)
        return opensearch.Domain(
            self._name,
            domain_name=self.domain_name,
            engine_version=ENGINE_VERSION,
            cluster_config=self._cluster(),
            ebs_options={
                "ebs_enabled": True,
                "volume_type": "gp3",
                "volume_size": args.plan.volume_gib,
                "iops": volume.iops,
                "throughput": volume.throughput_mibps,
            },
            vpc_options={
                "subnet_ids": list(args.network.private_subnet_ids[: args.zone_count]),
                "security_group_ids": [group.id],
            },
            encrypt_at_rest={"enabled": True, "kms_key_id": args.keys.arn(DataClass.INDEX)},
            node_to_node_encryption={"enabled": True},
            domain_endpoint_options={"enforce_https": True, "tls_security_policy": TLS_POLICY},
            advanced_security_options={
                "enabled": True,
                "anonymous_auth_enabled": False,
                "internal_user_database_enabled": False,  # no passwords: permissions follow from IAM roles
                "master_user_options": {"master_user_arn": args.admin_role_arn},
            },
            advanced_options=ADVANCED_OPTIONS,
            access_policies=self._access_policy(),
            log_publishing_options=[
                {"log_type": log_type, "cloudwatch_log_group_arn": self._groups[noun].arn, "enabled": True}
                for noun, log_type in LOG_TYPES.items()
            ],
            auto_tune_options=self._auto_tune(),
            off_peak_window_options={"enabled": True},
            software_update_options={"auto_software_update_enabled": True},
            ip_address_type="ipv4",
            tags=self._tags(),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=needed,
                protect=args.protect or None,
                custom_timeouts=pulumi.CustomTimeouts(create="2h", update="4h", delete="2h"),
            ),
        )

    def _cluster(self) -> opensearch.DomainClusterConfigArgsDict:
        args = self._args
        cluster: opensearch.DomainClusterConfigArgsDict = {
            "instance_type": args.plan.instance_type,
            "instance_count": args.plan.instance_count,
            "zone_awareness_enabled": args.zone_count > 1,
            "dedicated_master_enabled": args.has_masters,
        }
        if args.zone_count > 1:
            cluster["zone_awareness_config"] = {"availability_zone_count": args.zone_count}
        if args.has_masters:
            cluster |= {"dedicated_master_count": MASTER_COUNT, "dedicated_master_type": MASTER_TYPE}
        return cluster

    def _auto_tune(self) -> opensearch.DomainAutoTuneOptionsArgsDict:
        if self._args.plan.instance_type.startswith(BURSTABLE):
            return {"desired_state": "DISABLED"}
        return {"desired_state": "ENABLED", "use_off_peak_window": True, "rollback_on_disable": "NO_ROLLBACK"}

    def _access_policy(self) -> pulumi.Output[str]:
        """Admits roles, and leaves to their own policies which requests they may send: a role that this policy named as
        principal could send every request to every index. The domain's own security decides besides.
        """
        args = self._args
        return document(
            self._admitted("WritersAndAdmin", WRITE_ACTIONS, args.admin_role_arn, *args.writer_role_arns),
            self._admitted("Readers", READ_ACTIONS, *args.reader_role_arns),
        )

    def _admitted(self, sid: str, actions: Sequence[str], *role_arns: pulumi.Input[str]) -> Statement:
        keep = self._args.keep
        return Statement(
            sid=sid,
            principals={"AWS": (root_arn(keep.account_id, keep.region),)},
            actions=actions,
            resources=(f"{domain_arn(keep)}/*",),
            conditions={"ArnLike": {"aws:PrincipalArn": role_arns}},
        )

    def _snapshot_role(self) -> iam.Role:
        keep = self._args.keep
        role = iam.Role(
            f"{self._name}-snapshots",
            name=snapshot_role_name(keep.tenant),
            description=f"OpenSearch writes snapshots of {self.domain_name}",
            assume_role_policy=trust_policy(
                "es.amazonaws.com", conditions=from_account(keep.account_id, domain_arn(keep))
            ),
            tags=self._tags(DataClass.CONFIG),
            opts=self._child,
        )
        iam.RolePolicy(
            f"{self._name}-snapshots",
            name="write-snapshots",
            role=role.name,
            policy=document(*self._snapshot_permissions()),
            opts=self._child,
        )
        return role

    def _snapshot_permissions(self) -> list[Statement]:
        args, bucket = self._args, self._args.snapshots
        return [
            Statement(sid="FindSnapshots", actions=("s3:ListBucket",), resources=(bucket.arn,)),
            Statement(
                sid="KeepSnapshots",
                actions=("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
                resources=(pulumi.Output.concat(bucket.arn, "/*"),),
            ),
            Statement(
                sid="UseTheKey",
                actions=("kms:Decrypt", "kms:GenerateDataKey"),
                resources=(args.keys.arn(bucket.data_class),),
                conditions={"StringEquals": {"kms:ViaService": via_service("s3", args.keep.region)}},
            ),
        ]
