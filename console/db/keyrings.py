"""Where the station secret lies: the operating system's keyring (allow-listed back ends only), memory, or nowhere."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_log = logging.getLogger(__name__)
_SERVICE: Final = "ccoc-console"

ALLOWED_BACKENDS: Final = frozenset(
    {
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
    }
)
"""Back ends that keep a secret encrypted under the log-in. Plain-text and unknown ones count as none."""


class StationKeyring(Protocol):
    """Keeps one secret for each station."""

    def get(self, station_id: str) -> bytes | None:
        """Return the station secret, None if this keyring has none (or is none)."""

    def set(self, station_id: str, secret: bytes) -> bool:
        """Keep the station secret; False if this keyring cannot."""


class NoKeyring:
    """There is no keyring that may be used: passwords stand alone, and the self-test says so."""

    def get(self, station_id: str) -> bytes | None:  # noqa: ARG002 - the protocol's name
        return None

    def set(self, station_id: str, secret: bytes) -> bool:  # noqa: ARG002 - the protocol's names
        return False


class MemoryKeyring:
    """For the demonstration: gone with the program."""

    def __init__(self) -> None:
        self._secrets: dict[str, bytes] = {}

    def get(self, station_id: str) -> bytes | None:
        return self._secrets.get(station_id)

    def set(self, station_id: str, secret: bytes) -> bool:
        self._secrets[station_id] = secret
        return True


class LateKeyring:
    """A keyring that is looked for when it is first asked: that takes a tenth of a second, and nobody has come yet."""

    def __init__(self, find: Callable[[], StationKeyring]) -> None:
        self._find = find
        self._found: StationKeyring | None = None

    def get(self, station_id: str) -> bytes | None:
        return self._ring().get(station_id)

    def set(self, station_id: str, secret: bytes) -> bool:
        return self._ring().set(station_id, secret)

    def _ring(self) -> StationKeyring:
        # Two threads that come at once look twice and find the same.
        if self._found is None:
            self._found = self._find()
        return self._found


class OsKeyring:
    """The operating system's keyring, through one allow-listed back end."""

    def __init__(self, backend: KeyringBackend) -> None:
        if backend_name(backend) not in ALLOWED_BACKENDS:
            raise ValueError(f"not an allowed keyring: {backend_name(backend)}")
        self._backend = backend

    @property
    def name(self) -> str:
        """Return which keyring of the system this is: `WinVaultKeyring`, `SecretService.Keyring`."""
        return backend_name(self._backend).removeprefix("keyring.backends.")

    def get(self, station_id: str) -> bytes | None:
        try:
            text = self._backend.get_password(_SERVICE, f"station {station_id}")
        except Exception as error:  # noqa: BLE001 - back ends raise whatever their service raises
            _log.warning("the keyring did not answer: %s", type(error).__name__)
            return None
        return base64.b64decode(text) if text else None

    def set(self, station_id: str, secret: bytes) -> bool:
        try:
            self._backend.set_password(_SERVICE, f"station {station_id}", base64.b64encode(secret).decode("ascii"))
        except Exception as error:  # noqa: BLE001 - the same
            _log.warning("the keyring took nothing: %s", type(error).__name__)
            return False
        # A locked or half-working service may pretend; what cannot be read back is not there.
        return self.get(station_id) == secret


def backend_name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def find_keyring(candidates: Iterable[KeyringBackend] | None = None) -> StationKeyring:
    """Return the best allowed keyring of this machine, or `NoKeyring`. The library's own choice may be plain text."""
    if candidates is None:
        from keyring.backend import get_all_keyring

        candidates = get_all_keyring()
    allowed = [backend for backend in candidates if backend_name(backend) in ALLOWED_BACKENDS]
    if not allowed:
        return NoKeyring()
    return OsKeyring(max(allowed, key=lambda backend: float(backend.priority)))
