"""Labels of a release's objects: services and network policies select pods by them."""

from components.identity.workload import Operator, Workload
from components.naming import LABEL_PREFIX, TAG_PREFIX, Keep

NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
VERSION = "app.kubernetes.io/version"
MANAGED_BY = "app.kubernetes.io/managed-by"
TENANT = f"{LABEL_PREFIX}/tenant"
WORKLOAD = f"{LABEL_PREFIX}/workload"


def selector_of(keep: Keep, workload: Workload | Operator, name: str | None = None) -> dict[str, str]:
    """Selects the pods named `name`, by default the workload's. Without the version, since selectors cannot change."""
    return {NAME: name or workload.value, TENANT: keep.tenant, WORKLOAD: workload.value}


def labels_of(
    keep: Keep, workload: Workload | Operator, name: str | None = None, *, version: str = ""
) -> dict[str, str]:
    """All labels of a workload's object and of its pods; `version` is the release's."""
    return {**selector_of(keep, workload, name), **keep_labels(keep, workload.value, version=version)}


def keep_labels(keep: Keep, component: str, *, version: str = "") -> dict[str, str]:
    """Labels of an object that belongs to no single workload."""
    versioned = {VERSION: version} if version else {}
    return {COMPONENT: component, MANAGED_BY: TAG_PREFIX, TENANT: keep.tenant, **versioned}
