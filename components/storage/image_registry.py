"""The registry of a keep's images: immutable tags, scans, the keep's key, and no access for other accounts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.images import REPOSITORIES
from pulumi_aws import ecr

from components.iam_policy import Conditions, Statement, deny, document
from components.naming import DataClass, Keep
from components.network.endpoints import PULL_ACTIONS

KEPT_IMAGES = 30  # per repository: enough to roll back over many releases
UNTAGGED_DAYS = 7
PUSH_ACTIONS = (
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
    "ecr:BatchDeleteImage",
)

LIFECYCLE = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "description": "layers nobody can name any more",
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": UNTAGGED_DAYS,
                },
                "action": {"type": "expire"},
            },
            {
                "rulePriority": 2,
                "description": "releases long gone",
                "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT_IMAGES},
                "action": {"type": "expire"},
            },
        ]
    }
)


@dataclass(frozen=True, kw_only=True)
class ImageRegistryArgs:
    """`replica_key_arn` and `recovery_region` go together; they need an account with no other keep."""

    keep: Keep
    key_arn: pulumi.Input[str]  # the key of class MODEL: images contain engines
    images: Sequence[str] = REPOSITORIES
    recovery_region: str | None = None
    replica_key_arn: pulumi.Input[str] | None = None
    protect: bool = False  # a repository with images is not deleted

    def __post_init__(self) -> None:
        if not self.images or len(set(self.images)) != len(self.images):
            raise ValueError(f"images must be different names, at least one, got {', '.join(self.images) or 'none'}")
        if (self.recovery_region is None) != (self.replica_key_arn is None):
            raise ValueError("recovery_region and replica_key_arn must be given together")


class ImageRegistry(pulumi.ComponentResource):
    """One repository per image, and its replica in the recovery region."""

    urls: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: ImageRegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:image_registry:ImageRegistry", name, None, opts)
        self._name, self._args = name, args

        repositories = {image: self._repository(image, args.key_arn, region=None) for image in args.images}
        if args.recovery_region is not None and args.replica_key_arn is not None:
            self._replicate(args.recovery_region, args.replica_key_arn)

        self.urls = {image: repository.repository_url for image, repository in repositories.items()}
        self.register_outputs({"urls": dict(self.urls)})

    def _repository(self, image: str, key_arn: pulumi.Input[str], *, region: str | None) -> ecr.Repository:
        args, keep = self._args, self._args.keep
        label = f"{self._name}-{image}" if region is None else f"{self._name}-{image}-replica"
        child = pulumi.ResourceOptions(parent=self)
        repository = ecr.Repository(
            label,
            name=f"{keep.physical()}/{image}",
            region=region,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": key_arn}],
            force_delete=not args.protect,
            tags=keep.tags(DataClass.MODEL, region=region),
            opts=child,
        )
        ecr.LifecyclePolicy(label, repository=repository.name, policy=LIFECYCLE, region=region, opts=child)
        ecr.RepositoryPolicy(
            label, repository=repository.name, policy=document(_no_foreign_accounts(keep)), region=region, opts=child
        )
        return repository

    def _replicate(self, region: str, key_arn: pulumi.Input[str]) -> None:
        """Replicas are created first: replication would create them without our key and with mutable tags."""
        replicas = [self._repository(image, key_arn, region=region) for image in self._args.images]
        keep = self._args.keep
        ecr.ReplicationConfiguration(
            self._name,
            replication_configuration={
                "rules": [
                    {
                        "destinations": [{"region": region, "registry_id": keep.account_id}],
                        "repository_filters": [{"filter": f"{keep.physical()}/", "filter_type": "PREFIX_MATCH"}],
                    }
                ]
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=replicas),
        )


def _no_foreign_accounts(keep: Keep) -> Statement:
    """Denies foreign accounts. The statement has no resource: a repository's policy applies to the repository
    itself.
    """
    deployers_account = keep.deployer_role_arn.split(":")[4]
    foreign: Conditions = {
        "StringNotEquals": {"aws:PrincipalAccount": sorted({keep.account_id, deployers_account})},
        "Bool": {"aws:PrincipalIsAWSService": "false"},
    }
    return deny("DenyForeignAccounts", (*PULL_ACTIONS, *PUSH_ACTIONS), (), foreign)
