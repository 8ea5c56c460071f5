"""libVLC: decodes and scales one stream for one tile. The only file that knows libVLC.

libVLC never opens the network here: its input are coded pictures that we hand over one by one (its `imem` access),
its output a plane of memory that we own. Its callbacks come on threads of its own; they take what is ready and return,
and nothing raises in them.
"""

from __future__ import annotations

import ctypes
import re
import threading
import time
from collections import deque
from queue import SimpleQueue
from typing import Any, Final, NamedTuple

from console.kernel import Fault, Unavailable
from console.video.ingest import TICKS, Packet
from console.video.screen import Pen

MINIMUM: Final = (3, 0, 24)
"""Older ones have known holes in the parsers that a camera's bytes reach."""

BEYOND: Final = (4,)
QUEUE_BYTES: Final = 8 * 1024 * 1024
"""A player that lets so much pile up is stuck."""

_ARGUMENTS: Final = (
    "--ignore-config",
    "--quiet",
    "--no-audio",
    "--no-spu",
    "--no-osd",
    "--text-renderer=none",
    "--no-lua",
    "--no-interact",
    "--no-sub-autodetect-file",
    "--no-video-title-show",
    "--no-snapshot-preview",
    "--no-metadata-network-access",
    "--no-keyboard-events",
    "--no-mouse-events",
    "--swscale-mode=0",
    "--codec=avcodec",
    # What is missing in a damaged picture would be patched from the one before: old pixels that count as a new picture.
    "--avcodec-options={err_detect=explode}",
    # A picture that comes late is shown late, and the next ones faster: dropped ones would leave a tile standing still.
    "--no-drop-late-frames",
    "--no-skip-frames",
    "--stats",
)

_FOURCC: Final = {"h264": "h264", "hevc": "hevc", "mjpeg": "mjpg"}
_Size: Final = ctypes.POINTER(ctypes.c_size_t)
_Time: Final = ctypes.POINTER(ctypes.c_int64)
_Get: Final = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.c_void_p,
    _Time,
    _Time,
    ctypes.POINTER(ctypes.c_uint),
    _Size,
    ctypes.POINTER(ctypes.c_char_p),
)
_Lock: Final = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p))
_Display: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_Unsigned: Final = ctypes.POINTER(ctypes.c_uint)
# The binding types the chroma as a copy of the text, which cannot be written to: so all of these are our own.
_Format: Final = ctypes.CFUNCTYPE(
    ctypes.c_uint,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.c_char),
    _Unsigned,
    _Unsigned,
    _Unsigned,
    _Unsigned,
)
_Cleanup: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


_EARLIEST_US: Final = 150_000
_LATEST_US: Final = 50_000
_FIRST_US: Final = 1_000_000
_LONGEST_REORDER_US: Final = 1_000_000
"""Honest streams reorder over a few pictures; one that says more would be shown so much later, as LIVE."""


class Piece(NamedTuple):
    """One coded picture on its way into libVLC; times in microseconds, as RunningTime gives them."""

    data: bytes
    dts: int
    pts: int


_END: Final = Piece(b"", 0, 0)
_INT: Final = 2**32 - 1
_HALF_INT: Final = 2**31


class Stats(ctypes.Structure):
    """libvlc_media_stats_t of libVLC 3."""

    _fields_ = (
        ("read_bytes", ctypes.c_int),
        ("input_bitrate", ctypes.c_float),
        ("demux_read_bytes", ctypes.c_int),
        ("demux_bitrate", ctypes.c_float),
        ("demux_corrupted", ctypes.c_int),
        ("demux_discontinuity", ctypes.c_int),
        ("decoded_video", ctypes.c_int),
        ("decoded_audio", ctypes.c_int),
        ("displayed_pictures", ctypes.c_int),
        ("lost_pictures", ctypes.c_int),
        ("played_abuffers", ctypes.c_int),
        ("lost_abuffers", ctypes.c_int),
        ("sent_packets", ctypes.c_int),
        ("sent_bytes", ctypes.c_int),
        ("send_bitrate", ctypes.c_float),
    )


class EngineMissing(Unavailable):
    """LibVLC is not there or not of a version that we trust. `key` is engine.missing, .too_old, .too_new or .broken."""

    fault = Fault.ENGINE_MISSING


