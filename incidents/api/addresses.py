"""Where a request comes from: the peer of the connection, or what the configured proxies heard of it."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

_SUBSCRIBER = 64  # bits of an IPv6 address that a provider gives to one customer


def address_of(request: HttpRequest) -> str:
    """Return the address of a caller; of IPv6 the network of one customer.

    With ``n`` trusted proxies each adds whom it heard to ``X-Forwarded-For``: the n-th from the right was
    written by the outermost of ours, all to its left by anybody. Without a proxy, or past it, the header is
    not looked at; nor is ``Forwarded``, ever.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    if count := settings.TRUSTED_PROXIES:
        heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(heard) >= count and (told := _normal(heard[-count])):
            return told
    return _normal(peer) or peer


def _normal(told: str) -> str:
    """Return an address as it is counted; empty for what is none."""
    told = told.strip()
    if told.startswith("["):
        told = told[1:].partition("]")[0]
    elif told.count(":") == 1:  # IPv4 with a port, as some proxies write it
        told = told.partition(":")[0]
    try:
        address = ip_address(told.partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _SUBSCRIBER), strict=False))
