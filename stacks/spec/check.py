"""From a document to a spec, or to all its problems at once."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stacks.spec.jsonlike import json_problems
from stacks.spec.platform_match import platform_problems
from stacks.spec.problems import Problem, SpecError, shown
from stacks.spec.rules import Draft, problems_of_platform, problems_of_tenant
from stacks.spec.source import PLATFORM_KEY, TENANT_KEY, is_stack_file, read_document, spec_key
from stacks.spec.tenant import PlatformDocument, PlatformSpec, TenantDocument, TenantSpec
from stacks.spec.translate import problems_from

Spec = TenantSpec | PlatformSpec
DocumentType = type[TenantDocument] | type[PlatformDocument]
_DIGEST_LENGTH = 12


def check(document: Any, source: str = "") -> list[Problem]:
    """Every problem of a TenantSpec document, fields and cross-field rules alike; none means it is valid."""
    return _check(document, source, TenantDocument)


def check_platform(document: Any, source: str = "") -> list[Problem]:
    """Every problem of a PlatformSpec document."""
    return _check(document, source, PlatformDocument)


def parse(document: Any, source: str = "") -> TenantSpec:
    """The spec of a document.

    Raises:
        SpecError: with every problem.
    """
    if problems := check(document, source):
        raise SpecError(problems)
    return TenantSpec.model_validate_json(json.dumps(document))


def parse_platform(document: Any, source: str = "") -> PlatformSpec:
    """The shared platform's spec of a document.

    Raises:
        SpecError: with every problem.
    """
    if problems := check_platform(document, source):
        raise SpecError(problems)
    return PlatformSpec.model_validate_json(json.dumps(document))


def load(path: str | Path) -> Spec:
    """The spec in a file: a bare tenant's spec, or whichever of the two a stack's configuration holds.

    A pooled keep is checked against its platform too where the platform's configuration lies beside the file.

    Raises:
        SpecError: with every problem, those of the file itself included.
    """
    file = Path(path)
    key, document = document_in(file)
    if key == PLATFORM_KEY:
        return parse_platform(document, str(file))
    spec = parse(document, str(file))
    if problems := _problems_against_platform(spec, file):
        raise SpecError(problems)
    return spec


def load_spec(path: str | Path) -> TenantSpec:
    """The tenant's spec in a file, bare or under `codekeep:tenant` of a stack's configuration.

    Raises:
        SpecError: with every problem, those of the file itself included.
    """
    spec = load(path)
    if isinstance(spec, TenantSpec):
        return spec
    problem = Problem(
        path=f"config.{PLATFORM_KEY}",
        got="a shared platform's spec",
        allowed=f"a tenant's spec under {TENANT_KEY}",
        remedy="name a tenant's stack",
        source=str(path),
    )
    raise SpecError([problem])


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
        raise SpecError([Problem(path="config", got=got, allowed=allowed, remedy=remedy, source=str(file))])
    return key, content["config"][key]


def json_schema(model: type[TenantSpec] | type[PlatformSpec]) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a spec's fields. It does not contain the rules between fields."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def digest(spec: Spec) -> str:
    """Twelve hexadecimal digits that change with the spec's meaning, not with key order or defaults spelled out."""
    canonical = json.dumps(spec.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGEST_LENGTH]


def _problems_against_platform(spec: TenantSpec, file: Path) -> list[Problem]:
    if spec.platform is None:
        return []
    beside = file.parent / f"Pulumi.{spec.platform.stack}.yaml"
    if not beside.is_file():
        return []
    key, document = document_in(beside)
    if key != PLATFORM_KEY:
        problem = Problem(
            path="platform.stack",
            got=f"{shown(spec.platform.stack)}, which is no platform",
            allowed=f"a stack whose configuration holds {PLATFORM_KEY}",
            remedy="name the platform's stack",
            source=str(file),
        )
        return [problem]
    return list(platform_problems(spec, parse_platform(document, str(beside)), str(file)))


def _check(document: Any, source: str, model: DocumentType) -> list[Problem]:
    if not isinstance(document, Mapping):
        got = "nothing" if document is None else shown(document)
        remedy = "write the spec as keys and values"
        return [Problem(path="", got=got, allowed="a YAML mapping", remedy=remedy, source=source)]
    if problems := json_problems(document, source):
        return problems
    field_problems = _field_problems(document, source, model)
    draft = Draft.salvage(document, model)
    rule_problems = problems_of_tenant(draft) if model is TenantDocument else problems_of_platform(draft)
    return [*field_problems, *(Problem(**{**problem.as_json(), "source": source}) for problem in rule_problems)]


def _field_problems(document: Mapping[str, Any], source: str, model: DocumentType) -> list[Problem]:
    try:
        model.model_validate_json(json.dumps(document))
    except ValidationError as error:
        return list(problems_from(error, model, source))
    return []
