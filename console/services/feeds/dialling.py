"""From a view that stands in the journal to a stream: unseal its address, decide again, ask the engine, sign leases.

All of it from memory, so that the lease thread may do it too: the sealed addresses were read with the opening.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from console.db.store import Store
from console.db.vault import Vault
from console.kernel import (
    Clock,
    ConsoleError,
    Denied,
    DenyReason,
    EndReason,
    PixelSize,
    Secret,
)
from console.masking import Mask
from console.services.addresses import CAMERA_SCHEMES, Address, address_context, parse
from console.services.feeds.judge import END_OF, Judge
from console.services.feeds.live import LiveFeed
from console.services.feeds.pair import Engine, Line
from console.services.permits import Permit
from console.services.sessions import Sessions
from console.settings import GateSettings
from console.video.grants import Grant, Placement, SignedGrant, Signer, digest_of
from console.video.streams import StreamRequest, StreamStatus

LARGEST: Final = PixelSize(1920, 1080)

Heard = Callable[[LiveFeed, Line, StreamStatus], None]


@dataclass(frozen=True, slots=True)
class GateParts:
    """What the composition root hands to the gate."""

    store: Store
    vault: Vault
    engine: Engine
    signer: Signer
    sessions: Sessions
    clock: Clock
    settings: GateSettings
    schemes: frozenset[str] = CAMERA_SCHEMES


@dataclass(frozen=True, slots=True)
class Tenancy:
    """What leases are given for: one stream of a view, at one address, and what may be seen of it."""

    live: LiveFeed
    line: Line
    digest: str
    masks: tuple[Mask, ...]
    largest: PixelSize


def sign_lease(
    parts: GateParts, judge: Judge, tenancy: Tenancy, permit: Permit, place: Placement
) -> SignedGrant | None:
    """Return a grant that ends no later than the right does; None if either has ended."""
    live, now = tenancy.live, parts.clock.monotonic()
    deadline = now + min(parts.settings.lease_s, judge.seconds_left(permit.until))
    if deadline <= now or not live.granted(tenancy.line, deadline):
        return None
    grant = Grant(
        worker=place.worker,
        tile=place.tile,
        camera_id=live.camera_id,
        counter=place.counter,
        deadline=deadline,
        max_width=tenancy.largest.width,
        max_height=tenancy.largest.height,
        masks=tenancy.masks,
        address_digest=tenancy.digest,
    )
    return parts.signer.sign(grant)


class Dialler:
    """Opens a view's streams and answers for their leases. Needs no database; for any thread but the UI's."""

    def __init__(self, parts: GateParts, judge: Judge, look: Callable[[], None]) -> None:
        """`look`: asks the lease thread to look at all views now."""
        self._parts = parts
        self._judge = judge
        self._look = look

    def dial(self, live: LiveFeed, line: Line, heard: Heard) -> None:
        """Open one of the view's streams. Raises Denied, or what the engine raises."""
        address = self._unseal(live, line)
        line.way = digest_of(Secret(f"{address.host}:{address.port}{address.path}?{address.query}"))
        if not live.leads_elsewhere(line):
            return
        # A right that ended between the commit and here was announced before this view could be found.
        self.look_again(live)
        if live.ending is not None:
            return
        url, size = address.url(), live.size
        tenancy = Tenancy(live, line, digest_of(url), live.opened.camera.masks, LARGEST)
        request = StreamRequest(
            camera_id=live.camera_id,
            private=live.private,
            address=url,
            size=size,
            lease=functools.partial(self._lease, tenancy),
            on_status=functools.partial(heard, live, line),
        )
        live.attach(line, self._parts.engine.open(request), size)

    def dial_other(self, live: LiveFeed, line: Line, heard: Heard) -> None:
        """Open a further stream of a running view, which may be older than the key that opened its first one."""
        if not self._parts.sessions.is_keyed(live.opened.session):
            raise Denied(DenyReason.VAULT_LOCKED)
        self.dial(live, line, heard)

    def _unseal(self, live: LiveFeed, line: Line) -> Address:
        """Return the address to dial, after asking all its rules again: what was sealed is not trusted either."""
        camera, sealed = live.opened.camera, line.sealed
        try:
            text = self._parts.vault.unseal(sealed.text, address_context(camera.id, sealed.kind))
        except ConsoleError as locked:
            raise Denied(DenyReason.VAULT_LOCKED, cause=locked.key) from None
        try:
            address = parse(text, None, self._parts.schemes)
        except ConsoleError:
            raise Denied(DenyReason.FORBIDDEN_SCHEME) from None
        if address.public and not address.encrypted and not camera.unencrypted_override:
            raise Denied(DenyReason.UNENCRYPTED_PUBLIC)
        return address

    def _lease(self, tenancy: Tenancy, place: Placement) -> SignedGrant | None:
        """Answer the engine."""
        verdict = self._judge.again(tenancy.live)
        if verdict is None or isinstance(verdict, Denied):
            self._look()
            return None
        return sign_lease(self._parts, self._judge, tenancy, verdict, place)

    def look_again(self, live: LiveFeed) -> None:
        """End the view if it is no longer what the journal says it is."""
        verdict = self._judge.again(live)
        if verdict is None:
            live.end(EndReason.REPLACED)
        elif isinstance(verdict, Denied):
            live.end(END_OF.get(verdict.reason, EndReason.RIGHT_ENDED), verdict)
