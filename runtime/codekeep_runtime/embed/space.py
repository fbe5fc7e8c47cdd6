"""The embedding space: vectors of one space compare, those of two do not."""

import hashlib

from codekeep_contracts.settings.models import ServedModel


def embedding_space_version(model: ServedModel) -> str:
    """Version that names the index and keys the caches: it changes with everything that changes a document's vector."""
    version = f"{model.name.rpartition('/')[2].lower()}-{model.revision[:12]}"
    if model.prefixes is None or not model.prefixes.document:
        return version
    return f"{version}-{hashlib.sha256(model.prefixes.document.encode()).hexdigest()[:6]}"
