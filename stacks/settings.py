"""Builds RuntimeSettings from a spec and what was deployed for it: the stack's output `runtimeSettings`."""

import json
from collections.abc import Mapping
from typing import Any

from codekeep_contracts.log_fields import LOG_FIELDS
from codekeep_contracts.pods import MODEL_PORT, model_service
from codekeep_contracts.settings.access import AccessSettings
from codekeep_contracts.settings.document import SCHEMA_VERSION, RuntimeSettings
from codekeep_contracts.settings.links import GitHost, RegistryHost
from codekeep_contracts.settings.models import ServedModel

from stacks.spec import TenantSpec
from stacks.spec.compute import Model
from stacks.spec.serving import requests_per_replica


def runtime_settings(spec: TenantSpec, deployed: Mapping[str, Any]) -> RuntimeSettings:
    """The settings document of a keep.

    Args:
        deployed: the sections that only a deployment knows (KeepOutputs.settings), as plain values.

    Raises:
        ValueError: a link's secrets are not among what was deployed, or a value is not what the contract allows.
    """
    return RuntimeSettings.model_validate_json(json.dumps(settings_document(spec, deployed)))


def settings_document(spec: TenantSpec, deployed: Mapping[str, Any]) -> dict[str, Any]:
    """The same document, not validated: in a preview, placeholders take the place of what only the cloud knows.

    Raises:
        ValueError: a link's secrets are not among what was deployed.
    """
    return {
        **{name: deployed[name] for name in ("namespace", "entry", "audit", "keys", "buckets", "queues")},
        "schema_version": SCHEMA_VERSION,
        "tenant": {
            "name": spec.name,
            "display_name": spec.display_name,
            "tier": spec.tier,
            "account_id": spec.account.id,
        },
        "regions": spec.regions.model_dump(mode="json"),
        "index": {**deployed["index"], "dimension": spec.vector_index.dimension},
        "git_links": [_linked(link, GitHost, deployed["git_links"]) for link in spec.git_links],
        "registry_links": [_linked(link, RegistryHost, deployed["registry_links"]) for link in spec.registry_links],
        "models": [_model(spec, model, deployed["namespace"]) for model in spec.models],
        "access": spec.access.model_dump(mode="json", include=set(AccessSettings.model_fields)),
        "retention": spec.retention.model_dump(mode="json"),
        "prompt_storage": spec.prompt_storage.model_dump(mode="json"),
        "caps": spec.caps.model_dump(mode="json"),
        "slo": spec.slo.model_dump(mode="json"),
        "logging": {"allowed_fields": list(LOG_FIELDS), "bodies": False, "level": "info"},
    }


def model_url(role: str, namespace: str) -> str:
    """URL of a model's service inside the cluster."""
    return f"http://{model_service(role)}.{namespace}.svc.cluster.local:{MODEL_PORT}"


def _linked(
    link: GitHost | RegistryHost, kind: type[GitHost | RegistryHost], secrets: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """The host from the spec, and the ARNs of its secrets."""
    if link.name not in secrets:
        have = ", ".join(sorted(secrets)) or "none"
        raise ValueError(f"no secrets of link {link.name!r} were deployed (there are: {have})")
    return {**link.model_dump(mode="json", include=set(kind.model_fields)), **secrets[link.name]}


def _model(spec: TenantSpec, model: Model, namespace: str) -> dict[str, Any]:
    return {
        **model.model_dump(mode="json", include=set(ServedModel.model_fields)),
        "url": model_url(model.role, namespace),
        "requests_per_replica": requests_per_replica(model, spec.slo),
        "max_adapters": model.lora.max_adapters if model.lora else 0,
    }
