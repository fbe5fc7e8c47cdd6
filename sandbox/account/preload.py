"""Adds AWS's public SSM parameters of machine images, which moto lacks."""

import hashlib
from functools import cache
from typing import Any

from moto.core.utils import utcnow
from moto.ssm import models

PREFIXES = ("/aws/service/eks/optimized-ami/", "/aws/service/bottlerocket/")


def public_parameter(name: str, region: str) -> str | None:
    """Made-up value of a public image parameter, constant for a name and region."""
    if not name.startswith(PREFIXES):
        return None
    if name.endswith("/release_version"):
        return "1.34.2-20251120"
    if name.endswith("/image_version"):
        return "1.50.0"
    if name.endswith(("/image_id", "/image_name")):
        return f"ami-{hashlib.sha256(f'{region}{name}'.encode()).hexdigest()[:17]}"
    return None


@cache
def install() -> None:
    """Patches moto's parameter store, once, so that every account and region has the public parameters."""
    original = models.ParameterDict._check_loading_status

    def with_public_images(parameters: Any, key: str) -> None:
        original(parameters, key)
        value = public_parameter(str(key or ""), parameters.region_name)
        if value is not None and not dict.__contains__(parameters, key):
            dict.__setitem__(parameters, key, [_parameter(parameters, key, value)])

    models.ParameterDict._check_loading_status = with_public_images


def _parameter(parameters: Any, name: str, value: str) -> Any:
    return models.Parameter(
        account_id=parameters.account_id,
        name=name,
        value=value,
        parameter_type="String",
        description=None,
        allowed_pattern=None,
        keyid=None,
        last_modified_date=utcnow(),
        version=1,
        data_type="text",
    )
