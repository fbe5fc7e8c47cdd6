"""Labels of a release's objects: by them services find pods, policies fence them and people tell them apart."""

from components.identity.workload import Workload
from components.naming import LABEL_PREFIX, TAG_PREFIX, Keep

NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
VERSION = "app.kubernetes.io/version"
MANAGED_BY = "app.kubernetes.io/managed-by"
TENANT = f"{LABEL_PREFIX}/tenant"
WORKLOAD = f"{LABEL_PREFIX}/workload"


def selector_of(keep: Keep, workload: Workload, name: str | None = None) -> dict[str, str]:
    """What selects the pods called `name` (the workload's own name if not given). Lasting: a selector cannot change."""
    return {NAME: name or workload.value, TENANT: keep.tenant, WORKLOAD: workload.value}


def labels_of(keep: Keep, workload: Workload, name: str | None = None, *, version: str = "") -> dict[str, str]:
    """Everything an object of a workload, and its pods, are labelled with; `version` is the release's."""
    return {**selector_of(keep, workload, name), **keep_labels(keep, workload.value, version=version)}


def keep_labels(keep: Keep, component: str, *, version: str = "") -> dict[str, str]:
    """Labels of an object that belongs to the keep and to no single workload."""
    versioned = {VERSION: version} if version else {}
    return {COMPONENT: component, MANAGED_BY: TAG_PREFIX, TENANT: keep.tenant, **versioned}
