"""boto3 that hears nothing of the machine's own AWS settings. A module of its own: a preview never loads it."""

import os
from typing import Any

import boto3
from botocore.config import Config
from botocore.session import Session

CONFIG = Config(
    proxies={},  # an empty map, so that no proxy of the environment is asked
    max_pool_connections=64,
    retries={"max_attempts": 1, "mode": "standard"},
    connect_timeout=5,
    read_timeout=120,
    s3={"addressing_style": "path"},
    user_agent_extra="codekeep-sandbox",
)


def session() -> boto3.Session:
    """One for all clients of a provider; it loads each service's model once."""
    return boto3.Session(botocore_session=_deaf_session())


def known_regions(partition: str) -> frozenset[str]:
    """Regions of a partition, from botocore's own list: no call is made."""
    return frozenset(_deaf_session().get_available_regions("ec2", partition_name=partition))


def _deaf_session() -> Session:
    """A botocore session that hears neither the environment's AWS variables nor files in the home folder."""
    deaf: dict[str, tuple[Any, Any, Any, Any]] = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
        "ca_bundle": (None, None, None, None),
    }
    return Session(session_vars=deaf)
