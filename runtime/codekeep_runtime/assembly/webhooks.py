"""The webhooks' receiver with its secrets and its queue."""

from codekeep_contracts.faults import SettingsFault
from starlette.applications import Starlette

from codekeep_runtime.keep.aws import client
from codekeep_runtime.keep.secrets import Secrets
from codekeep_runtime.keep.work_queue import WorkQueue
from codekeep_runtime.place import Place
from codekeep_runtime.webhook.app import create_app


def webhook_app(place: Place) -> Starlette:
    """
    Raises:
        SettingsFault: there are no settings, or they name no ingest queue.
    """
    settings = place.settings
    if settings is None or "ingest" not in settings.queues:
        raise SettingsFault("queues.ingest is not in the settings; webhooks are received in a keep: give --settings")
    secrets = Secrets(client(settings, "secretsmanager"))
    queue = WorkQueue(client(settings, "sqs"), settings.queues["ingest"].url)
    links = {link.name: link for link in settings.git_links}
    return create_app(links, lambda link: secrets.text(link.webhook_secret_arn), queue.send)
