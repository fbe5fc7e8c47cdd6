"""Verification of the record, wherever it lies."""

from pathlib import Path
from tempfile import TemporaryDirectory

from codekeep_contracts.faults import UsageFault

from codekeep_runtime.assembly.record import signer_of, vault_of
from codekeep_runtime.audit import Report, verify
from codekeep_runtime.audit.signer import EcdsaKey, Verifier
from codekeep_runtime.place import Place


def verified(place: Place, copy: Path | None, public_key: Path | None) -> Report:
    """
    Args:
        copy: of a keep's vault; None fetches one, or on a laptop reads the data folder.
        public_key: None asks KMS, or on a laptop reads the key file.

    Raises:
        UsageFault: a copy or a key is given, and no keep's settings that it belongs to.
        SettingsFault: the key is none that seals.
    """
    if place.embedded and copy is None and public_key is None:
        return verify(place.folder("audit"), place.folder("audit-heads"), signer_of(place))
    if place.keep is None:
        raise UsageFault("--copy and --public-key are of a keep: give its --settings, without --embedded")
    verifier: Verifier = (
        EcdsaKey(place.keep.audit.signing_key_arn, public_key.read_bytes()) if public_key else signer_of(place)
    )
    if copy is not None:
        return verify(copy, None, verifier)
    with TemporaryDirectory(prefix="codekeep-audit-") as folder:
        vault_of(place).copy(Path(folder))
        return verify(Path(folder), None, verifier)
