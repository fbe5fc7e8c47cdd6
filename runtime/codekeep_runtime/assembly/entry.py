"""The certificate that a keep's gateway shows."""

import os
from pathlib import Path

from codekeep_contracts.faults import SettingsFault

from codekeep_runtime.gateway.server import Certificate
from codekeep_runtime.keep.aws import client
from codekeep_runtime.keep.secrets import Secrets
from codekeep_runtime.place import Place

_KEY = "PRIVATE KEY-----"


def certificate_of(place: Place) -> Certificate:
    """From its secret (chain and key, PEM) to files that only this process's user reads; they go with the pod.

    Raises:
        SettingsFault: there are no settings, or the secret holds no chain and key.
    """
    if place.settings is None:
        raise SettingsFault("entry.certificate_secret_arn is in the settings: give --settings")
    secret = Secrets(client(place.settings, "secretsmanager")).text(place.settings.entry.certificate_secret_arn)
    chain, key = _parts(secret)
    folder = place.folder("tls")
    return Certificate(_written(folder / "chain.pem", chain), _written(folder / "key.pem", key))


def _parts(pem: str) -> tuple[str, str]:
    blocks = [f"-----BEGIN {block}".rstrip() + "\n" for block in pem.split("-----BEGIN ")[1:]]
    chain = "".join(block for block in blocks if _KEY not in block)
    keys = [block for block in blocks if _KEY in block]
    if not chain or len(keys) != 1:
        raise SettingsFault("the secret of entry.certificate_secret_arn must hold a chain and one private key, as PEM")
    return chain, keys[0]


def _written(path: Path, text: str) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return path
