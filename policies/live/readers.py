"""The one table of readers: which call reads which type."""

from collections.abc import Mapping
from typing import Final

from policies.live.reader import Reader
from policies.live.types import buckets, clusters, identities, messages, names, networks, services

READERS: Final[Mapping[str, Reader]] = {
    **buckets.READERS,
    **identities.READERS,
    **networks.READERS,
    **messages.READERS,
    **services.READERS,
    **clusters.READERS,
    **names.READERS,
}
