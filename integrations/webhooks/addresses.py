"""Where webhooks may go: public addresses alone, however they are written or named.

A form says what is wrong with an address. What holds is the check of the very address that is
connected to, when its socket is made: no name, redirect or second answer of a DNS server gets
round it.
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
# What ends in a number is an IPv4 address in disguise (2130706433, 127.1, 0x7f.0.0.1).
NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
NAME = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Public by their form, or to this Python, yet each leads elsewhere: into IPv4 by way of a relay,
# into examples of books, or to the host of a cloud.
LEADING_ELSEWHERE = [
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


class ForbiddenAddress(OSError):  # noqa: N818 - told as an answer, not as a mishap
    """Always in the same words, for what a name resolves to is nobody's business."""

    def __init__(self) -> None:
        super().__init__("not a public address")


def what_is_wrong(address: str) -> str | Promise:
    """Nothing, for an address that may be called."""
    try:
        url = URL(address)
        return next((words for is_so, words in _faults(url) if is_so), "")
    except ValueError:
        return _("This is not an address.")


def _faults(url: URL) -> Iterator[tuple[bool, str | Promise]]:
    free = settings.WEBHOOKS_MAY_STAY_HERE
    host = (url.raw_host or "").rstrip(".")
    yield len(str(url)) > LONGEST, _("This address is too long.")
    yield (
        url.scheme not in ({"https", "http"} if free else {"https"}) or not NAME.fullmatch(host),
        _("Write the whole address, beginning with https://."),
    )
    yield (
        bool(url.user or url.password or url.fragment),
        _("An address with a name, a password or a # in it is not called."),
    )
    yield url.port not in PORTS and not free, _("Webhooks go to port 443 or 8443.")
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
        parsed in network for network in LEADING_ELSEWHERE if network.version == parsed.version
    )


def guarded_socket(info: tuple[Any, ...]) -> socket.socket:
    """For the address of `getaddrinfo`'s line, if it may be called."""
    family, kind, protocol, _name, address = info
    if not may_be_called(address[0]):
        raise ForbiddenAddress
    return socket.socket(family, kind, protocol)


def _is_number(host: str) -> bool:
    return ":" in host or bool(NUMBER.fullmatch(host.rpartition(".")[2]))
