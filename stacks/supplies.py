"""What a keep needs in the account before its pods start: images by digest, and models by revision."""

from collections.abc import Mapping
from dataclasses import dataclass

from codekeep_contracts.images import ControllerImage, ImageName
from codekeep_contracts.model_files import LIST, model_key
from codekeep_contracts.physical_names import bucket_name, objects_prefix, physical_name
from codekeep_contracts.roles import BucketRole, ModelRole
from codekeep_contracts.search_administration import SEARCH_ROLES_IMAGE

from stacks.spec import Spec, TenantSpec
from stacks.spec.release import repository_of


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image in the keep's registry. `name` is the spec's, with the variant."""

    name: str
    repository: str
    digest: str

    def __str__(self) -> str:
        return f"image {self.repository}@{self.digest}"


@dataclass(frozen=True, kw_only=True)
class ModelFiles:
    """A model's files in the keep's bucket."""

    role: ModelRole
    name: str
    revision: str
    bucket: str
    prefix: str

    @property
    def list_key(self) -> str:
        """The object that is written last."""
        return self.key(LIST)

    @property
    def list_object(self) -> dict[str, str]:
        """The same, in S3's arguments."""
        return {"Bucket": self.bucket, "Key": self.list_key}

    def key(self, name: str) -> str:
        """The object of a file."""
        return model_key(self.revision, name, self.prefix)

    def __str__(self) -> str:
        return f"model {self.name} at {self.revision[:12]} in {self.bucket}"


@dataclass(frozen=True, kw_only=True)
class Supplies:
    """The images and models of one spec."""

    controllers: tuple[Image, ...] = ()
    images: tuple[Image, ...] = ()
    models: tuple[ModelFiles, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.controllers or self.images or self.models)

    def lines(self) -> list[str]:
        """Each image and model, in words."""
        return [str(each) for each in (*self.controllers, *self.images, *self.models)]


def supplies_of(spec: Spec, registry: str | None, controllers: Mapping[ControllerImage, str]) -> Supplies:
    """What the pods of a spec's stack need.

    Args:
        registry: name of the keep or platform whose registry the images are in; None where it is not known, as that
            of another project's platform.
        controllers: digests of the images of the stack's own cluster; none for a keep on a platform.
    """
    models = models_of(spec) if isinstance(spec, TenantSpec) and spec.release is not None else ()
    if registry is None:
        return Supplies(models=models)
    folder = physical_name(registry)
    return Supplies(
        controllers=tuple(
            Image(name=name, repository=f"{folder}/{name}", digest=digest) for name, digest in controllers.items()
        ),
        images=tuple(
            Image(name=name, repository=f"{folder}/{repository_of(name)}", digest=digest)
            for name, digest in _images(spec).items()
        ),
        models=models,
    )


def _images(spec: Spec) -> Mapping[ImageName, str]:
    """Digests of our own images. A platform has one, with which its keeps' roles in the search domain are made."""
    if not isinstance(spec, TenantSpec):
        return {SEARCH_ROLES_IMAGE: spec.search_roles_image}
    return spec.release.images if spec.release is not None else {}


def models_of(spec: TenantSpec) -> tuple[ModelFiles, ...]:
    """The models of a keep, each in the bucket that `up` makes for them."""
    bucket = bucket_name(spec.name, BucketRole.MODELS, account_id=spec.account.id, region=spec.regions.primary)
    return tuple(
        ModelFiles(
            role=model.role,
            name=model.name,
            revision=model.revision,
            bucket=bucket,
            prefix=objects_prefix(spec.name),
        )
        for model in spec.models
    )