def check_version(text: str) -> tuple[int, ...]:
    """Return the version in numbers; raises EngineMissing if it is not one that we take."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", text)
    if found is None:
        raise EngineMissing("engine.broken", found=text[:40])
    version = tuple(int(part) for part in found.groups())
    needed = ".".join(str(part) for part in MINIMUM)
    if version < MINIMUM:
        raise EngineMissing("engine.too_old", found=found.group(), needed=needed)
    if version >= BEYOND:
        raise EngineMissing("engine.too_new", found=found.group(), needed=needed)
    return version


class VlcEngine:
    """The one libVLC instance of this process."""

    def __init__(self) -> None:
        """Load libVLC; raises EngineMissing."""
        try:
            import vlc
        except (ImportError, OSError, NameError, AttributeError, NotImplementedError, SystemExit):
            # The binding looks for the library while it is imported, and has more than one way of not finding it.
            raise EngineMissing("engine.missing") from None
        self.version = vlc.libvlc_get_version().decode("ascii", "replace")
        check_version(self.version)
        self.dll = _declare(vlc.dll)
        arguments = [argument.encode() for argument in _ARGUMENTS]
        self.handle: int = self.dll.libvlc_new(len(arguments), (ctypes.c_char_p * len(arguments))(*arguments))
        if not self.handle:
            raise EngineMissing("engine.broken", found=self.version)


class RunningTime:
    """Gives pictures the times that libVLC shows them by: the camera's pace, but never far from the present.

    A camera's clock drifts, jumps and wraps; networks hold pictures back and deliver them all at once. libVLC would
    throw pictures away, or stay late for ever. Here what comes late counts as coming now, and what would wait for its
    turn in the future comes now as well. For one player, on one thread.
    """

    def __init__(self) -> None:
        self._began: int | None = None
        self._offset = 0
        self._last = 0

    def of(self, packet: Packet, now_us: int) -> tuple[int, int]:
        """Return when to decode and when to show, in microseconds from a start of our own; the first always increases.

        `now_us` is the present of any clock that runs evenly.
        """
        if self._began is None:
            self._began = now_us - _FIRST_US
        now = now_us - self._began
        camera = packet.dts * 1_000_000 // TICKS
        dts = camera + self._offset
        if not -_EARLIEST_US <= dts - now <= _LATEST_US:
            dts = now
            self._offset = now - camera
        self._last = dts = max(dts, self._last + 1)
        reorder = (packet.pts - packet.dts) * 1_000_000 // TICKS
        return dts, dts + min(max(reorder, 0), _LONGEST_REORDER_US)


class Player:
    """Plays one stream into one pen's pictures. `put` packets, `stop` once; what it shows the pen decides."""

    def __init__(self, engine: VlcEngine, pen: Pen, codec: str, options: tuple[str, ...] = ()) -> None:
        """`codec` is "h264", "hevc" or "mjpeg"; the first packet must be a key picture with its parameter sets."""
        self.pen = pen
        self._dll = engine.dll
        self._pieces: SimpleQueue[Piece] = SimpleQueue()
        self._piece = _END
        self._time = RunningTime()
        self._closed = False
        self._queued = 0
        self._taken = 0
        self._given: deque[int] = deque()
        """Total of bytes at each packet given and not yet counted."""

        self._counted = 0
        self._stopping = threading.Lock()
        # libVLC calls these until it is released: they live as long as this object, and this object until then.
        self._callbacks = self._make_callbacks()
        get, lock, display, layout, cleanup = self._callbacks
        self._media: int | None = self._dll.libvlc_media_new_location(engine.handle, b"imem://")
        for option in (
            f":imem-get={_address(get):#x}",
            # Nothing is to be released (a piece lives until the next one is asked for), but libVLC insists on a
            # function. This one of C does nothing and, unlike one of ours, does not wait for the interpreter.
            f":imem-release={_address(ctypes.pythonapi.Py_IsInitialized):#x}",
            ":imem-cat=2",
            f":imem-codec={_FOURCC[codec]}",
            ":avcodec-threads=1",
            ":no-sout-all",
            ":clock-jitter=0",
            *options,
        ):
            self._dll.libvlc_media_add_option(self._media, option.encode())
        self._player: int | None = self._dll.libvlc_media_player_new_from_media(self._media)
        if not self._player:
            self._dll.libvlc_media_release(self._media)
            raise EngineMissing("engine.broken", found=engine.version)
        self._dll.libvlc_video_set_callbacks(self._player, lock, None, display, None)
        self._dll.libvlc_video_set_format_callbacks(self._player, layout, cleanup)

    def start(self) -> None:
        self._dll.libvlc_media_player_play(self._player)

    def put(self, packet: Packet) -> bool:
        """Hand a packet over; False if libVLC has let too much pile up."""
        if not packet.data:
            # libVLC would pass it over without counting it.
            return True
        self._queued += len(packet.data)
        # The time of coming, not of going into libVLC: that waits by these times, and would wait ever longer.
        self._pieces.put(Piece(packet.data, *self._time.of(packet, time.monotonic_ns() // 1000)))
        return self._queued - self._taken < QUEUE_BYTES

    def stats(self) -> tuple[int, int, int]:
        """Return (decoded, displayed, lost). `decoded` has a new highest value only if pictures came out.

        libVLC counts a packet when it goes into the decoder, and again when a picture comes out of it. So what exceeds
        the number of packets are pictures; a packet without a picture in it (a broken slice) adds nothing. Its figures
        are some tenths of a second old, but of one moment: the bytes tell how many packets had been given by then.
        """
        stats = Stats()
        with self._stopping:
            if self._media is not None:
                self._dll.libvlc_media_get_stats(self._media, ctypes.byref(stats))
        given = self._given
        # The total is an int of C, which overflows every few hours.
        while given and (stats.demux_read_bytes - given[0]) & _INT < _HALF_INT:
            given.popleft()
            self._counted += 1
        return stats.decoded_video - self._counted, stats.displayed_pictures, stats.lost_pictures

    def shut(self) -> None:
        """End the input: the callback that asks for more says no from now on. Never waits."""
        self._closed = True
        self._pieces.put(_END)

    def stop(self) -> None:
        """Stop and free everything. May wait for libVLC: not for the threads that serve other tiles."""
        self.shut()
        player = self._player
        if player is not None:
            self._dll.libvlc_media_player_stop(player)
            with self._stopping:
                media, self._media, self._player = self._media, None, None
                self._dll.libvlc_media_player_release(player)
                self._dll.libvlc_media_release(media)
        self.pen.give_up()

    def _make_callbacks(self) -> tuple[Any, ...]:
        pen, begin, end = self.pen, self.pen.begin, self.pen.end
        width, height, stride = pen.width, pen.height, pen.stride

        def lock(_opaque: int, planes: Any) -> None:
            planes[0] = begin()

        def display(_opaque: int, _picture: int) -> None:
            end()

        def layout(_opaque: Any, chroma: Any, columns: Any, rows: Any, pitches: Any, lines: Any) -> int:
            # Called again at every change of the stream's format. libVLC offers a padded size: ours it must be.
            ctypes.memmove(chroma, b"RV32", 4)
            columns[0], rows[0], pitches[0], lines[0] = width, height, stride, height
            return 1

        def cleanup(_opaque: int) -> None:
            return None

        return _Get(self._get), _Lock(lock), _Display(display), _Format(layout), _Cleanup(cleanup)

    def _get(self, _data: int, _cookie: int, dts: Any, pts: Any, flags: Any, size: Any, buffer: Any) -> int:
        # libVLC copies a piece before it asks for the next; until then we hold it. Not nought means the end.
        self._piece = piece = self._pieces.get()
        if self._closed:
            # `shut` sets the mark first and wakes us afterwards; whoever asks again must not wait for ever.
            self._pieces.put(_END)
            return 1
        data, dts[0], pts[0] = piece
        flags[0], size[0], buffer[0] = 0, len(data), data
        self._taken += len(data)
        self._given.append(self._taken)
        return 0


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def _declare(dll: Any) -> Any:
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    signatures: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "libvlc_new": (pointer, (ctypes.c_int, ctypes.POINTER(text))),
        "libvlc_media_new_location": (pointer, (pointer, text)),
        "libvlc_media_add_option": (None, (pointer, text)),
        "libvlc_media_release": (None, (pointer,)),
        "libvlc_media_get_stats": (ctypes.c_int, (pointer, ctypes.POINTER(Stats))),
        "libvlc_media_player_new_from_media": (pointer, (pointer,)),
        "libvlc_media_player_play": (ctypes.c_int, (pointer,)),
        "libvlc_media_player_stop": (None, (pointer,)),
        "libvlc_media_player_release": (None, (pointer,)),
        "libvlc_video_set_callbacks": (None, (pointer, _Lock, pointer, _Display, pointer)),
        "libvlc_video_set_format_callbacks": (None, (pointer, _Format, _Cleanup)),
    }
    # A library object of our own: the binding's declarations of the same functions stay as they are.
    ours = ctypes.CDLL(dll._name)  # noqa: SLF001 - the name under which the binding found the library
    for name, (result, arguments) in signatures.items():
        function = getattr(ours, name)
        function.restype, function.argtypes = result, arguments
    return ours
