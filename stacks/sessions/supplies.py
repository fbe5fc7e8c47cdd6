"""Asks the account, before pods start, whether it has the release's images and models."""

from typing import Any

from codekeep_contracts.faults import Fault, UsageFault
from codekeep_contracts.images import ControllerImage

from awsread.errors import or_none
from stacks.controller_images import LockError, controller_digests
from stacks.engines.engine import Engine
from stacks.project import Project
from stacks.sessions.account import account_of
from stacks.sessions.models import NO_FILES, list_of
from stacks.sessions.preconditions import own_platform, require_valid_spec
from stacks.spec import Spec, TenantSpec, is_pooled
from stacks.supplies import Image, Supplies, models_of, supplies_of

ACTIONS = "ecr:DescribeImages, s3:GetObject and s3:ListBucket"
MANIFEST = '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}'


def missing_supplies(project: Project, engine: Engine, spec: Spec) -> Supplies:
    """Images and models that the stack's pods need and the account does not have.

    Raises:
        UsageFault: the lock of the controllers' images is malformed, or lacks one that AWS needs.
        Fault: the account did not answer.
    """
    wanted = supplies_of(spec, _registry(project, spec), _controllers(project, engine, spec))
    if not wanted:
        return wanted
    with account_of(engine, spec, "did not say which images and models it has", ACTIONS) as account:
        return Supplies(
            controllers=tuple(each for each in wanted.controllers if not _has_image(account.client("ecr", None), each)),
            images=tuple(each for each in wanted.images if not _has_image(account.client("ecr", None), each)),
            models=tuple(each for each in wanted.models if list_of(account.client("s3", None), each) is None),
        )


def require_supplies(missing: Supplies, stack: str) -> None:
    """Raises:
    Fault: something is missing; the message says how to bring it in.
    """
    if missing:
        raise Fault(
            "\n".join(
                [
                    f"the registry and the bucket of models of {stack} are up; before its pods can start, they lack",
                    *(f"  {line}" for line in missing.lines()),
                    *_remedies(missing, stack),
                    f"then run `codekeep up {stack}` again: it goes on from here",
                ]
            )
        )


def record_supplies(engine: Engine, spec: Spec, missing: Supplies) -> None:
    """Puts names without content into a stand-in's registry and bucket, which nothing pulls from.

    Raises:
        Fault: the stand-in refused.
    """
    with account_of(engine, spec, "did not take images and models", "ecr:PutImage and s3:PutObject") as account:
        for image in (*missing.controllers, *missing.images):
            account.client("ecr", None).put_image(
                repositoryName=image.repository,
                imageManifest=MANIFEST.replace("[]", f'[{{"digest": "{image.digest}"}}]'),
                imageDigest=image.digest,
                imageTag=f"{image.name}-{image.digest[7:19]}",
            )
        for model in missing.models:
            account.client("s3", None).put_object(**model.list_object, Body=NO_FILES)


def forget_supplies(project: Project, stack: str, engine: Engine) -> None:
    """Takes what `record_supplies` put into the bucket out again, since a bucket with objects is not deleted.

    Raises:
        Fault: the stand-in refused.
    """
    try:
        spec = require_valid_spec(project, stack)
    except UsageFault:
        return  # what was made by an earlier spec can still be removed
    if not isinstance(spec, TenantSpec):
        return
    with account_of(engine, spec, "did not give its models back", "s3:DeleteObjectVersion") as account:
        s3 = account.client("s3", None)
        for model in models_of(spec):
            if list_of(s3, model) == NO_FILES:
                for each in s3.list_object_versions(Bucket=model.bucket, Prefix=model.list_key)["Versions"]:
                    s3.delete_object(**model.list_object, VersionId=each["VersionId"])


def _registry(project: Project, spec: Spec) -> str | None:
    """The keep or platform that has the registry."""
    if not is_pooled(spec):
        return spec.name
    platform = own_platform(spec)
    found = require_valid_spec(project, platform) if platform is not None else None
    return None if found is None else found.name


def _controllers(project: Project, engine: Engine, spec: Spec) -> dict[ControllerImage, str]:
    """Digests of the images of the stack's own cluster, as its program takes them."""
    if is_pooled(spec):
        return {}
    try:
        return controller_digests(project.root, deploying=engine.endpoint() is None)
    except LockError as error:
        raise UsageFault(str(error)) from error


def _has_image(ecr: Any, image: Image) -> bool:
    wanted = [{"imageDigest": image.digest}]
    return or_none(ecr.describe_images, repositoryName=image.repository, imageIds=wanted) is not None


def _remedies(missing: Supplies, stack: str) -> list[str]:
    controllers = [f"`codekeep images mirror {stack} --copy`"] if missing.controllers else []
    images = ["push each image by that digest (docs/images/README.md)"] if missing.images else []
    return controllers + images + [f"`codekeep models push {stack} {model.role} FOLDER`" for model in missing.models]
