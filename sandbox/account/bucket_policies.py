"""Takes bucket policies away from moto, which judges objects by them without reading conditions.

`Deny` unless TLS, unless through the keep's endpoint or unless by the keep's key would deny every object to everyone.
"""

from typing import Any


def leave_to_others() -> None:
    """Makes moto's S3 allow every object: the guard has judged the call, of a caller without credentials too."""
    from moto.iam.access_control import PermissionResult  # noqa: PLC0415 - loads IAM
    from moto.s3.models import FakeBucket  # noqa: PLC0415 - loads S3

    def permitted(self: Any, action: str, resource: str) -> Any:
        return PermissionResult.PERMITTED

    FakeBucket.get_permission = permitted
