"""The program of a stack: builds the keep or shared platform of the spec in its configuration."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
from codekeep_contracts.images import REPOSITORIES, ControllerImage
from codekeep_contracts.settings.document import RuntimeSettings

from components.existing import Existing
from components.keep.keep_outputs import KeepOutputs
from components.keep.platform import Platform
from components.keep.platform_ref import PlatformRef
from components.keep.pooled_tenant import PooledTenant
from components.keep.spec_digest import SpecDigest
from components.keep.tenant import TenantEnvironment
from components.naming import Keep
from components.network.endpoints import INTERFACE_SERVICES
from components.release.runtime_release import RuntimeRelease, RuntimeReleaseArgs
from stacks.controller_images import LockError, controller_digests
from stacks.existing import from_environment
from stacks.reachability import is_sandbox, reach_api, require_way_in
from stacks.release_plan import release_plan
from stacks.settings import settings_document
from stacks.spec import PLATFORM_KEY, TENANT_KEY, Spec, SpecError, TenantSpec, is_pooled, parse, parse_platform
from stacks.spec.network import PlatformUse
from stacks.translation import environment_args, keep_of, platform_args, pooled_args

PLATFORM_OUTPUT = "platform"


def run() -> None:
    """Registers the resources of the stack's spec.

    Raises:
        pulumi.RunError: the configuration has no valid spec, or a cluster would come up that this machine cannot
            enter; nothing was registered. The message has every problem.
    """
    spec = spec_in(pulumi.Config("codekeep"), f"Pulumi.{pulumi.get_stack()}.yaml")
    require_way_in(spec)
    keep, existing = keep_of(spec), from_environment(os.environ)
    digests = _controller_digests(spec)
    within = pulumi.ResourceOptions(providers=[aws_provider(keep)])
    if isinstance(spec, TenantSpec):
        built = _build_keep(spec, existing, digests, within)
        settings = _settings(spec, built)
        _release(spec, built, settings, within)
        _export_keep(built, settings)
    else:
        args = replace(platform_args(spec, existing), reach_api=reach_api(spec), controller_digests=digests)
        pulumi.export(PLATFORM_OUTPUT, Platform(spec.name, args, opts=within).exports())
    SpecDigest(keep.logical("spec-digest"), keep, opts=within)
    for name, value in (("region", keep.region), ("account", keep.account_id), ("specDigest", keep.spec_digest)):
        pulumi.export(name, value)


def spec_in(config: pulumi.Config, source: str) -> Spec:
    """Parses the tenant's or platform's spec in a stack's configuration.

    Raises:
        pulumi.RunError: there is none, there are both, or it has problems.
    """
    tenant, platform = config.get_object("tenant"), config.get_object("platform")
    if (tenant is None) == (platform is None):
        got = "neither" if tenant is None else "both"
        raise pulumi.RunError(f"{source}: config must contain one of {TENANT_KEY} and {PLATFORM_KEY}, got {got}")
    try:
        return parse(tenant, source) if platform is None else parse_platform(platform, source)
    except SpecError as error:
        count = len(error.problems)
        raise pulumi.RunError(f"{count} {'problem' if count == 1 else 'problems'} in the spec:\n{error}") from error


def aws_provider(keep: Keep) -> aws.Provider:
    """The AWS provider: as the keep's deployer role, in the keep's account and region only."""
    return aws.Provider(
        keep.logical("aws"),
        region=keep.region,
        allowed_account_ids=[keep.account_id],
        assume_roles=[
            aws.ProviderAssumeRoleArgs(role_arn=keep.deployer_role_arn, session_name=keep.physical("deploy"))
        ],
    )


def platform_of(use: PlatformUse) -> PlatformRef:
    """The shared platform, from the outputs of its stack in the same organization and project."""
    stack = pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/{use.stack}")
    return PlatformRef.of(
        stack.require_output(PLATFORM_OUTPUT),
        zones=use.zones,
        services=tuple(INTERFACE_SERVICES),
        images=REPOSITORIES,
    )


def _controller_digests(spec: Spec) -> dict[ControllerImage, str]:
    """Digests of the controllers' images. A deployment to AWS needs each; a pooled keep has no controllers."""
    deploying = not (is_pooled(spec) or pulumi.runtime.is_dry_run() or is_sandbox())
    try:
        return controller_digests(project_root(), deploying=deploying)
    except LockError as error:
        raise pulumi.RunError(str(error)) from error


def project_root() -> Path:
    """The folder of Pulumi.yaml, in or above the one where the program runs."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "Pulumi.yaml").is_file()), here)


def _build_keep(
    spec: TenantSpec, existing: Existing, digests: Mapping[ControllerImage, str], within: pulumi.ResourceOptions
) -> KeepOutputs:
    if spec.platform is None:
        own = replace(environment_args(spec, existing), reach_api=reach_api(spec), controller_digests=digests)
        return TenantEnvironment(spec.name, own, opts=within).outputs
    pooled = replace(pooled_args(spec, platform_of(spec.platform), existing), reach_api=reach_api(spec))
    return PooledTenant(spec.name, pooled, opts=within).outputs


def _release(
    spec: TenantSpec, keep: KeepOutputs, settings: pulumi.Output[dict[str, Any]], within: pulumi.ResourceOptions
) -> None:
    """The runtime, once the spec names a release."""
    if (plan := release_plan(spec)) is not None:
        text = settings.apply(lambda document: json.dumps(document, sort_keys=True))
        RuntimeRelease(
            keep.keep.logical("release"),
            RuntimeReleaseArgs(outputs=keep, plan=plan, settings=text),
            opts=pulumi.ResourceOptions.merge(within, pulumi.ResourceOptions(providers=[keep.provider])),
        )


def _export_keep(keep: KeepOutputs, settings: pulumi.Output[dict[str, Any]]) -> None:
    pulumi.export("runtimeSettings", settings)
    for name, value in keep.summary().items():
        pulumi.export(name, value)
    pulumi.export("entryTargetGroupArn", keep.entry_target_group_arn)
    pulumi.export("roleArns", {workload.value: arn for workload, arn in keep.role_arns.items()})
    pulumi.export("logGroupNames", dict(keep.log_group_names))


def _settings(spec: TenantSpec, keep: KeepOutputs) -> pulumi.Output[dict[str, Any]]:
    """The runtime's settings. Validated in a deployment; a preview has placeholders for unknown values."""

    def written(deployed: Mapping[str, Any]) -> dict[str, Any]:
        document = settings_document(spec, deployed)
        if not pulumi.runtime.is_dry_run():
            RuntimeSettings.model_validate_json(json.dumps(document))
        return document

    return pulumi.Output.from_input(keep.settings()).apply(written)
