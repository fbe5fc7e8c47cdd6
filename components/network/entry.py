"""The only entry into a keep: an endpoint service for named principals, whose connections are accepted by hand."""

import re
from dataclasses import dataclass
from hashlib import sha256

import pulumi
from codekeep_contracts import physical_names
from codekeep_contracts.physical_names import LOAD_BALANCER_NAME_MAX
from codekeep_contracts.pods import GATEWAY_PORT, HEALTH_PATH
from pulumi_aws import ec2, lb

from components.bucket_ref import BucketRef
from components.naming import DataClass, Keep
from components.network.endpoints import HTTPS
from components.network.network_ref import NetworkRef
from components.network.security_group_rules import allow_between_groups

PRINCIPAL_PATTERN = re.compile(r"^arn:aws[a-z-]*:iam::\d{12}:(root|(role|user)/[A-Za-z0-9+=,.@_/-]{1,512})$")
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
DRAIN_SECONDS = 120  # a streamed answer may take that long
CONNECTION_EVENTS = ("Accept", "Connect", "Delete", "Reject")


@dataclass(frozen=True, kw_only=True)
class EntryArgs:
    """`target_port` is the gateway's, which terminates TLS itself.

    Without a certificate the load balancer passes the gateway's TLS through. With one it terminates TLS and opens a new
    TLS connection to the gateway; only then can it write access logs.
    """

    keep: Keep
    network: NetworkRef
    principal_arns: tuple[str, ...]
    notification_topic_arn: pulumi.Input[str]
    access_logs: BucketRef
    target_security_group_id: pulumi.Input[str]  # the gateway's nodes or pods
    target_port: int = GATEWAY_PORT
    health_path: str = HEALTH_PATH
    certificate_arn: pulumi.Input[str] | None = None
    protect: bool = False  # AWS refuses to delete the load balancer

    def __post_init__(self) -> None:
        if not self.principal_arns:
            raise ValueError("principal_arns must name who may connect; without one nobody could use the keep")
        if wrong := [principal for principal in self.principal_arns if not PRINCIPAL_PATTERN.match(principal)]:
            raise ValueError(
                f"principal_arns must be accounts, roles or users in full (arn:aws:iam::<account>:root), without "
                f"wildcards, got {', '.join(wrong)}"
            )
        if len(set(self.principal_arns)) != len(self.principal_arns):
            raise ValueError(f"principal_arns must differ, got {', '.join(self.principal_arns)}")
        if not 1 <= self.target_port <= 65_535:
            raise ValueError(f"target_port must be 1-65535, got {self.target_port}")
        if not self.health_path.startswith("/"):
            raise ValueError(f"health_path must start with /, got {self.health_path!r}")
        if len(load_balancer_name(self.keep)) > LOAD_BALANCER_NAME_MAX:
            raise ValueError(f"load balancer name {load_balancer_name(self.keep)!r} exceeds {LOAD_BALANCER_NAME_MAX}")


def load_balancer_name(keep: Keep) -> str:
    """Shorter than the usual physical name: AWS allows 32 characters."""
    return physical_names.load_balancer_name(keep.tenant)


