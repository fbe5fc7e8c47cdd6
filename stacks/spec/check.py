"""From a document to a spec, or to all its faults at once."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stacks.spec.faults import Fault, SpecError, shown
from stacks.spec.jsonlike import json_faults
from stacks.spec.platform_match import platform_faults
from stacks.spec.rules import Draft, faults_of_platform, faults_of_tenant
from stacks.spec.source import PLATFORM_KEY, TENANT_KEY, is_stack_file, read_document, spec_key
from stacks.spec.tenant import PlatformDocument, PlatformSpec, TenantDocument, TenantSpec
from stacks.spec.translate import faults_from

Spec = TenantSpec | PlatformSpec
DocumentType = type[TenantDocument] | type[PlatformDocument]
_DIGEST_LENGTH = 12


def check(document: Any, source: str = "") -> list[Fault]:
    """Every fault of a TenantSpec document, fields and cross-field rules alike; none means it is valid."""
    return _check(document, source, TenantDocument)


def check_platform(document: Any, source: str = "") -> list[Fault]:
    """Every fault of a PlatformSpec document."""
    return _check(document, source, PlatformDocument)


def parse(document: Any, source: str = "") -> TenantSpec:
    """The spec of a document.

    Raises:
        SpecError: with every fault.
    """
    if faults := check(document, source):
        raise SpecError(faults)
    return TenantSpec.model_validate_json(json.dumps(document))


def parse_platform(document: Any, source: str = "") -> PlatformSpec:
    """The shared platform's spec of a document.

    Raises:
        SpecError: with every fault.
    """
    if faults := check_platform(document, source):
        raise SpecError(faults)
    return PlatformSpec.model_validate_json(json.dumps(document))


def load(path: str | Path) -> Spec:
    """The spec in a file: a bare tenant's spec, or whichever of the two a stack's configuration holds.

    A pooled keep is checked against its platform too where the platform's configuration lies beside the file.

    Raises:
        SpecError: with every fault, those of the file itself included.
    """
    file = Path(path)
    key, document = document_in(file)
    if key == PLATFORM_KEY:
        return parse_platform(document, str(file))
    spec = parse(document, str(file))
    if faults := _faults_against_platform(spec, file):
        raise SpecError(faults)
    return spec


def load_spec(path: str | Path) -> TenantSpec:
    """The tenant's spec in a file, bare or under `codekeep:tenant` of a stack's configuration.

    Raises:
        SpecError: with every fault, those of the file itself included.
    """
    spec = load(path)
    if isinstance(spec, TenantSpec):
        return spec
    fault = Fault(
        path=f"config.{PLATFORM_KEY}",
        got="a shared platform's spec",
        allowed=f"a tenant's spec under {TENANT_KEY}",
        remedy="name a tenant's stack",
        source=str(path),
    )
    raise SpecError([fault])


def document_in(file: Path) -> tuple[str, Any]:
    """Which of the two specs a file holds, by its configuration key, and the document.

    Raises:
        SpecError: the file cannot be read or holds neither.
    """
    content = read_document(file)
    if not is_stack_file(file, content):
        return TENANT_KEY, content
    key = spec_key(content)
    if key is None:
        got = "no spec" if isinstance(content, Mapping) else shown(content)
        allowed = f"{TENANT_KEY} or {PLATFORM_KEY} under config"
        remedy = f"put the customer's spec under config, {TENANT_KEY}"
        raise SpecError([Fault(path="config", got=got, allowed=allowed, remedy=remedy, source=str(file))])
    return key, content["config"][key]


def digest(spec: Spec) -> str:
    """Twelve hexadecimal digits that change with the spec's meaning, not with key order or defaults spelled out."""
    canonical = json.dumps(spec.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGEST_LENGTH]


def _faults_against_platform(spec: TenantSpec, file: Path) -> list[Fault]:
    if spec.platform is None:
        return []
    beside = file.parent / f"Pulumi.{spec.platform.stack}.yaml"
    if not beside.is_file():
        return []
    key, document = document_in(beside)
    if key != PLATFORM_KEY:
        fault = Fault(
            path="platform.stack",
            got=f"{shown(spec.platform.stack)}, which is no platform",
            allowed=f"a stack whose configuration holds {PLATFORM_KEY}",
            remedy="name the platform's stack",
            source=str(file),
        )
        return [fault]
    return list(platform_faults(spec, parse_platform(document, str(beside)), str(file)))


def _check(document: Any, source: str, model: DocumentType) -> list[Fault]:
    if not isinstance(document, Mapping):
        got = "nothing" if document is None else shown(document)
        remedy = "write the spec as keys and values"
        return [Fault(path="", got=got, allowed="a YAML mapping", remedy=remedy, source=source)]
    if faults := json_faults(document, source):
        return faults
    field_faults = _field_faults(document, source, model)
    draft = Draft.salvage(document, model)
    rule_faults = faults_of_tenant(draft) if model is TenantDocument else faults_of_platform(draft)
    return [*field_faults, *(Fault(**{**fault.as_json(), "source": source}) for fault in rule_faults)]


def _field_faults(document: Mapping[str, Any], source: str, model: DocumentType) -> list[Fault]:
    try:
        model.model_validate_json(json.dumps(document))
    except ValidationError as error:
        return list(faults_from(error, model, source))
    return []
