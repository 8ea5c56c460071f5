"""Camera addresses: what may be dialled, how an address is taken apart, and what makes two addresses the same camera.

Pure. Everything here is asked twice: when a registrar writes an address and again by the gate when it opens one.
"""

from __future__ import annotations

import ipaddress
import posixpath
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from console.db.cameras import AddressKind
from console.kernel import Invalid, Secret

CAMERA_SCHEMES: Final = frozenset({"rtsp", "rtsps", "http", "https"})
DEMO_SCHEME: Final = "demo"
ENCRYPTED_SCHEMES: Final = frozenset({"rtsps", "https", DEMO_SCHEME})
DEFAULT_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443, DEMO_SCHEME: 0}
LONGEST: Final = 1024

# Recorders that name the channel in the query: without it every camera of one recorder would be "the same camera".
# Only for these paths, because a device that ignores the query would let one camera pass for many.
CHANNEL_KEYS: Final = {"/cam/realmonitor": "channel", "/axis-media/media.amp": "camera"}
# Main and sub-stream of one Hikvision channel: 101 and 102 are the same camera.
_HIKVISION: Final = re.compile(r"^(/(?:isapi/)?streaming/(?:channels|tracks)/\d+)\d\d$", re.IGNORECASE)
# What these recorders' queries say of the size and the transport of a picture, and never of which.
_SIZE_KEYS: Final = {
    "/cam/realmonitor": frozenset({"subtype", "unicast", "proto"}),
    "/axis-media/media.amp": frozenset({"resolution", "fps", "videocodec", "compression"}),
}
_LOCAL_SUFFIXES: Final = (".local", ".lan", ".internal", ".home.arpa", ".localdomain")
_NUMBER_LABEL: Final = re.compile(r"^(?:\d+|0x[0-9a-f]*)$")
_STREAM: Final = re.compile(r"rtsps?://|://\S*@", re.IGNORECASE)
_HOST_NAME: Final = re.compile(r"^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$")


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart. The log-in stays a `Secret`; `url()` is the only way back to one text."""

    scheme: str
    host: str
    port: int
    path: str
    query: str
    user: Secret
    password: Secret

    @property
    def encrypted(self) -> bool:
        return self.scheme in ENCRYPTED_SCHEMES

    @property
    def public(self) -> bool:
        """Whether the way to the camera may leave the station's own network. An unknown name counts as public."""
        if self.scheme == DEMO_SCHEME:
            return False
        try:
            number = ipaddress.ip_address(self.host)
        except ValueError:
            return "." in self.host and not self.host.endswith(_LOCAL_SUFFIXES)
        return _plain(number).is_global

    @property
    def identity(self) -> str:
        """Host, port and path in one spelling: what the keyed fingerprint is made of. Never the log-in."""
        path = _HIKVISION.sub(r"\1", _tidy_path(self.path))
        key = CHANNEL_KEYS.get(path)
        channel = _query_value(self.query, key) if key else ""
        return f"{self.host}:{self.port}{path}" + (f"?{key}={channel}" if channel else "")

    @property
    def way(self) -> str:
        """Like the identity, but of everything that may choose another picture, as it is sent: any query, any case.

        The identity folds what some device may take for the same, so that no camera passes for two. This folds only
        what no device takes for another.
        """
        path = _HIKVISION.sub(r"\1", self.path).rstrip("/")
        sizes = _SIZE_KEYS.get(_tidy_path(self.path), frozenset())
        told = "&".join(pair for pair in self.query.split("&") if _name_of(pair) not in sizes)
        return f"{self.host}:{self.port}{path}" + (f"?{told}" if told else "")

    def url(self) -> Secret:
        """Return the whole address with the log-in percent-encoded, as the worker wants it."""
        login = ""
        if self.user.reveal() or self.password.reveal():
            login = f"{quote(self.user.reveal(), safe='')}:{quote(self.password.reveal(), safe='')}@"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port != DEFAULT_PORTS[self.scheme] else ""
        query = f"?{self.query}" if self.query else ""
        return Secret(f"{self.scheme}://{login}{host}{port}{self.path}{query}")


