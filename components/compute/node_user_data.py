"""User data of nodes, which runs at their first boot: kubelet's settings and, if there is NVMe, the encrypted cache.

EKS adds the cluster's address when it merges this with its own part, so nothing here is specific to a keep or secret.
"""

import base64
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from components.compute.pool import Pool

CACHE_NAME = "codekeep-cache"
CACHE_MOUNT = "/mnt/codekeep-cache"
# Images and the pods' scratch space. All of kubelet's directory, since kubelet measures free space on its file system.
CACHED_DIRECTORIES = ("/var/lib/containerd", "/var/lib/kubelet")

BOUNDARY = "==codekeep=="
PIDS_PER_POD = 4096
PARALLEL_PULLS = 5
SHUTDOWN_SECONDS = {True: 180, False: 60}  # on a GPU node, running answers finish
USER_DATA_BYTES_MAX = 16_384  # EC2's limit, before base64


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("components.compute"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        comment_start_string="{##",  # the default one occurs in the shell's ${#array[@]}
        comment_end_string="##}",
        autoescape=False,  # noqa: S701 - shell and YAML, from our own constants
    )


def user_data(pool: Pool) -> str:
    """The MIME document, the only form that managed node groups accept.

    Raises:
        ValueError: it is longer than EC2 allows.
    """
    text = (
        _templates()
        .get_template("user_data.mime.j2")
        .render(
            boundary=BOUNDARY,
            nvme=pool.nvme,
            gpu=pool.is_gpu,
            name=CACHE_NAME,
            mount=CACHE_MOUNT,
            directories=CACHED_DIRECTORIES,
            pids_per_pod=PIDS_PER_POD,
            parallel_pulls=PARALLEL_PULLS,
            shutdown_seconds=SHUTDOWN_SECONDS[pool.is_gpu],
        )
    )
    if len(text.encode()) > USER_DATA_BYTES_MAX:
        raise ValueError(
            f"user data of pool {pool.name} is longer than {USER_DATA_BYTES_MAX} bytes; shorten a template"
        )
    return text


def encoded_user_data(pool: Pool) -> str:
    """The document in base64, for a launch template."""
    return base64.b64encode(user_data(pool).encode()).decode()
