"""Software bills of materials, CycloneDX 1.6, from the catalogue and the locks: the same inputs give the same bytes."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from images.bases import PYTHON, Base
from images.catalog import BUILDS, SNAPSHOT, Image, Kind, Package
from images.lock import Pin, parse
from images.render import ROOT, write_changed

NAMESPACE = uuid.UUID("6f1d1f0a-5c0e-5d43-9f0e-0b1c6f2f9a51")  # for the serial numbers; any fixed one does


def bills(root: Path = ROOT) -> Mapping[str, str]:
    """One bill for each build: path below the project → CycloneDX JSON.

    Raises:
        LockError: a lock is missing its hashes.
    """
    return {image.sbom: bill(image, parse((root / image.lock).read_text())) for image in BUILDS}


def bill(image: Image, pins: Iterable[Pin]) -> str:
    """The image's base and what it contains beyond that. The runtime itself has a bill of its own."""
    bom = Bom(components=[*_bases(image), *map(_debian, image.packages), *map(_distribution, pins)])
    bom.metadata.component = Component(
        name=image.name,
        type=ComponentType.CONTAINER,
        description=image.title,
        bom_ref=image.label,
        properties=list(_properties(image)),
    )
    bom.metadata.timestamp = datetime.strptime(SNAPSHOT, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    bom.register_dependency(bom.metadata.component, bom.components)
    names = "\n".join(sorted(f"{part.bom_ref.value} {part.version}" for part in bom.components))
    bom.serial_number = uuid.uuid5(NAMESPACE, f"{image.label}\n{names}")
    return json.dumps(json.loads(JsonV1Dot6(bom).output_as_string()), indent=1, sort_keys=True) + "\n"


@lru_cache(maxsize=4 * len(BUILDS))
def schema_error(document: str) -> str | None:
    """Returns why the document is invalid against CycloneDX's schema; None if it is valid. Takes seconds for a long
    one.
    """
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)
    return None if error is None else str(error)


def write(root: Path = ROOT) -> tuple[str, ...]:
    """Writes the bills that differ; returns their paths."""
    return write_changed(bills(root), root)


def _properties(image: Image) -> Iterable[Property]:
    yield Property(name="codekeep:platform", value=image.platform)
    yield Property(name="codekeep:lock", value=image.lock)
    if image.stack is not None:
        yield Property(name="codekeep:cuda", value=image.stack.cuda)


def _bases(image: Image) -> Iterable[Component]:
    """The last stage's base; a distroless image takes its interpreter out of the build stage's."""
    yield _base(image.base)
    if image.kind is Kind.CPU:
        yield _base(PYTHON)


def _base(base: Base) -> Component:
    name = base.repository.rpartition("/")[2]
    qualifiers = {"repository_url": base.repository, "tag": base.tag}
    return Component(
        name=base.repository,
        version=base.tag,
        type=ComponentType.CONTAINER,
        description=base.carries,
        bom_ref=base.reference,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=base.digest.removeprefix("sha256:"))],
        purl=PackageURL(type="oci", name=name, version=base.digest, qualifiers=qualifiers),
    )


def _debian(package: Package) -> Component:
    qualifiers = {"arch": "amd64", "distro": "debian-13"}
    purl = PackageURL(type="deb", namespace="debian", name=package.name, version=package.version, qualifiers=qualifiers)
    return Component(name=package.name, version=package.version, bom_ref=purl.to_string(), purl=purl)


def _distribution(pin: Pin) -> Component:
    purl = PackageURL(type="pypi", name=pin.name, version=pin.version)
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in pin.hashes]
    # The package URL names no index: which one it comes from is the builder's choice, the hashes are what counts.
    where = ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=XsUri(purl.to_string()), hashes=hashes)
    return Component(
        name=pin.name, version=pin.version, bom_ref=purl.to_string(), purl=purl, external_references=[where]
    )
