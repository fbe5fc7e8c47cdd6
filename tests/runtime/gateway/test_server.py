"""The server's settings for its connections."""

import socket

import httpx

from tests.runtime.gateway.serving import running_server
from tests.runtime.gateway.world import Tenant


def test_small_chunks_of_a_stream_are_sent_at_once(acme: Tenant) -> None:
    """Nagle's algorithm would keep a second piece until the first is acknowledged: 40 ms more for each answer."""
    with running_server(acme.app()) as running, httpx.Client() as client:
        client.get(f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}/healthz")
        accepted = [each.transport.get_extra_info("socket") for each in running.server_state.connections]
        options = [each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for each in accepted]
    assert options
    assert all(options)
