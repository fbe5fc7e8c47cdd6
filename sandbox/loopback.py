"""Loopback hosts: the only ones that the sandbox connects to."""

import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Whether a host is a loopback address, or `localhost` where that resolves to such addresses only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" and _resolves_to_loopback(host)


def _resolves_to_loopback(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(str(address[4][0])).is_loopback for address in found)
