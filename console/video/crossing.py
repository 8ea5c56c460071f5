"""A bridge on its way from the last key picture to the present, and from there on along with what comes."""

from __future__ import annotations

from console.kernel import PixelSize
from console.video.bridge import Bridge
from console.video.ingest import Packet, SourceFacts
from console.video.ring import Held, Ring
from console.video.screen import Pen, Screen


class Crossing:
    """One bridge of one channel, and its pen. It has no lock: everything is called with that of the intake.

    Only `decode` is called without it as well, by the one thread that catches up, and by no other until `live` is set.
    """

    def __init__(self, screen: Screen, ring: Ring, facts: SourceFacts, size: PixelSize) -> None:
        """Begin; raises BridgeBroken. Nothing is shown before `show` is called."""
        self._screen = screen
        self._ring = ring
        self._bridge = Bridge(facts)
        self._done = ring.total - ring.held
        self.live = False
        """It is at the present: from now on each packet is given to it as it comes."""

        self.torn = False
        """Packets were kept from it while it stood still for a player: what follows would be patched from old ones."""

        self.resize(size)

    def resize(self, size: PixelSize) -> None:
        """The next picture comes out in this size, with a new pen."""
        self.pen = Pen(self._screen, size.width, size.height)

    def cached(self) -> list[tuple[int, Held]]:
        """Take what the ring has got since the last time, with its numbers; the first time all that it holds."""
        packets = self._ring.after(self._done)
        self._done = self._ring.total
        return list(enumerate(packets, self._done - len(packets) + 1))

    def decode(self, packet: Packet, number: int, arrived_ns: int) -> list[int]:
        """Take one packet and show nothing; returns the numbers of the pictures that came out."""
        return self._bridge.decode(packet, number, arrived_ns)

    @property
    def has_picture(self) -> bool:
        return self._bridge.has_picture

    def show(self) -> None:
        """Draw the newest picture."""
        self.pen.arrived_ns = self._bridge.newest_ns
        self._bridge.draw(self.pen)
