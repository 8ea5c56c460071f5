"""One stream on one tile: whichever of bridge and player shows now what the intake of its address brings.

The bridge (PyAV) shows the current picture at once; the player (libVLC) starts at the next key picture and takes over
when it has come as far as the bridge, so that the picture never goes back in time. A change of size goes the same way.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from console.kernel import Fault, PixelSize, StreamFacts, TileState
from console.video.bridge import BridgeBroken
from console.video.connection import Phase
from console.video.crossing import Crossing
from console.video.easing import Eased, Load, Thinning
from console.video.fitting import fit
from console.video.grants import Grant
from console.video.host import ChannelState, Host
from console.video.ingest import Packet, SourceFacts
from console.video.intake import Intake
from console.video.player import Player
from console.video.playing import Playing
from console.video.pulse import Pulse
from console.video.screen import Pen, Screen

log = logging.getLogger(__name__)

_STUCK_S: Final = 8.0
"""Packets come but no picture is decoded: a new player after this, a new connection after twice this."""

_LAG_PAUSE_S: Final = 10.0
"""A player that lags behind is given so long before it is replaced; each time twice as long as before."""

_LONGEST_LAG_PAUSE_S: Final = 160.0

_PATIENCE_S: Final = 0.02
"""On a machine with too much work a bridge may decode for long: the worker's other tiles do not wait for it."""

_OUTGROWN_S: Final = 2.5
"""A picture that is too large is scaled down by the wall until the next key picture, but no longer than this."""

_BLUR_FACTOR: Final = 2
"""Shown at half the camera's size or less, skipping the loop filter cannot be seen."""


