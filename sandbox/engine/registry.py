"""The configured providers of a deployment, by reference (`<urn>::<id>`), and providers as resources of their own."""

import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress

from sandbox.engine.builtin import BuiltinProvider, UnconfiguredProvider
from sandbox.engine.diff import Diff
from sandbox.engine.plugins import PluginError, PluginHost
from sandbox.engine.provider import (
    INTERNAL_KEY,
    Checked,
    Failures,
    Live,
    PluginProvider,
    Provider,
    ProviderError,
    without_internal,
)
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import ProviderRef, package_of, parse_provider_ref, type_of
from sandbox.engine.values import UNKNOWN_TEXT, Props, has_unknowns


class ProviderRegistry:
    """Starts and configures providers on demand. Thread-safe.

    It is itself the provider of provider resources: check, diff and create of `pulumi:providers:x` become CheckConfig,
    DiffConfig and Configure of the plugin.
    """

    def __init__(self, host: PluginHost, engine_address: str, builtin: BuiltinProvider) -> None:
        self._host = host
        self._engine_address = engine_address
        self._lock = threading.Lock()
        self._loading: dict[str, threading.Lock] = {}
        self._ready: dict[str, Provider] = {}
        self._unconfigured: dict[str, PluginProvider] = {}
        self._plugins: list[PluginProvider] = []
        self.builtin = builtin

    # --- providers of other resources ---

    def get(self, reference: str, find: Callable[[ProviderRef], ResourceState | None]) -> Provider:
        """The provider of a reference, configured from its state where that did not happen yet.

        Raises:
            ProviderError: the state does not contain it, or it cannot be configured.
        """
        if (ready := self._ready.get(reference)) is not None:
            return ready
        with self._loading_lock(reference):
            if (ready := self._ready.get(reference)) is not None:
                return ready
            parsed = parse_provider_ref(reference)
            state = find(parsed)
            if state is None:
                raise ProviderError(f"provider {reference} is not in the state of the stack")
            return self.activate(parsed.urn, parsed.id, state.inputs)

    def activate(self, urn: str, id_: str, inputs: Props) -> Provider:
        """Configures the provider `urn::id`. Raises ProviderError."""
        provider: Provider
        if _is_builtin(urn):
            provider = self.builtin
        elif has_unknowns(inputs):
            provider = UnconfiguredProvider()
        else:
            with self._lock:
                loaded = self._unconfigured.pop(urn, None)
            provider = plugin = loaded or self._load(urn)
            plugin.configure(urn, id_, inputs)
        self._ready[str(ProviderRef(urn, id_))] = provider
        return provider

    def diff_config(self, urn: str, old: Props, new: Props) -> Diff:
        """What a move from a provider configured with `old` to one with `new` means for resources."""
        return self.diff(ResourceState(urn=urn, type="", custom=True, inputs=old, outputs=old), new, ())

    def cancel(self) -> None:
        """Tells the plugins that the deployment was cancelled. Those that do not answer are ended anyway."""
        for plugin in list(self._plugins):
            with suppress(ProviderError):
                plugin.cancel()

    def _loading_lock(self, key: str) -> threading.Lock:
        with self._lock:
            return self._loading.setdefault(key, threading.Lock())

    def _loaded(self, urn: str) -> PluginProvider:
        """A started plugin that is not configured yet."""
        with self._loading_lock(urn):
            plugin = self._unconfigured.get(urn) or self._load(urn)
            self._unconfigured[urn] = plugin
            return plugin

    def _load(self, urn: str) -> PluginProvider:
        try:
            process = self._host.start(package_of(type_of(urn)))
        except PluginError as error:
            raise ProviderError(str(error)) from error
        plugin = PluginProvider(process, self._engine_address)
        self._plugins.append(plugin)
        return plugin

    # --- providers as resources ---

    def check(self, urn: str, old: Props, new: Props) -> Checked:
        if _is_builtin(urn):
            return Checked(new)
        internal = {key: value for key, value in new.items() if key in (INTERNAL_KEY, "version")}
        checked = self._loaded(urn).check_config(urn, without_internal(old), without_internal(new))
        return Checked({**checked.inputs, **internal}, checked.failures)

    def diff(self, old: ResourceState, new: Props, ignored: Sequence[str]) -> Diff:
        if _is_builtin(old.urn):
            return Diff(changed=False)
        inputs, outputs = without_internal(old.inputs), without_internal(old.outputs)
        return self._loaded(old.urn).diff_config(old.urn, old.id, inputs, outputs, without_internal(new))

    def create(self, new: ResourceState, *, preview: bool) -> tuple[str, Props]:
        id_ = UNKNOWN_TEXT if preview else str(uuid.uuid4())
        self.activate(new.urn, id_, new.inputs)
        return id_, without_internal(new.inputs)

    def read(self, state: ResourceState) -> Live | None:
        return Live(state.id, state.inputs, state.outputs)

    def update(self, old: ResourceState, new: ResourceState, *, preview: bool) -> Props:
        self.activate(new.urn, old.id, new.inputs)
        return without_internal(new.inputs)

    def delete(self, old: ResourceState) -> None:
        """Does nothing: a provider is only configuration."""

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, Failures]:
        raise ProviderError(f"{token} is no function of a provider resource")


def _is_builtin(urn: str) -> bool:
    return package_of(type_of(urn)) == "pulumi"
