"""The spec that a keep was built from: one parameter in the account, so that an edit changes one resource."""

import pulumi
from pulumi_aws import ssm

from components.naming import DataClass, Keep


class SpecDigest(pulumi.ComponentResource):
    """An SSM parameter with the digest of the spec that was applied last, with which drift runs compare the spec."""

    parameter_name: pulumi.Output[str]

    def __init__(self, name: str, keep: Keep, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:spec_digest:SpecDigest", name, None, opts)

        parameter = ssm.Parameter(
            name,
            name=f"/codekeep/{keep.tenant}/spec-digest",
            type="String",  # no secret: twelve digits of a hash
            value=keep.spec_digest,
            description="Digest of the spec that was applied last",
            tags=keep.tags(DataClass.CONFIG),
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.parameter_name = parameter.name
        self.register_outputs({"parameterName": self.parameter_name})
