"""A small client of the Kubernetes API: discovery, server-side apply, get, delete.

Not the official client, which has a class for every kind, where mappings suffice here, and no simpler apply.
docs/decisions/0008-real-kubernetes-api.md.
"""

import json
import ssl
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
from codekeep_contracts.faults import Fault

from sandbox.kubernetes.access import Access

Object = dict[str, Any]
FIELD_MANAGER = "codekeep"
TIMEOUT_SECONDS = 30.0
DELETE_SECONDS = 300.0  # the official provider's default
SERVED_SECONDS = 30.0
POLL_SECONDS = 0.1
CONNECTIONS = 16
APPLY = "application/apply-patch+yaml"  # JSON is YAML


class ApiFault(Fault):
    """The API server refused a request, or did not answer."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason


class UnknownKindError(ApiFault):
    """The server has no such kind, and no definition adds it."""

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(HTTPStatus.NOT_FOUND, "NotFound", f'no matches for kind "{kind}" in version "{api_version}"')


class StillThereError(ApiFault):
    """A deleted object still exists after the time to wait."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The path of a kind's objects: `plural` below `root`, in a namespace or in none."""

    root: str  # /api/v1 or /apis/GROUP/VERSION
    plural: str
    namespaced: bool

    def path(self, namespace: str | None, name: str | None = None) -> str:
        space = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{self.root}{space}/{self.plural}{f'/{name}' if name else ''}"


