"""A worker that behaves as its addresses say: `scripted://camera/behaviour`. A real process, for the engine's tests.

Speaks the real protocol and writes into the real memory; knows no cameras. Run as `python scripted_worker.py`.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console.kernel import Fault, Secret, StreamFacts, TileState
from console.video import protocol
from console.video.frames import FrameMap, TileWriter
from console.video.grants import GrantRefused, Verifier
from console.video.protocol import Close, Closed, Fatal, Heartbeat, Hello, Message, Open, Ready, Renew, Resize, Status

RATE = 30.0
WIDTH, HEIGHT = 320, 180
HEARTBEAT_S = 0.1
STARVED_S = 2.5
MISDEED_AT = 10
"""Pictures before it: time to be looked at."""


class Scripted:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.painting = threading.Lock()
        """Two writers of one tile, of which one should be closed, take turns: what each publishes is its own."""

        self.stopped: set[tuple[int, int]] = set()
        self.writers: dict[tuple[int, int], TileWriter] = {}
        self.behaviours: dict[tuple[int, int], str] = {}
        self.deadlines: dict[tuple[int, int], float] = {}
        self.beating = True
        self.memory: FrameMap | None = None
        self.verifier: Verifier | None = None

    def send(self, message: Message) -> None:
        data = protocol.encode(message)
        with self.lock:
            os.write(1, data)

    def beat(self) -> None:
        while self.beating:
            self.send(Heartbeat(time.monotonic()))
            time.sleep(HEARTBEAT_S)

    def run(self) -> None:
        receiver = protocol.Receiver(protocol.TO_WORKER)
        while data := os.read(0, 65536):
            for message in receiver.feed(data):
                self.take(message)
        os._exit(0)

    def take(self, message: Message) -> None:
        match message:
            case Hello():
                self.hello(message)
            case Open():
                self.open(message)
            case Renew() | Resize():
                if isinstance(message, Renew) and not self.lapsed(message.tile, message.serial):
                    self.check(message)
            case Close(tile, serial):
                self.close(tile, serial)
            case protocol.Bye():
                if "stay" not in self.behaviours.values():
                    os._exit(0)

    def hello(self, hello: Hello) -> None:
        if "--missing" in sys.argv:
            self.send(Fatal(Fault.ENGINE_MISSING, "libvlc"))
            os._exit(3)
        if "--stillborn" in sys.argv:
            os._exit(4)
        self.memory = FrameMap(hello.memory, hello.tiles, hello.slot_bytes)
        self.verifier = Verifier(hello.public_key, hello.worker)
        self.send(Ready("scripted", {"worker": hello.worker, "home": os.environ.get("HOME", "none")}))
        threading.Thread(target=self.beat, daemon=True).start()

    def check(self, message: Open | Renew) -> None:
        assert self.verifier is not None
        try:
            grant = self.verifier.check(message.grant, time.monotonic())
        except GrantRefused as refused:
            os.write(2, f"grant refused: {refused.why}\n".encode())
            os._exit(5)
        self.deadlines[message.tile, message.serial] = grant.deadline
        if isinstance(message, Open) and not grant.is_for_address(message.address):
            os._exit(6)

    def open(self, message: Open) -> None:
        self.check(message)
        assert self.memory is not None
        key = (message.tile, message.serial)
        behaviour = message.address.reveal().rsplit("/", 1)[-1]
        if behaviour == "die-now":
            os._exit(7)
        if behaviour == "print":
            os.write(2, f"opening {message.address.reveal()}\n".encode())
        self.behaviours[key] = behaviour
        self.writers[key] = self.memory.writer(*key)
        threading.Thread(target=self.play, args=(key, behaviour, message.address), daemon=True).start()

    def close(self, tile: int, serial: int) -> None:
        key = (tile, serial)
        behaviour = self.behaviours.get(key)
        if behaviour == "deaf-to-close":
            return
        if behaviour != "late":
            self.stopped.add(key)
            while not self.writers[key].close():
                time.sleep(0.001)
        self.send(Closed(tile, serial))

    def play(self, key: tuple[int, int], behaviour: str, _address: Secret) -> None:
        state = TileState.DENIED if behaviour == "lie-state" else TileState.LIVE
        self.send(Status(*key, TileState.CONNECTING))
        facts = StreamFacts(codec="h264", width=WIDTH, height=HEIGHT, rate=RATE)
        self.send(Status(*key, state, facts=facts, kbps=500.0, connections=1))
        count = 0
        while key not in self.stopped:
            if behaviour != "silent" and not (behaviour == "stall" and count >= 5):
                self.paint(key, count)
                count += 1
            if count == MISDEED_AT:
                self.misbehave(key, behaviour)
            self.lapsed(*key)
            time.sleep(1.0 / RATE)

    def lapsed(self, tile: int, serial: int) -> bool:
        """A punctual one stops when its grant ends, and takes no renewal afterwards, as the real worker."""
        key = (tile, serial)
        if self.behaviours[key] != "punctual" or time.monotonic() < self.deadlines[key]:
            return False
        if key not in self.stopped:
            self.stopped.add(key)
            self.send(Status(*key, TileState.EMPTY))
        return True

    def paint(self, key: tuple[int, int], count: int) -> None:
        writer = self.writers[key]
        with self.painting:
            slot = writer.begin(WIDTH, HEIGHT)
            if slot is not None:
                slot.pixels[: slot.stride * HEIGHT] = struct.pack("<II", count, key[1]) * (slot.stride * HEIGHT // 8)
                writer.publish(time.monotonic_ns())

    def misbehave(self, key: tuple[int, int], behaviour: str) -> None:
        if behaviour.startswith("lie-"):
            self.lie(key, behaviour)
        elif behaviour in MISDEEDS:
            MISDEEDS[behaviour]()
        elif behaviour == "no-heartbeat":
            self.beating = False
        elif behaviour in {"starve", "spin"}:
            self.work_in_silence(STARVED_S if behaviour == "starve" else 3600.0)
            self.send(Status(*key, TileState.LIVE))
        elif behaviour == "give-up" and key[1] == 1:
            self.stopped.add(key)
            self.send(Status(*key, TileState.EMPTY))
        elif behaviour == "gossip":
            self.send(Status(key[0], key[1] + 7, TileState.DOWN, Fault.REFUSED))
            self.send(Closed(key[0], key[1] + 7))

    def work_in_silence(self, seconds: float) -> None:
        """No heartbeat, and the processor is used all the time."""
        self.beating = False
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pass
        self.beating = True
        threading.Thread(target=self.beat, daemon=True).start()

    def lie(self, key: tuple[int, int], lie: str) -> None:
        """Publish a next picture whose head cannot be true."""
        assert self.memory is not None
        words, head = self.memory.words, self.memory.metrics.head(key[0]) // 8
        newest = words[head + 1]
        if lie == "lie-index":
            words[head + 1] = newest + (2 << 2) | 3
            self.stopped.add(key)
            return
        slot = head + 8 * (1 + (newest & 3))
        sequence = 1 if lie == "lie-falling" else (newest >> 2) + 2
        stamp = head + 8 * (1 + sequence % 3)
        for word in range(1, 5):
            words[stamp + word] = words[slot + word]
        if lie in LIES:
            word, value = LIES[lie]
            words[stamp + word] = value
        if lie == "lie-magic":
            words[head] = 0
        words[stamp] = sequence * 2
        words[head + 1] = sequence << 2 | sequence % 3
        self.stopped.add(key)


LIES = {
    "lie-width": (2, 5000 | HEIGHT << 32),
    "lie-stride": (3, 64),
    "lie-future": (4, 2**62),
}


def flood() -> None:
    beats = protocol.encode(Heartbeat(1.0)) * 100
    for _ in range(200):
        os.write(1, beats)


def shout() -> None:
    for number in range(2000):
        os.write(2, b"line %d of many\n" % number)


MISDEEDS: dict[str, Callable[[], object]] = {
    "die": lambda: os._exit(7),
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "freeze": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "garbage": lambda: os.write(1, b"\xff\xff\xff\xffgarbage"),
    "flood": flood,
    "shout": shout,
}


if __name__ == "__main__":
    Scripted().run()