class Entry(pulumi.ComponentResource):
    """Internal load balancer, and the endpoint service in front of it."""

    service_name: pulumi.Output[str]  # what the customer's endpoint connects to
    service_id: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]  # the cluster registers the gateway's pods here
    load_balancer_arn: pulumi.Output[str]
    load_balancer_arn_suffix: pulumi.Output[str]  # metric dimension
    target_group_arn_suffix: pulumi.Output[str]  # metric dimension
    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: EntryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:entry:Entry", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)

        group = self._security_group()
        balancer = self._load_balancer(group)
        targets = self._targets()
        self._listen(balancer, targets)
        service = self._service(balancer)
        self._admit_principals(service)
        self._notify(service)

        self.service_name = service.service_name
        self.service_id = service.id
        self.target_group_arn = targets.arn
        self.load_balancer_arn = balancer.arn
        self.load_balancer_arn_suffix = balancer.arn_suffix
        self.target_group_arn_suffix = targets.arn_suffix
        self.security_group_id = group.id
        self.register_outputs(
            {
                "serviceName": self.service_name,
                "targetGroupArn": self.target_group_arn,
                "loadBalancerArn": self.load_balancer_arn,
                "securityGroupId": self.security_group_id,
            }
        )

    def _tags(self) -> dict[str, str]:
        return self._args.keep.tags(DataClass.CONFIG, name=self._name)

    def _security_group(self) -> ec2.SecurityGroup:
        """No ingress rule: only the endpoint service, which checks principals, gets in."""
        args = self._args
        group = ec2.SecurityGroup(
            self._name,
            description="Entry: by the endpoint service only, to the gateway only",
            vpc_id=args.network.vpc_id,
            tags=self._tags(),
            opts=self._child,
        )
        allow_between_groups(
            self._name,
            source_id=group.id,
            target_id=args.target_security_group_id,
            port=args.target_port,
            description="Entry to the gateway",
            tags=self._tags(),
            opts=self._child,
        )
        return group

    def _load_balancer(self, group: ec2.SecurityGroup) -> lb.LoadBalancer:
        args = self._args
        return lb.LoadBalancer(
            self._name,
            name=load_balancer_name(args.keep),
            load_balancer_type="network",
            internal=True,
            ip_address_type="ipv4",
            subnets=list(args.network.endpoint_subnet_ids),
            security_groups=[group.id],
            enforce_security_group_inbound_rules_on_private_link_traffic="off",
            enable_cross_zone_load_balancing=True,
            enable_deletion_protection=args.protect,
            # Empty as long as the listener is TCP: AWS writes them for TLS listeners only. Scanners ask for them.
            access_logs={"bucket": args.access_logs.name, "prefix": "lb/entry", "enabled": True},
            tags=self._tags(),
            # AWS checks whether it may write the logs there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.access_logs.policy]),
        )

    def _targets(self) -> lb.TargetGroup:
        args = self._args
        return lb.TargetGroup(
            self._name,
            name=load_balancer_name(args.keep),
            vpc_id=args.network.vpc_id,
            target_type="ip",
            port=args.target_port,
            protocol="TCP" if args.certificate_arn is None else "TLS",
            preserve_client_ip="false",  # behind PrivateLink the client's address has no meaning
            deregistration_delay=DRAIN_SECONDS,
            connection_termination=False,
            health_check={
                "enabled": True,
                "protocol": "HTTPS",
                "port": "traffic-port",
                "path": args.health_path,
                "matcher": "200",
                "interval": 10,
                "timeout": 6,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
            },
            tags=self._tags(),
            opts=self._child,
        )

    def _listen(self, balancer: lb.LoadBalancer, targets: lb.TargetGroup) -> None:
        args = self._args
        ends_tls = args.certificate_arn is not None
        lb.Listener(
            self._name,
            load_balancer_arn=balancer.arn,
            port=HTTPS,
            protocol="TLS" if ends_tls else "TCP",
            certificate_arn=args.certificate_arn,
            ssl_policy=TLS_POLICY if ends_tls else None,
            alpn_policy="HTTP2Preferred" if ends_tls else None,
            default_actions=[{"type": "forward", "target_group_arn": targets.arn}],
            tags=self._tags(),
            opts=self._child,
        )

    def _service(self, balancer: lb.LoadBalancer) -> ec2.VpcEndpointService:
        return ec2.VpcEndpointService(
            self._name,
            acceptance_required=True,
            network_load_balancer_arns=[balancer.arn],
            supported_ip_address_types=["ipv4"],
            tags=self._tags(),
            opts=self._child,
        )

    def _admit_principals(self, service: ec2.VpcEndpointService) -> None:
        """Named after the principal, not its position in the list: removing one must not change the others."""
        for principal in self._args.principal_arns:
            ec2.VpcEndpointServiceAllowedPrinciple(
                f"{self._name}-{_short(principal)}",
                vpc_endpoint_service_id=service.id,
                principal_arn=principal,
                opts=self._child,
            )

    def _notify(self, service: ec2.VpcEndpointService) -> None:
        ec2.VpcEndpointConnectionNotification(
            self._name,
            vpc_endpoint_service_id=service.id,
            connection_notification_arn=self._args.notification_topic_arn,
            connection_events=list(CONNECTION_EVENTS),
            opts=self._child,
        )


def _short(principal: str) -> str:
    """Account and a digest: readable, and different for two roles of one account."""
    return f"{principal.split(':')[4]}-{sha256(principal.encode()).hexdigest()[:8]}"
