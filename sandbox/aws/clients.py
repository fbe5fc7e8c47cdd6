"""boto3 sessions that ignore the machine's own AWS settings. A separate module, because previews never load boto3."""

import os
from typing import Any

import boto3
from botocore.config import Config
from botocore.session import Session

CONFIG = Config(
    proxies={},  # an empty map: no proxy of the environment is used
    max_pool_connections=64,
    retries={"max_attempts": 1, "mode": "standard"},
    connect_timeout=5,
    read_timeout=120,
    s3={"addressing_style": "path"},
    user_agent_extra="codekeep-sandbox",
)


def session() -> boto3.Session:
    """The boto3 session of all clients of a provider; it loads each service's model once."""
    return boto3.Session(botocore_session=_isolated_session())


def known_regions(partition: str) -> frozenset[str]:
    """Regions of a partition, from botocore's own list: no call is made."""
    return frozenset(_isolated_session().get_available_regions("ec2", partition_name=partition))


def _isolated_session() -> Session:
    """A botocore session that ignores the environment's AWS variables and the files in the home folder."""
    isolated: dict[str, tuple[Any, Any, Any, Any]] = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
        "ca_bundle": (None, None, None, None),
    }
    return Session(session_vars=isolated)
