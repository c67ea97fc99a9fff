"""Parses lists of networks: of where people may work and keys may be used from."""

import ipaddress
import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_NETWORKS = 50


def parse_networks(text: str) -> list[Network]:
    """Return the networks in a text with one a line, or separated by commas or spaces."""
    networks: list[Network] = []
    for word in re.split(r"[\s,;]+", text.strip()):
        if not word:
            continue
        try:
            networks.append(ipaddress.ip_network(word, strict=False))
        except ValueError as error:
            raise ValidationError(
                _("“%(word)s” is no address. Write it like 190.15.128.7 or 190.15.128.0/24.")
                % {"word": word[:60]}
            ) from error
    if len(networks) > MAX_NETWORKS:
        raise ValidationError(_("These are more than %(most)s addresses.") % {"most": MAX_NETWORKS})
    return networks


def normalize_networks(text: str) -> str:
    """Return the same networks, each once and one a line."""
    return "\n".join(dict.fromkeys(str(network) for network in parse_networks(text)))


def validate_networks(text: str) -> None:
    parse_networks(text)


def contains_address(text: str, address: str | None) -> bool:
    """Return whether one of the networks contains this address. None is in no network."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in parse_networks(text))


def suggest_network(address: str | None) -> str:
    """Return what to type to allow this address. For IPv6 it is the /64, because browsers keep
    changing their address within it."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)
