"""The models of a keep, as their callers use them."""

from collections.abc import Mapping

from codekeep_contracts.log_fields import Component
from codekeep_contracts.settings.document import RuntimeSettings

from codekeep_runtime.models.chat import ServedChatModel
from codekeep_runtime.models.client import EngineClient
from codekeep_runtime.models.embedder import ServedEmbedder
from codekeep_runtime.models.reranker import ServedReranker

ANSWER_TOKENS = 1_024


class ServedModels:
    """A client for each model of the settings, made at once: its gauges exist from then on.

    Args:
        component: the process that sends the requests, for metrics.
    """

    def __init__(self, settings: RuntimeSettings, component: Component) -> None:
        self._settings = settings
        self._clients = {
            model.role: EngineClient(model.url, model.role, component, model.max_in_flight) for model in settings.models
        }

    def chat(self) -> Mapping[str, ServedChatModel]:
        """Chat models by the model's full name.

        Raises:
            SettingsFault: no model has this role.
        """
        model = self._settings.model_of("chat")
        return {model.name: ServedChatModel(self._clients["chat"], model.context_tokens, ANSWER_TOKENS)}

    def embedder(self) -> ServedEmbedder:
        """
        Raises:
            SettingsFault: no model has this role.
        """
        model = self._settings.model_of("embed")
        return ServedEmbedder(self._clients["embed"], model, self._settings.index.dimension)

    def reranker(self) -> ServedReranker | None:
        """The re-ranker; None where the keep serves no such model."""
        if "rerank" not in self._clients:
            return None
        return ServedReranker(self._clients["rerank"], self._settings.model_of("rerank").name)


def served_embedder(settings: RuntimeSettings) -> ServedEmbedder:
    """The embedder of the indexer and of Ray's workers, to which a function can be sent."""
    return ServedModels(settings, "index").embedder()