def parse(
    text: Secret, login: tuple[Secret, Secret] | None = None, schemes: frozenset[str] = CAMERA_SCHEMES
) -> Address:
    """Take an address apart, or raise `Invalid` naming the field `address`. A given log-in wins over the text's."""
    raw = text.reveal().strip()
    _refuse_rubbish(raw)
    try:
        parts = urlsplit(raw)
        port = parts.port
        host_text = parts.hostname or ""
    except ValueError:
        raise _bad("address.malformed") from None
    if parts.scheme not in schemes:
        raise _bad("address.scheme")
    if parts.fragment:
        # A "#" in a typed password cuts the address in two; guessing which half was meant could dial a wrong host.
        raise _bad("address.login_in_own_fields")
    host = _host(host_text)
    if login is None:
        login = (Secret(unquote(parts.username or "")), Secret(unquote(parts.password or "")))
    path = parts.path or ("/" if parts.query else "")
    # `or` would take an explicit port 0 for "none given".
    chosen = DEFAULT_PORTS[parts.scheme] if port is None else port
    _refuse_two_channels(path, parts.query)
    return Address(parts.scheme, host, chosen, path, parts.query, *login)


def holds_address(text: str) -> bool:
    """Whether a camera's address stands in what everybody may read: a log-in in it would be kept in clear for ever."""
    return _STREAM.search(text) is not None


def _refuse_rubbish(raw: str) -> None:
    if not raw:
        raise _bad("address.missing")
    if len(raw) > LONGEST:
        raise _bad("address.too_long")
    if any(letter.isspace() or not letter.isprintable() or letter == "\\" for letter in raw):
        raise _bad("address.malformed")
    scheme, separator, rest = raw.partition("://")
    if not separator:
        raise _bad("address.scheme" if ":" in scheme else "address.malformed")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in rest and "@" not in authority and ":" in authority and not _ends_in_port(authority):
        # "rtsp://user:a/b@host": the password holds a mark that ends the host part.
        raise _bad("address.login_in_own_fields")


def _ends_in_port(authority: str) -> bool:
    return authority.rpartition(":")[2].isdigit() or authority.endswith("]")


def _host(text: str) -> str:
    """Return the host in one spelling; numbers in disguise (0x7f.1, 2130706433) would slip the fingerprint."""
    host = unquote(text).casefold().rstrip(".")
    if not host:
        raise _bad("address.host_missing")
    try:
        return _plain(ipaddress.ip_address(host.partition("%")[0])).compressed
    except ValueError:
        pass
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        raise _bad("address.host_malformed") from None
    if _NUMBER_LABEL.match(host.rpartition(".")[2]) or not _HOST_NAME.match(host):
        raise _bad("address.host_malformed")
    return host


def _plain(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address that an IPv6 text wraps, so that both spellings are one camera."""
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped is not None:
        return number.ipv4_mapped
    return number


def _tidy_path(path: str) -> str:
    folded = posixpath.normpath("/" + unquote(path).casefold().lstrip("/"))
    return "" if folded == "/" else folded


def _refuse_two_channels(path: str, query: str) -> None:
    """Which of two a recorder obeys is its own affair: the camera could pass for another."""
    key = CHANNEL_KEYS.get(_tidy_path(path))
    if key is not None and [_name_of(pair) for pair in re.split("[&;]", query)].count(key) > 1:
        raise _bad("address.two_channels")


def _name_of(pair: str) -> str:
    return unquote(pair.partition("=")[0]).casefold()


def _query_value(query: str, key: str) -> str:
    values = (pair.partition("=")[2] for pair in query.split("&") if _name_of(pair) == key)
    return unquote(next(values, "")).casefold()


def _bad(key: str) -> Invalid:
    return Invalid({"address": key})


def address_context(camera_id: str, kind: AddressKind = AddressKind.MAIN) -> str:
    """Return what a sealed address is bound to, so that it cannot be moved to another camera or another column."""
    column = "address" if kind is AddressKind.MAIN else "sub_address"
    return f"camera.{column}|{camera_id}"