class Channel:
    """Made for one `Open`. The commands and `tick` come from the worker's control thread."""

    def __init__(self, screen: Screen, grant: Grant, host: Host, intake: Intake) -> None:
        self.grant = grant
        self.content = False
        self._screen = screen
        self._host = host
        self._thinning = Thinning()
        self._intake = intake
        self._lock = intake.lock
        self._ring = intake.ring
        self._connections = 0
        self._box = PixelSize(0, 0)
        self._facts: SourceFacts | None = None
        self._bridge: Crossing | None = None
        self._current: Playing | None = None
        self._next: Playing | None = None
        self._outgrown_at = 0.0
        self._lag_pause_s = _LAG_PAUSE_S
        self._closed = False
        self._pulse = Pulse(host.settings.stale_after_s, intake.arrivals)

    # Commands

    def start(self, box: PixelSize) -> None:
        with self._lock:
            self._box = box
            intake = self._intake
            if intake.lost_at is not None:
                self._pulse.lost(intake.lost_at)
            if intake.facts is not None and intake.connection.phase is Phase.UP:
                self.connected(intake.facts)
                if self._ring.held:
                    self._bridge_over()
            intake.join(self)

    def resize(self, box: PixelSize) -> None:
        """Show in another size, or (0×0) keep the ring warm only."""
        with self._lock:
            if self._closed or box == self._box:
                return
            self._settle()
            self._box = box
            if box.width and box.height:
                if self._outgrown():
                    # Its picture is current and sharp enough: the next key picture begins one of the right size.
                    self._drop_next()
                    self._outgrown_at = time.monotonic()
                else:
                    self._bridge_over()
            else:
                self._screen.holder = None
                self._drop_bridge()
                self._drop_players()

    def close(self, done: Callable[[], None]) -> None:
        """Stop everything; `done` is called, on any thread, once nothing is written any more and the slots are zero.

        Does not wait: on a busy machine the lock may be held for long by a thread that has to give way.
        """
        self._closed = True
        self._screen.close()
        self._intake.leave(self)
        blank = self._screen.blank_if_idle()
        if blank:
            done()

        def finish() -> None:
            with self._lock:
                self._drop_bridge()
                players = [playing for playing in (self._current, self._next) if playing is not None]
                self._current = self._next = None
                self._host.pace.starting.pop(self, None)
            for playing in players:
                playing.player.stop()
            if not blank:
                # What was being drawn is done, or given up, now that the players have stopped.
                self._screen.blank_when_idle()
                done()

        self._host.background(finish)

    def tick(self, now: float) -> ChannelState | None:
        """Look after everything; returns what there is to say; None while a decoder is at work."""
        if not self._lock.acquire(timeout=_PATIENCE_S):
            return None
        try:
            if not self._closed:
                self._settle()
                self._watch(now)
            return self._state(now)
        finally:
            self._lock.release()

    def load(self) -> Load | None:
        """Say how large this tile is and how far behind; None if it shows nothing."""
        box = self._box
        behind_ms = self._intake.arrivals.behind_s * 1000.0
        return Load(box.width * box.height, self._pulse.latency_ms, behind_ms) if box.width else None

    def ease(self, level: Eased) -> None:
        """Leave out so much from now on."""
        self._thinning.level = level

    def glance(self, now: float) -> ChannelState | None:
        """Look only whether a picture is there, between two ticks; None if that would mean to wait for a decoder."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            self._pulse.shown(self._screen.shown_ns / 1e9, self._screen.writer.sequence)
            return self._state(now)
        finally:
            self._lock.release()

    # What the intake calls, on its connection's thread and with the lock

    def connected(self, facts: SourceFacts) -> None:
        if self._closed:
            return
        self._connections += 1
        self._drop_bridge()
        # What ran until now ends; its last picture stays, and grows old.
        self._screen.holder = None
        self._drop_players()
        self._facts = facts
        self._pulse.connected(time.monotonic())

    def packet(self, packet: Packet, arrived_ns: int, *, gap: bool) -> None:
        if self._closed:
            return
        self._settle()
        wanted = self._facts is not None and self._thinning.wants(packet, self._facts.codec, self._intake.arrivals.rate)
        if gap:
            self._after_gap()
        if not wanted:
            self._feed_beginner(packet)
            return
        if not gap and packet.is_key and self._box.width and self._next is None:
            current = self._current
            if current is None or current.box != self._box:
                self._start_player()
        if self._bridge is not None and self._bridge.live:
            self._bridge_packet(self._bridge, packet, arrived_ns)
        for playing in (self._current, self._next):
            if playing is not None:
                self._feed(playing, packet)

    def lost(self, now: float) -> None:
        self._pulse.lost(now)

    # Inside, under the lock

    def _start_player(self) -> None:
        """Begin a player at this key picture; on a cold start a bridge as well, which shows it without delay."""
        facts = self._facts
        size = self._fitted()
        if facts is None or size is None:
            return
        if self._current is None and self._bridge is None:
            bridge = self._begin_bridge(facts, size)
            if bridge is not None:
                bridge.live = True
        now = time.monotonic()
        if not self._intake.arrivals.steady(now) or not self._host.pace.may_start(self, now):
            return
        playing: Playing | None = None

        def drawn(new: bool) -> None:  # noqa: FBT001 - called by the pen for every picture
            if playing is not None:
                self._drawn_aside(playing, new)

        pen = Pen(self._screen, size.width, size.height, drawn)
        filtered = self._filters(size)
        options = () if filtered else (":avcodec-skiploopfilter=4",)
        if self._host.settings.hardware_decoding:
            # With pictures in our memory libVLC would not even try; what finds no card decodes as without it.
            options = (*options, ":avcodec-hw=any")
        player = Player(self._host.engine, pen, facts.codec, options)
        playing = Playing(player, self._ring.total, self._box, time.monotonic(), filtered)
        if self._current is not None:
            playing.follow(self._intake.arrivals.rate)
        self._next = playing
        player.start()

    def _outgrown(self) -> bool:
        """Tell whether the player on the screen draws as large as is asked for, or larger."""
        current = self._current
        if current is None or self._bridge is not None:
            return False
        return self._box.width <= current.box.width and self._box.height <= current.box.height

    def _filters(self, size: PixelSize) -> bool:
        """Tell whether the loop filter is worth its work: at half the camera's size it cannot be seen."""
        width = 0 if self._facts is None else self._facts.stream.width
        return size.width * _BLUR_FACTOR > width and self._thinning.level < Eased.LOOP_FILTER

    def _drawn_aside(self, playing: Playing, new: bool) -> None:  # noqa: FBT001 - as above
        """A player that is not on the screen drew a picture. On libVLC's thread: no lock."""
        if playing is not self._next:
            return
        now = time.monotonic()
        if not playing.first_at:
            # From here on bridge or player before stand still, so that this one can draw level with it.
            playing.first_at = now
            before = self._current
            if before is not None:
                before.player.pen.resting = True
        playing.shown += new
        if playing.is_level(now, self._pulse.arrivals.rate):
            self._screen.holder = playing.player.pen

    def _settle(self) -> None:
        """Finish a take-over that libVLC's thread began, or undo one by a player that had just been let go."""
        playing, holder = self._next, self._screen.holder
        if playing is not None and holder is playing.player.pen:
            self._retire(self._current)
            self._current, self._next = playing, None
            self._host.pace.starting.pop(self, None)
            self._forget_lag()
            self._drop_bridge()
        elif playing is None:
            self._give_back()

    def _give_back(self) -> None:
        """Nobody is on the way: a screen that is in use belongs to the player there is, or else to the bridge."""
        if self._screen.holder is None:
            return
        owner: Pen | None = None
        if self._current is not None:
            owner = self._current.player.pen
            owner.resting = False
        elif self._bridge is not None:
            owner = self._bridge.pen
        self._screen.holder = owner

    def _feed(self, playing: Playing, packet: Packet) -> None:
        playing.fed += 1
        if not playing.player.put(packet):
            log.warning("A player takes no more; it is replaced")
            self._renew_player(playing)

    def _feed_beginner(self, packet: Packet) -> None:
        """Until it draws, a player collects what it will stay behind for ever: nothing is left out for it so long."""
        following = self._next
        if following is not None and not following.first_at:
            self._feed(following, packet)

    def _renew_player(self, playing: Playing) -> None:
        if playing is self._next:
            self._drop_next()
            if self._current is None and self._bridge is None:
                self._bridge_over()
        elif playing is self._current:
            self._current = None
            self._forget_lag()
            self._bridge_over(keep_players=True)
            self._retire(playing)

    def _after_gap(self) -> None:
        """What was held up comes now: a player would show it at its own pace and stay late. The bridge does not."""
        if self._box.width and (self._current is not None or self._next is not None):
            self._drop_bridge()
            self._drop_players()
            self._bridge_over()

    # The bridge

    def _begin_bridge(self, facts: SourceFacts, size: PixelSize) -> Crossing | None:
        try:
            bridge = Crossing(self._screen, self._ring, facts, size)
        except BridgeBroken:
            return None
        self._bridge = bridge
        if self._current is None:
            self._screen.holder = bridge.pen
        return bridge

    def _bridge_over(self, *, keep_players: bool = False) -> None:
        """Show the current picture in the present size at once, and let a new player follow at the next key picture."""
        facts, size = self._facts, self._fitted()
        if not keep_players:
            self._drop_next()
        if facts is None or size is None or self._intake.connection.phase is not Phase.UP:
            return
        if self._bridge is not None:
            # Already decoding: the next picture simply comes out in the new size.
            self._bridge.resize(size)
            if self._current is None:
                self._screen.holder = self._bridge.pen
            return
        bridge = self._begin_bridge(facts, size)
        if bridge is not None:
            self._host.background(lambda: self._catch_up(bridge))

    def _catch_up(self, bridge: Crossing) -> None:
        """Decode the cached group of pictures, then hand over to the connection's thread. On a thread of its own."""
        while True:
            with self._lock:
                if self._bridge is not bridge or self._closed:
                    return
                cached = bridge.cached()
                if not cached:
                    self._arrive(bridge)
                    return
            for number, held in cached:
                self._count(bridge.decode(held.packet, number, held.arrived_ns))

    def _arrive(self, bridge: Crossing) -> None:
        """The bridge has caught up: it shows its picture in the place of the player before."""
        if not bridge.has_picture:
            # Nothing in the ring can be decoded: what is shown goes on until the next key picture.
            self._drop_bridge()
            return
        bridge.live = True
        old, self._current = self._current, None
        self._screen.holder = bridge.pen
        self._retire(old)
        bridge.show()

    def _bridge_packet(self, bridge: Crossing, packet: Packet, arrived_ns: int) -> None:
        following = self._next
        if following is not None and following.first_at:
            bridge.torn = True
            return
        numbers = bridge.decode(packet, self._ring.total, arrived_ns)
        self._count(numbers)
        if numbers:
            bridge.show()

    def _count(self, numbers: list[int]) -> None:
        following = self._next
        if following is not None:
            following.count(numbers)

    def _drop_bridge(self) -> None:
        if self._bridge is not None:
            self._host.untidy.set()
        self._bridge = None

    def _forget_lag(self) -> None:
        """It was that of a player which has gone; the bridge has none."""
        self._pulse.renewed()
        self._screen.lag_ns = 0

    def _drop_players(self) -> None:
        self._forget_lag()
        self._retire(self._current)
        self._current = None
        self._drop_next()

    def _drop_next(self) -> None:
        """Let the player on its way go, and give its place back."""
        self._host.pace.starting.pop(self, None)
        self._retire(self._next)
        self._next = None
        if self._bridge is not None and self._bridge.torn:
            self._drop_bridge()
        self._give_back()

    def _retire(self, playing: Playing | None) -> None:
        if playing is not None:
            playing.player.shut()

            self._host.background(playing.player.stop)

    def _fitted(self) -> PixelSize | None:
        if self._facts is None or not self._box.width or not self._box.height:
            return None
        return fit(self._box, self.grant, self._facts)

    # The watchdog

    def _watch(self, now: float) -> None:
        current, following = self._current, self._next
        if following is not None and not following.first_at and now - following.began > _STUCK_S:
            # It never drew a picture. The bridge goes on, and the next key picture has a new player.
            self._renew_player(following)
        if current is not None:
            self._measure(current, now)
            self._look_after(current, now)
        self._pulse.shown(self._screen.shown_ns / 1e9, self._screen.writer.sequence)
        stuck = self._pulse.stuck_s(now)
        self.content = bool(self._box.width) and self._pulse.started and stuck < _STUCK_S
        if self._intake.connection.phase is not Phase.UP or not self._box.width:
            return
        if stuck > 2 * _STUCK_S:
            self._pulse.restarted(now)
            self._intake.reconnect(Fault.BROKEN_STREAM)
        elif stuck > _STUCK_S and not self._pulse.retried:
            self._pulse.retried = True
            # The next key picture starts anew. What is cached is not shown again: it was no picture, or an old one.
            self._screen.holder = None
            self._drop_bridge()
            self._drop_players()

    def _measure(self, current: Playing, now: float) -> None:
        """Take libVLC's counts: what was decoded, and how late it is shown."""
        stats = current.player.stats()
        decoded_after = self._pulse.decoded(stats[0], now)
        if decoded_after is not None:
            self._screen.moved_ns = int(decoded_after * 1e9)
        self._pulse.lag(current.fed - stats[1] - stats[2])
        arrivals = self._intake.arrivals
        lag_s = self._pulse.latency_ms / 1e3 if self._pulse.late else 0.0
        self._screen.lag_ns = int((lag_s + (arrivals.behind_s if arrivals.behind else 0.0)) * 1e9)

    def _look_after(self, current: Playing, now: float) -> None:
        """Replace a player that is late, of another size, or whose options are not right any more."""
        size = self._fitted()
        if self._pulse.late:
            self._replace_late(current, now)
        elif current.box != self._box:
            if self._next is None and self._bridge is None and now - self._outgrown_at > _OUTGROWN_S:
                self._bridge_over()
        elif size is not None and current.filtered != self._filters(size) and self._host.pace.may_renew(now):
            # Its options are for life.
            self._renew_player(current)
        elif now - current.began > 2 * self._lag_pause_s:
            self._lag_pause_s = _LAG_PAUSE_S

    def _replace_late(self, current: Playing, now: float) -> None:
        if now - current.began > self._lag_pause_s and self._host.pace.may_renew(now):
            self._lag_pause_s = min(2 * self._lag_pause_s, _LONGEST_LAG_PAUSE_S)
            log.warning("A player fell behind; it is replaced")
            self._renew_player(current)

    def _state(self, now: float) -> ChannelState:
        intake, connection, pulse = self._intake, self._intake.connection, self._pulse
        facts = StreamFacts() if self._facts is None else replace(self._facts.stream, rate=intake.arrivals.rate)
        state, fault = pulse.state(now, connection.phase, connection.fault, warm_only=not self._box.width)
        return ChannelState(
            state=state,
            fault=fault,
            attempt=0 if state is TileState.LIVE else connection.attempt,
            packets=intake.arrivals.packets,
            decoded=self._screen.writer.sequence,
            latency_ms=pulse.latency_ms,
            facts=facts,
            kbps=intake.meter.kbps(now),
            connections=self._connections,
            eased=self._thinning.level,
            shown_rate=self._thinning.rate(intake.arrivals.rate),
        )
