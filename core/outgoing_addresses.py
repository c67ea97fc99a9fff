"""Which addresses we call because somebody else named them: public ones only.

These are the endpoints of outgoing webhooks and of browsers' push services.

The form checks the URL, so that people see what is wrong with it. The check that protects us is
made for the IP address when its socket is opened: no host name, redirect or second answer of a DNS
server gets around it.
"""

import ipaddress
import re
import socket
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from yarl import URL

PORTS = {443, 8443}
LONGEST = 500
# A host that ends in a number is an IPv4 address in another form (2130706433, 127.1, 0x7f.0.0.1).
NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
NAME = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Python calls these networks public, but they are relays into IPv4, examples for documentation, or
# the host of a cloud.
RESERVED_NETWORKS = [
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
]


class ForbiddenAddress(OSError):  # noqa: N818 - an outcome of a delivery, not a bug
    """Always has the same message, so that nobody learns what a name resolves to."""

    def __init__(self) -> None:
        super().__init__("not a public address")


def find_url_fault(address: str) -> str | Promise:
    """Return what is wrong with a URL, or an empty text if it may be called."""
    try:
        url = URL(address)
        return next((message for is_wrong, message in _check(url) if is_wrong), "")
    except ValueError:
        return _("This is not an address.")


def _check(url: URL) -> Iterator[tuple[bool, str | Promise]]:
    allows_local = settings.WEBHOOKS_MAY_STAY_HERE
    host = (url.raw_host or "").rstrip(".")
    yield len(str(url)) > LONGEST, _("This address is too long.")
    yield (
        url.scheme not in ({"https", "http"} if allows_local else {"https"})
        or not NAME.fullmatch(host),
        _("Write the whole address, beginning with https://."),
    )
    yield (
        bool(url.user or url.password or url.fragment),
        _("An address with a name, a password or a # in it is not called."),
    )
    yield url.port not in PORTS and not allows_local, _("Webhooks go to port 443 or 8443.")
    yield (
        _is_number(host) and not may_be_called(host),
        _("This address leads into a private network."),
    )


def may_be_called(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if parsed.is_loopback and settings.WEBHOOKS_MAY_STAY_HERE:
        return True
    if parsed.version == 6 and parsed not in GLOBAL_UNICAST:  # noqa: PLR2004
        return False
    if parsed.is_multicast or not parsed.is_global:
        return False
    return not any(
        parsed in network for network in RESERVED_NETWORKS if network.version == parsed.version
    )


def open_guarded_socket(info: tuple[Any, ...]) -> socket.socket:
    """Open a socket for an entry of `getaddrinfo`, if its address may be called."""
    family, kind, protocol, _name, address = info
    if not may_be_called(address[0]):
        raise ForbiddenAddress
    return socket.socket(family, kind, protocol)


def _is_number(host: str) -> bool:
    return ":" in host or bool(NUMBER.fullmatch(host.rpartition(".")[2]))
