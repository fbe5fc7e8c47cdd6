"""The configured providers of a deployment, by reference (`<urn>::<id>`), and providers as resources of their own."""

import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from sandbox.engine.builtin import BuiltinProvider, UnconfiguredProvider
from sandbox.engine.diff import Diff
from sandbox.engine.plugins import PluginError, PluginHost
from sandbox.engine.provider import INTERNAL_KEY, Checked, Live, PluginProvider, Provider, ProviderError
from sandbox.engine.state import ResourceState
from sandbox.engine.urn import ProviderRef, package_of, parse_provider_ref, type_of
from sandbox.engine.values import UNKNOWN_TEXT, Props, has_unknowns


class ProviderRegistry:
    """Loads and configures providers on demand. Thread-safe.

    It is itself the provider of provider resources: check, diff and create of `pulumi:providers:x` end in CheckConfig,
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

    # --- providers to others ---

    def get(self, reference: str, find: Callable[[ProviderRef], ResourceState | None]) -> Provider:
        """The provider of a reference, started from its state where nothing has configured it yet. Raises
        ProviderError.
        """
        with self._lock:
            ready = self._ready.get(reference)
            loading = self._loading.setdefault(reference, threading.Lock())
        if ready is not None:
            return ready
        with loading:
            with self._lock:
                ready = self._ready.get(reference)
            if ready is not None:
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
            plugin = self._take(urn)
            plugin.configure(urn, id_, inputs)
            provider = plugin
        with self._lock:
            self._ready[str(ProviderRef(urn, id_))] = provider
        return provider

    def diff_config(self, urn: str, old: Props, new: Props) -> Diff:
        """What it would mean for resources to move from a provider configured with `old` to one with `new`."""
        if _is_builtin(urn):
            return Diff(changed=False)
        return self._loaded(urn).diff_config(urn, "", _public(old), _public(old), _public(new))

    def cancel(self) -> None:
        """Tells the plugins that the deployment was given up; those that do not listen are ended anyway."""
        for plugin in list(self._plugins):
            with suppress(ProviderError):
                plugin.cancel()

    def _take(self, urn: str) -> PluginProvider:
        with self._lock:
            plugin = self._unconfigured.pop(urn, None)
        return plugin or self._load(urn)

    def _loaded(self, urn: str) -> PluginProvider:
        with self._lock:
            loading = self._loading.setdefault(urn, threading.Lock())
        with loading:
            with self._lock:
                plugin = self._unconfigured.get(urn)
            if plugin is None:
                plugin = self._load(urn)
                with self._lock:
                    self._unconfigured[urn] = plugin
            return plugin

    def _load(self, urn: str) -> PluginProvider:
        try:
            process = self._host.start(package_of(type_of(urn)))
        except PluginError as error:
            raise ProviderError(str(error)) from error
        plugin = PluginProvider(process, self._engine_address)
        with self._lock:
            self._plugins.append(plugin)
        return plugin

    # --- provider of providers ---

    def check(self, urn: str, old: Props, new: Props) -> Checked:
        if _is_builtin(urn):
            return Checked(new)
        internal = {key: value for key, value in new.items() if key in (INTERNAL_KEY, "version")}
        checked = self._loaded(urn).check_config(urn, _public(old), _public(new))
        return Checked({**checked.inputs, **internal}, checked.failures)

    def diff(
        self,
        urn: str,
        id_: str,
        old_inputs: Props,
        old_outputs: Props,
        new: Props,
        ignored: Sequence[str],
    ) -> Diff:
        if _is_builtin(urn):
            return Diff(changed=False)
        return self._loaded(urn).diff_config(urn, id_, _public(old_inputs), _public(old_outputs), _public(new))

    def create(self, urn: str, inputs: Props, *, timeout: float, preview: bool) -> tuple[str, Props]:
        id_ = UNKNOWN_TEXT if preview else str(uuid.uuid4())
        self.activate(urn, id_, inputs)
        return id_, _public(inputs)

    def read(self, urn: str, id_: str, inputs: Props, outputs: Props, *, timeout: float) -> Live | None:
        return Live(id_, inputs, outputs)

    def update(
        self,
        urn: str,
        id_: str,
        old_inputs: Props,
        old_outputs: Props,
        new: Props,
        ignored: Sequence[str],
        *,
        timeout: float,
        preview: bool,
    ) -> Props:
        self.activate(urn, id_, new)
        return _public(new)

    def delete(self, urn: str, id_: str, inputs: Props, outputs: Props, *, timeout: float) -> None:
        """A provider is nothing but its configuration."""

    def invoke(self, token: str, args: Props, *, preview: bool) -> tuple[Props, tuple[tuple[str, str], ...]]:
        raise ProviderError(f"{token} is no function of a provider resource")


def _is_builtin(urn: str) -> bool:
    return package_of(type_of(urn)) == "pulumi"


def _public(props: Props) -> dict[str, Any]:
    return {key: value for key, value in props.items() if key != INTERNAL_KEY}
