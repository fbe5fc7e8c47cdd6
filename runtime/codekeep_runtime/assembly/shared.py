"""What lets readers in and keeps repositories out: in files on a laptop, in the index where pods share it."""

from codekeep_runtime.access.accounts import ServiceAccounts
from codekeep_runtime.access.documents import Documents
from codekeep_runtime.access.permissions import PermissionStore
from codekeep_runtime.place import Place
from codekeep_runtime.purge import Tombstones

ACCESS, TOMBSTONES, PURGES = "access", "tombstones", "purges"
RETRIES = 1  # an index that does not answer has to deny within the time a revocation has


def documents_of(place: Place, folder: str) -> Documents:
    """Of one purpose. In a keep, only the indexer's pods may change them."""
    if place.keep is None:
        from codekeep_runtime.access.files import FolderDocuments

        return FolderDocuments(place.folder(folder))
    from codekeep_runtime.index.opensearch import Store, connect
    from codekeep_runtime.index.opensearch.access_documents import AccessDocuments

    where = place.keep.index
    store = Store(connect(where.endpoint, place.keep.regions.primary, retries=RETRIES))
    return AccessDocuments(store, where.prefix, folder)


def accounts_of(place: Place) -> ServiceAccounts:
    return ServiceAccounts(documents_of(place, ACCESS))


def permissions_of(place: Place) -> PermissionStore:
    return PermissionStore(documents_of(place, ACCESS))


def tombstones_of(place: Place) -> Tombstones:
    return Tombstones(documents_of(place, TOMBSTONES))
