"""The audit log and the prompts of a data folder, and the functions that services record through."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.settings.document import RuntimeSettings

from codekeep_runtime.audit import AuditLog
from codekeep_runtime.audit.shipping import Shipping
from codekeep_runtime.audit.signer import FileSigner, KmsSigner, Signer
from codekeep_runtime.audit.vault import Vault
from codekeep_runtime.place import Place
from codekeep_runtime.prompts.bucket import PromptBucket
from codekeep_runtime.prompts.store import PromptStore
from codekeep_runtime.prompts.wrapping import FileWrapping

AUDIT, PROMPTS = "audit", "prompts"  # buckets, as components/bucket_ref.py calls them


def signer_of(place: Place) -> Signer:
    """Of a keep: its key of KMS. Else a key file, made with the first record; who may read it may sign, so it lies
    apart from what it signs.
    """
    if place.keep is None:
        return FileSigner(place.folder("keys") / "audit.pem")
    from codekeep_runtime.keep.aws import client

    return KmsSigner(client(place.keep, "kms"), place.keep.audit.signing_key_arn)


@contextmanager
def open_audit(place: Place, role: str) -> Iterator[AuditLog]:
    """In a keep, what is recorded is shipped to the vault each minute and at the end.

    Args:
        role: of this process; processes of one role write chains of their own beside each other.
    """
    folder, is_kept_here = place.folder("audit"), place.keep is None
    name = role if is_kept_here else f"{role}-{socket.gethostname()}"  # chains of all pods lie in one vault
    with AuditLog(folder, place.folder("audit-heads"), signer_of(place), name=name) as log:
        if is_kept_here:
            yield log
            return
        with Shipping(log, folder, vault_of(place)):
            yield log


def vault_of(place: Place) -> Vault:
    """
    Raises:
        SettingsFault: there are no settings, or they name no bucket for audit records.
    """
    from codekeep_runtime.keep.aws import client

    if place.settings is None or AUDIT not in place.settings.buckets:
        raise SettingsFault(f"buckets.{AUDIT} is not in the settings; a keep's records go there")
    return Vault(place.settings.buckets[AUDIT], client(place.settings, "s3"))


def prompts_of(place: Place) -> PromptStore | PromptBucket | None:
    """None where the settings do not opt in; on a laptop there is nobody who could.

    Raises:
        SettingsFault: prompts are to be stored, and there is no bucket for them.
    """
    settings = place.settings
    if settings is None or not settings.prompt_storage.enabled:
        return None
    store = _trial_prompts(place, settings) if place.embedded else prompt_bucket(settings)
    return store if store.is_on else None


def prompt_bucket(settings: RuntimeSettings) -> PromptBucket:
    """
    Raises:
        SettingsFault: the settings have no such bucket.
    """
    from codekeep_runtime.keep.aws import client

    if PROMPTS not in settings.buckets:
        raise SettingsFault(f"prompts.enabled needs buckets.{PROMPTS}, and the settings have none")
    return PromptBucket(settings.buckets[PROMPTS], settings.prompt_storage, client(settings, "s3"))


def rememberer(store: PromptStore | PromptBucket) -> Callable[[str, str], None]:
    return lambda reader_id, text: store.keep(reader_id, text, datetime.now(UTC))


def _trial_prompts(place: Place, settings: RuntimeSettings) -> PromptStore:
    """What is past its day goes with each start."""
    store = PromptStore(
        place.folder("prompts"), settings.prompt_storage, FileWrapping(place.folder("keys") / "prompts.key")
    )
    store.expire(datetime.now(UTC))
    return store
