"""Where the current act comes from, for the audit trail, without handing the request around."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# 192.0.2.1:443 and [2001:db8::1]:443
WITH_PORT = re.compile(r"^(?:\[([0-9a-fA-F:.%\w]+)\]|([0-9.]+))(?::[0-9]+)?$")


@dataclass(frozen=True)
class Origin:
    address: str | None = None
    user_agent: str = ""


NOWHERE = Origin()

_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    return _origin.get()


def remember_origin(request: HttpRequest) -> None:
    _origin.set(Origin(client_address(request), request.headers.get("User-Agent", "")[:200]))


def client_address(request: HttpRequest) -> str | None:
    """Return the visitor's full address in its normal form, or None if there is none.

    Behind our own proxy it is the last one that the proxy wrote down: anyone can claim the others.
    """
    forwarded = request.headers.get("X-Forwarded-For") if settings.TRUSTED_PROXY else None
    said = forwarded.rsplit(",", 1)[-1] if forwarded else request.META.get("REMOTE_ADDR") or ""
    address = _parsed(said.strip())
    return str(address) if address else None


def client_network(request: HttpRequest) -> str:
    """Return what limits count a visitor by: the IPv4 address, or the first 64 bits of an IPv6 one.

    A household is given all addresses of its /64, so a limit by address would count nothing.
    """
    address = _parsed(client_address(request) or "")
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, settings.ALLAUTH_RATE_LIMIT_IPV6_PREFIX), strict=False))
    return str(address) if address else "unknown"


def _parsed(said: str) -> IPv4Address | IPv6Address | None:
    """Some proxies write a port behind the address, and sockets for both families map IPv4."""
    bare = WITH_PORT.sub(r"\1\2", said).partition("%")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
