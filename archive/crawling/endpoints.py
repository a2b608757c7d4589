"""Decides where connections go: by the operator's CONNECT_TO rules, and else to public addresses only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any

from scrapy.exceptions import IgnoreRequest
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import (
    IHostnameResolver,
    IReactorPluggableNameResolver,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.python.failure import Failure
from twisted.web.client import URI, _StandardEndpointFactory
from zope.interface import implementer

from archive.crawling.connect_to import ConnectTo

#: NAT64 (RFC 6052): carries an IPv4 address in its last 32 bits.
_NAT64 = IPv6Network("64:ff9b::/96")


class PrivateAddressError(IgnoreRequest):
    """A host resolves to private, loopback, link-local or otherwise not public addresses only."""


def is_public(address: str) -> bool:
    """Return whether an IP address is one that the public internet routes (IANA special-purpose registries).

    >>> [is_public(a) for a in ("1.1.1.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::7f00:1")]
    [True, False, False, False, False]
    """
    ip = ip_address(address.partition("%")[0])
    if ip.version == 6:
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Hands public addresses on and remembers the others."""

    def __init__(self, receiver: Any, refused: list[str]):
        self._receiver = receiver
        self._refused = refused
        self.resolutionBegan: Callable[..., None] = receiver.resolutionBegan
        self.resolutionComplete: Callable[[], None] = receiver.resolutionComplete

    def addressResolved(self, address: Any) -> None:
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            self._refused.append(address.host)


@implementer(IReactorPluggableNameResolver, IHostnameResolver)
class _PublicReactor:
    """A reactor that resolves names to public addresses only, and remembers the others."""

    def __init__(self, reactor: Any):
        self._reactor = reactor
        self.refused: list[str] = []

    @property
    def nameResolver(self) -> _PublicReactor:
        return self

    def resolveHostName(self, resolutionReceiver: Any, *arguments: Any, **options: Any) -> Any:
        receiver = _PublicOnly(resolutionReceiver, self.refused)
        return self._reactor.nameResolver.resolveHostName(receiver, *arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)


@implementer(IStreamClientEndpoint)
class PublicEndpoint:
    """Connects to public addresses only, whatever the name resolves to, at the moment of connecting."""

    def __init__(self, reactor: Any, host: str, port: int, **options: Any):
        self._host = host
        self._reactor = _PublicReactor(reactor)
        self._endpoint = HostnameEndpoint(self._reactor, host, port, **options)

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        connected: Deferred[Any] = self._endpoint.connect(protocolFactory)
        return connected.addErrback(self._explain)

    def _explain(self, failure: Failure) -> Failure:
        if failure.check(DNSLookupError) and self._reactor.refused:
            addresses = ", ".join(self._reactor.refused)
            return Failure(PrivateAddressError(f"{self._host} is at a private address ({addresses}): refused"))
        return failure


@implementer(IStreamClientEndpoint)
class _LateEndpoint:
    """An endpoint that is made when something connects to it.

    Most requests find a connection that was kept alive, and the settings of a TLS connection take long to put together.
    """

    def __init__(self, make: Callable[[], Any]):
        self._make = make

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        connected: Deferred[Any] = self._make().connect(protocolFactory)
        return connected


class EndpointFactory(_StandardEndpointFactory):
    """Makes the endpoint for a URL; a CONNECT_TO target is the operator's word and may be private."""

    def __init__(self, connect_to: ConnectTo, allow_private: bool, standard: _StandardEndpointFactory):
        super().__init__(standard._reactor, standard._policyForHTTPS, standard._connectTimeout, standard._bindAddress)
        self._connect_to = connect_to
        self._allow_private = allow_private

    def endpointForURI(self, uri: URI) -> Any:
        return _LateEndpoint(partial(self._endpoint, uri))

    def _endpoint(self, uri: URI) -> Any:
        host = uri.host.decode("ascii")
        target = self._connect_to.target(host, uri.port)
        operator_allows = self._allow_private or (target is not None and target.host is not None)
        endpoint_class = HostnameEndpoint if operator_allows else PublicEndpoint
        to_host = target.host if target and target.host else host
        to_port = target.port if target and target.port else uri.port
        endpoint = endpoint_class(
            self._reactor, to_host, to_port, timeout=self._connectTimeout, bindAddress=self._bindAddress
        )
        if uri.scheme == b"https":
            return wrapClientTLS(self._policyForHTTPS.creatorForNetloc(uri.host, uri.port), endpoint)
        return endpoint
