"""The AWS services and Git hosts that a keep's settings name."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import httpx
from codekeep_contracts.roles import BucketRole, QueueRole
from codekeep_contracts.settings.document import RuntimeSettings
from codekeep_contracts.settings.links import GitLinkSettings
from starlette.applications import Starlette

from codekeep_runtime.access.sync import Host, PermissionSink, SyncResult, host_of, listed_repositories, synchronise
from codekeep_runtime.core import RepositoryId
from codekeep_runtime.gateway.server import Certificate
from codekeep_runtime.git.credential import Credential
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.platform.aws.bucket import Bucket
from codekeep_runtime.platform.aws.clients import client
from codekeep_runtime.platform.aws.kms_signer import KmsSigner
from codekeep_runtime.platform.aws.prompt_bucket import PromptBucket
from codekeep_runtime.platform.aws.secrets import Secrets
from codekeep_runtime.platform.aws.tls import certificate_files
from codekeep_runtime.platform.aws.vault import Vault
from codekeep_runtime.platform.aws.work_queue import WorkQueue
from codekeep_runtime.webhook.app import create_app

HTTPS = 443
HOST_SECONDS = 30.0


class KeepServices:
    """Opening a service sends nothing.

    Raises:
        SettingsFault: the settings have no such bucket or queue.
    """

    def __init__(self, settings: RuntimeSettings) -> None:
        self._settings = settings

    @cached_property
    def secrets(self) -> Secrets:
        return Secrets(client(self._settings, "secretsmanager"))

    def objects(self, folder: str) -> Bucket:
        """A folder of the bucket for code."""
        return Bucket(client(self._settings, "s3"), self._settings.bucket(BucketRole.CODE), folder)

    def prompts(self) -> PromptBucket:
        bucket = self._settings.bucket(BucketRole.PROMPTS)
        return PromptBucket(bucket, self._settings.prompt_storage, client(self._settings, "s3"))

    def vault(self) -> Vault:
        return Vault(self._settings.bucket(BucketRole.AUDIT), client(self._settings, "s3"))

    def signer(self) -> KmsSigner:
        return KmsSigner(client(self._settings, "kms"), self._settings.audit.signing_key_arn)

    def ingest_queue(self) -> WorkQueue:
        return WorkQueue(client(self._settings, "sqs"), self._settings.queue(QueueRole.INGEST).url)

    def certificate(self, folder: Path) -> Certificate:
        """The gateway's, as files in a folder.

        Raises:
            SettingsFault: the secret does not contain a chain and a key.
        """
        return certificate_files(self.secrets.text(self._settings.entry.certificate_secret_arn), folder)

    def webhook_app(self) -> Starlette:
        links = {link.name: link for link in self._settings.git_links}
        return create_app(links, lambda link: self.secrets.text(link.webhook_secret_arn), self.ingest_queue().send)

    def sources(self) -> Iterator[tuple[str, Source]]:
        """Every repository of the Git links, after the name of its link. Hosts list the repositories of groups.

        Raises:
            SettingsFault: a token's secret has no value.
            AccessFault: a token may not be read, or a host does not list a group.
        """
        with _http() as http:
            for link in self._settings.git_links:
                credential = Credential(token=self.secrets.text(link.token_secret_arn))
                for path in listed_repositories(link, self._host(link, http)):
                    owner, _, name = path.rpartition("/")
                    repository, address = RepositoryId(link.host, owner, name), f"https://{_authority(link)}/{path}.git"
                    yield link.name, Source(repository=repository, location=address, credential=credential)

    def sync_permissions(self, sink: PermissionSink, repositories: Iterable[RepositoryId]) -> SyncResult:
        """Asks the Git hosts who may read these repositories."""
        with _http() as http:
            hosts = {link.host.casefold(): self._host(link, http) for link in self._settings.git_links}
            return synchronise(sink, hosts, repositories)

    def _host(self, link: GitLinkSettings, http: httpx.Client) -> Host:
        return host_of(link, http, self.secrets.text(link.token_secret_arn))


def _http() -> httpx.Client:
    return httpx.Client(timeout=HOST_SECONDS, trust_env=False)


def _authority(link: GitLinkSettings) -> str:
    return link.host if HTTPS in link.ports else f"{link.host}:{link.ports[0]}"
