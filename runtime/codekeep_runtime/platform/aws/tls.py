"""The certificate that a keep's gateway serves."""

from pathlib import Path

from codekeep_contracts.faults import SettingsFault

from codekeep_runtime.core.files import write_private
from codekeep_runtime.gateway.server import Certificate

_KEY = "PRIVATE KEY-----"


def certificate_files(pem: str, folder: Path) -> Certificate:
    """Writes chain and key, in any order in `pem`, to files that only this process's user may read.

    Raises:
        SettingsFault: not a chain and exactly one private key.
    """
    blocks = [f"-----BEGIN {block}".rstrip() + "\n" for block in pem.split("-----BEGIN ")[1:]]
    chain = "".join(block for block in blocks if _KEY not in block)
    keys = [block for block in blocks if _KEY in block]
    if not chain or len(keys) != 1:
        raise SettingsFault("entry.certificate_secret_arn: the secret must contain a chain and one private key, as PEM")
    return Certificate(
        write_private(folder / "chain.pem", chain.encode()), write_private(folder / "key.pem", keys[0].encode())
    )
