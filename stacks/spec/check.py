"""Parses a document to a spec, or reports all its problems at once."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stacks.spec.field_problems import problems_from
from stacks.spec.jsonlike import json_problems
from stacks.spec.platform_match import platform_problems
from stacks.spec.problems import Problem, SpecError, shown_value
from stacks.spec.rules import Draft, problems_of_platform, problems_of_tenant
from stacks.spec.source import PLATFORM_KEY, TENANT_KEY, is_stack_file, read_document, spec_key
from stacks.spec.tenant import PlatformDocument, PlatformSpec, TenantDocument, TenantSpec

Spec = TenantSpec | PlatformSpec
DocumentType = type[TenantDocument] | type[PlatformDocument]
_DIGEST_LENGTH = 12


def check(document: Any, source: str = "") -> list[Problem]:
    """Returns every problem of a TenantSpec document, in fields and between fields; no problem means that it is
    valid.
    """
    return [replace(problem, source=source) for problem in _problems(document, TenantDocument)]


def check_platform(document: Any, source: str = "") -> list[Problem]:
    """Returns every problem of a PlatformSpec document."""
    return [replace(problem, source=source) for problem in _problems(document, PlatformDocument)]


def parse(document: Any, source: str = "") -> TenantSpec:
    """Parses a tenant's document to its spec.

    Raises:
        SpecError: with every problem.
    """
    _require_none(check(document, source))
    return TenantSpec.model_validate_json(json.dumps(document))


def parse_platform(document: Any, source: str = "") -> PlatformSpec:
    """Parses a shared platform's document to its spec.

    Raises:
        SpecError: with every problem.
    """
    _require_none(check_platform(document, source))
    return PlatformSpec.model_validate_json(json.dumps(document))


def load(path: str | Path) -> Spec:
    """Loads the spec in a file: a tenant's spec alone, or whichever a stack's configuration contains.

    A pooled keep is compared with its platform too, where the platform's configuration is in the same folder.

    Raises:
        SpecError: with every problem, those of the file itself included.
    """
    file = Path(path)
    key, document = document_in(file)
    if key == PLATFORM_KEY:
        return parse_platform(document, str(file))
    spec = parse(document, str(file))
    _require_none([replace(problem, source=str(file)) for problem in _against_platform(spec, file.parent)])
    return spec


def load_spec(path: str | Path) -> TenantSpec:
    """Loads the tenant's spec in a file: alone, or under `codekeep:tenant` of a stack's configuration.

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
    """The configuration key of the spec in a file, which says of which kind it is, and the document.

    Raises:
        SpecError: the file cannot be read, or contains neither kind.
    """
    content = read_document(file)
    if not is_stack_file(file, content):
        return TENANT_KEY, content
    key = spec_key(content)
    if key is None:
        got = "no spec" if isinstance(content, Mapping) else shown_value(content)
        allowed = f"{TENANT_KEY} or {PLATFORM_KEY} under config"
        remedy = f"put the customer's spec under config, {TENANT_KEY}"
        raise SpecError([Problem(path="config", got=got, allowed=allowed, remedy=remedy, source=str(file))])
    return key, content["config"][key]


def json_schema(model: type[TenantSpec] | type[PlatformSpec]) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a spec's fields. It does not contain the rules between fields."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def digest(spec: Spec) -> str:
    """Twelve hexadecimal digits that change with the spec's meaning, not with key order or written-out defaults."""
    canonical = json.dumps(spec.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGEST_LENGTH]


def _require_none(problems: list[Problem]) -> None:
    if problems:
        raise SpecError(problems)


def _against_platform(spec: TenantSpec, folder: Path) -> Iterator[Problem]:
    file = folder / f"Pulumi.{spec.platform.stack}.yaml" if spec.platform is not None else None
    if spec.platform is None or file is None or not file.is_file():
        return
    key, document = document_in(file)
    if key == PLATFORM_KEY:
        yield from platform_problems(spec, parse_platform(document, str(file)))
    else:
        yield Problem(
            path="platform.stack",
            got=f"{shown_value(spec.platform.stack)}, which is no platform",
            allowed=f"a stack whose configuration contains {PLATFORM_KEY}",
            remedy="name the platform's stack",
        )


def _problems(document: Any, model: DocumentType) -> Iterator[Problem]:
    if not isinstance(document, Mapping):
        got = "nothing" if document is None else shown_value(document)
        yield Problem(path="", got=got, allowed="a YAML mapping", remedy="write the spec as keys and values")
        return
    if problems := json_problems(document):
        yield from problems
        return
    try:
        model.model_validate_json(json.dumps(document))
    except ValidationError as error:
        yield from problems_from(error, model)
    draft = Draft.salvage(document, model)
    yield from problems_of_tenant(draft) if model is TenantDocument else problems_of_platform(draft)
