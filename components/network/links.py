"""All private links of a keep: Git hosts with token and webhook secret, package registries with token."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec

from components.identity.workload import Workload
from components.keys.key_ring import KeyRing
from components.keys.secret_slot import SecretSlot, SecretSlotArgs
from components.naming import Keep
from components.network.git_link import GitLink, GitLinkArgs
from components.network.network_ref import NetworkRef
from components.network.private_link import PrivateLinkArgs
from components.network.registry_link import RegistryLink, RegistryLinkArgs


@dataclass(frozen=True, kw_only=True)
class LinksArgs:
    """`client_group_id` is the nodes' security group; `role_arns` are the workloads' roles, by name."""

    keep: Keep
    network: NetworkRef
    keys: KeyRing
    client_group_id: pulumi.Input[str]
    role_arns: Mapping[str, pulumi.Output[str]]
    topic_arn: pulumi.Input[str]
    git_links: tuple[GitLinkSpec, ...]
    registry_links: tuple[RegistryLinkSpec, ...] = ()
    recovery_region: str | None = None

    def __post_init__(self) -> None:
        names = [*(link.name for link in self.git_links), *(link.name for link in self.registry_links)]
        if not self.git_links:
            raise ValueError("git_links must name at least one Git host; a keep without code answers nothing")
        if len(set(names)) != len(names):
            raise ValueError(f"links must have different names, got {', '.join(names)}")


class Links(pulumi.ComponentResource):
    """The links by name, and the ARNs of their secrets."""

    git: Mapping[str, GitLink]
    registries: Mapping[str, RegistryLink]
    git_token_arns: Mapping[str, pulumi.Output[str]]
    registry_token_arns: Mapping[str, pulumi.Output[str]]
    webhook_secret_arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: LinksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:links:Links", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)

        self.git = {link.name: self._git(link) for link in args.git_links}
        self.registries = {link.name: self._registry(link) for link in args.registry_links}
        hooks = {link.name: self._webhook_secret(link) for link in args.git_links}

        self.git_token_arns = {name: link.token_secret_arn for name, link in self.git.items()}
        self.registry_token_arns = {name: link.token_secret_arn for name, link in self.registries.items()}
        self.webhook_secret_arns = {name: slot.arn for name, slot in hooks.items()}
        self.register_outputs(
            {
                "gitTokenArns": dict(self.git_token_arns),
                "registryTokenArns": dict(self.registry_token_arns),
                "webhookSecretArns": dict(self.webhook_secret_arns),
            }
        )

    def _private_link(self, link: GitLinkSpec | RegistryLinkSpec) -> PrivateLinkArgs:
        args = self._args
        return PrivateLinkArgs(
            keep=args.keep,
            label=link.name,
            host=link.host,
            service_name=link.endpoint_service,
            network=args.network,
            client_security_group_ids={"nodes": args.client_group_id},
            ports=link.ports,
            alarm_topic_arns=(args.topic_arn,),
        )

    def _git(self, link: GitLinkSpec) -> GitLink:
        args = self._args
        return GitLink(
            args.keep.logical("git", link.name),
            GitLinkArgs(
                link=self._private_link(link),
                kind=link.kind,
                keys=args.keys,
                reader_arns=[args.role_arns[each.value] for each in (Workload.INGEST, Workload.REVIEWER)],
                recovery_region=args.recovery_region,
            ),
            opts=self._child,
        )

    def _registry(self, link: RegistryLinkSpec) -> RegistryLink:
        args = self._args
        return RegistryLink(
            args.keep.logical("registry", link.name),
            RegistryLinkArgs(
                link=self._private_link(link),
                kind=link.kind,
                ecosystems=link.ecosystems,
                keys=args.keys,
                reader_arns=[args.role_arns[Workload.INGEST.value]],
                recovery_region=args.recovery_region,
            ),
            opts=self._child,
        )

    def _webhook_secret(self, link: GitLinkSpec) -> SecretSlot:
        args = self._args
        return SecretSlot(
            args.keep.logical("git", link.name, "webhook"),
            SecretSlotArgs(
                keep=args.keep,
                label=f"{link.name}-webhook",
                description=f"What {link.host} signs its webhooks with",
                keys=args.keys,
                reader_arns=[args.role_arns[Workload.WEBHOOK.value]],
                vpc_endpoint_ids=(args.network.interface_endpoint_ids["secretsmanager"],),
                recovery_region=args.recovery_region,
            ),
            opts=self._child,
        )