class Client:
    """A client of one server as one user. Thread-safe."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._pool = urllib3.PoolManager(
            maxsize=CONNECTIONS, ssl_context=_context(access), timeout=TIMEOUT_SECONDS, retries=False
        )
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._lock = threading.Lock()

    def kind(self, api_version: str, kind: str) -> Kind:
        """The kind's path on the server.

        Raises:
            UnknownKindError: the server does not have it.
        """
        key = (api_version, kind)
        with self._lock:
            if key not in self._kinds:  # a definition may have added it since
                self._kinds.update(self._discover(api_version))
            if key not in self._kinds:
                raise UnknownKindError(api_version, kind)
            return self._kinds[key]

    def path_of(self, obj: Mapping[str, Any]) -> str:
        metadata = obj.get("metadata") or {}
        kind = self.kind(str(obj["apiVersion"]), str(obj["kind"]))
        return kind.path(metadata.get("namespace") or "default", str(metadata["name"]))

    def apply(self, obj: Mapping[str, Any], *, force: bool = False, dry_run: bool = False) -> Object:
        """Server-side apply with strict field validation: creates the object, or changes it."""
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict", "force": str(force).lower()}
        if dry_run:
            query["dryRun"] = "All"
        return self.request("PATCH", self.path_of(obj), obj, query, content_type=APPLY)

    def await_served(self, definition: Mapping[str, Any], *, seconds: float = SERVED_SECONDS) -> None:
        """Waits until the server serves the kind of a definition. ApiFault where it does not in time."""
        deadline = time.monotonic() + seconds
        while True:
            live = self.get(definition) or {}
            conditions = (live.get("status") or {}).get("conditions") or ()
            if any(each["type"] == "Established" and each["status"] == "True" for each in conditions):
                return
            if time.monotonic() > deadline:
                name = definition["metadata"]["name"]
                raise ApiFault(0, "NotServed", f"{name} is not served after {seconds:.0f} s: {conditions}")
            time.sleep(POLL_SECONDS)

    def get(self, obj: Mapping[str, Any]) -> Object | None:
        """The live object of the same kind, namespace and name; None where there is none."""
        try:
            return self.request("GET", self.path_of(obj))
        except ApiFault as fault:
            if fault.code == HTTPStatus.NOT_FOUND:
                return None
            raise

    def delete(self, obj: Mapping[str, Any], *, seconds: float = DELETE_SECONDS) -> None:
        """Deletes the object and waits until it is gone. It is no error where there is none.

        Raises:
            StillThereError: it still exists after `seconds`; the message names its finalizers.
        """
        before = self.get(obj)
        if before is None:
            return
        if before["kind"] == "CustomResourceDefinition":
            self._await_listed(before)
        options = {"propagationPolicy": "Background", "preconditions": {"uid": before["metadata"]["uid"]}}
        try:
            self.request("DELETE", self.path_of(obj), options)
        except ApiFault as fault:
            if fault.code != HTTPStatus.NOT_FOUND:
                raise
        deadline = time.monotonic() + seconds
        while (left := self.get(obj)) is not None and left["metadata"]["uid"] == before["metadata"]["uid"]:
            if time.monotonic() > deadline:
                raise StillThereError(
                    HTTPStatus.CONFLICT, "Conflict", f"still there after {seconds:.0f} s; {_blockers(left)}"
                )
            time.sleep(POLL_SECONDS)

    def _await_listed(self, definition: Mapping[str, Any]) -> None:
        """Waits until the server can list the objects of a definition, which the definition's deletion needs.

        It builds the list at the first request for it. Where that request is the deletion's own, the server tries again
        only when its informers list the definitions again, 5 minutes later (seen on Kubernetes 1.34.2: 296 s).
        """
        spec = definition["spec"]
        for version in (each["name"] for each in spec["versions"] if each["served"]):
            path = f"/apis/{spec['group']}/{version}/{spec['names']['plural']}"
            try:
                self.request("GET", path, query={"fieldSelector": "metadata.name=none"})  # a short answer
            except ApiFault as fault:
                if fault.code != HTTPStatus.NOT_FOUND:  # not served: its names are another definition's
                    raise

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        *,
        content_type: str = "application/json",
    ) -> Object:
        """One request, repeated while the server asks to wait.

        Raises:
            ApiFault: the server refuses, or does not answer.
        """
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = content_type
        if self._access.token:
            headers["Authorization"] = f"Bearer {self._access.token}"
        url = f"{self._access.server}{path}{f'?{urlencode(query)}' if query else ''}"
        sent = None if body is None else json.dumps(body).encode()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                answer = self._pool.request(method, url, body=sent, headers=headers)
            except urllib3.exceptions.HTTPError as error:
                raise ApiFault(0, "Unreachable", f"{self._access.server} does not answer: {error}") from error
            if answer.status != HTTPStatus.TOO_MANY_REQUESTS or time.monotonic() > deadline:
                return _read(answer)
            time.sleep(float(answer.headers.get("Retry-After") or POLL_SECONDS))

    def _discover(self, api_version: str) -> dict[tuple[str, str], Kind]:
        root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        try:
            listing = self.request("GET", root)
        except ApiFault as fault:
            if fault.code == HTTPStatus.NOT_FOUND:
                return {}
            raise
        return {
            (api_version, entry["kind"]): Kind(root=root, plural=entry["name"], namespaced=entry["namespaced"])
            for entry in listing.get("resources") or []
            if "/" not in entry["name"]  # a subresource
        }


def _read(answer: urllib3.BaseHTTPResponse) -> Object:
    """The object of an answer. A refusal is raised as ApiFault."""
    try:
        found = json.loads(answer.data)
    except ValueError:
        found = {"message": answer.data.decode("utf-8", "replace").strip()}
    if answer.status >= HTTPStatus.BAD_REQUEST:
        message = str(found.get("message") or answer.reason)
        raise ApiFault(answer.status, str(found.get("reason") or answer.reason), message)
    return dict(found)


def _blockers(left: Mapping[str, Any]) -> str:
    """What blocks the end of a deletion: the object's finalizers, and what its conditions say."""
    finalizers = [*left["metadata"].get("finalizers", ()), *(left.get("spec") or {}).get("finalizers", ())]
    if not finalizers:
        return "it has no finalizers"
    conditions = (left.get("status") or {}).get("conditions") or []
    said = [f"{each['type']} is {each['status']}: {each['message']}" for each in conditions if each.get("message")]
    return "; ".join([f"held by finalizers, which their controllers remove: {', '.join(map(str, finalizers))}", *said])


def _context(access: Access) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=access.authority)
    if access.certificate and access.key:  # ssl reads these from a file only
        with tempfile.TemporaryDirectory() as folder:
            pair = Path(folder) / "client.pem"
            pair.touch(mode=0o600)
            pair.write_text(f"{access.certificate}\n{access.key}", encoding="utf-8")
            context.load_cert_chain(pair)
    return context
