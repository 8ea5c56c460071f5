"""libVLC: decodes and scales one stream for one tile. The only file that knows libVLC.

libVLC never opens the network here: its input is a byte stream that we hand over, its output a plane of memory that
we own. Its callbacks come on threads of its own; they take what is ready and return, and nothing raises in them.
"""

from __future__ import annotations

import ctypes
import re
import threading
from queue import SimpleQueue
from typing import Any, Final

from console.kernel import Fault, Unavailable
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
    # The read-ahead of 16 MiB a player, which libVLC would fill in time, is of no use to a live stream.
    "--prefetch-buffer-size=256",
    "--prefetch-read-size=65536",
    "--codec=avcodec",
    # A picture that comes late is shown late, and the next ones faster: dropped ones would leave a tile standing still.
    "--no-drop-late-frames",
    "--no-skip-frames",
    "--stats",
)

_Open: Final = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_uint64)
)
_Read: Final = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_Close: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
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
_UNKNOWN_SIZE: Final = 2**64 - 1


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


class Player:
    """Plays one byte stream into one pen's pictures. `put` bytes, `stop` once; what it shows the pen decides."""

    def __init__(self, engine: VlcEngine, pen: Pen, demux: str, options: tuple[str, ...] = ()) -> None:
        self.pen = pen
        self._dll = engine.dll
        self._pieces: SimpleQueue[bytes] = SimpleQueue()
        self._rest = b""
        self._closed = False
        self._queued = 0
        self._taken = 0
        self._stopping = threading.Lock()
        # libVLC calls these until it is released: they live as long as this object, and this object until then.
        self._callbacks = self._make_callbacks()
        opened, read, closed, lock, display, layout, cleanup = self._callbacks
        self._media: int | None = self._dll.libvlc_media_new_callbacks(engine.handle, opened, read, None, closed, None)
        for option in (f":demux={demux}", ":avcodec-threads=1", ":no-sout-all", ":clock-jitter=0", *options):
            self._dll.libvlc_media_add_option(self._media, option.encode())
        self._player: int | None = self._dll.libvlc_media_player_new_from_media(self._media)
        if not self._player:
            raise EngineMissing("engine.broken", found=engine.version)
        self._dll.libvlc_video_set_callbacks(self._player, lock, None, display, None)
        self._dll.libvlc_video_set_format_callbacks(self._player, layout, cleanup)

    def start(self) -> None:
        self._dll.libvlc_media_player_play(self._player)

    def put(self, data: bytes) -> bool:
        """Hand bytes over; False if libVLC has let too much pile up."""
        self._queued += len(data)
        self._pieces.put(data)
        return self._queued - self._taken < QUEUE_BYTES

    def stats(self) -> tuple[int, int, int]:
        """Return (decoded, displayed, lost) counts. Only the movement of `decoded` means something."""
        stats = Stats()
        with self._stopping:
            if self._media is not None:
                self._dll.libvlc_media_get_stats(self._media, ctypes.byref(stats))
        return stats.decoded_video, stats.displayed_pictures, stats.lost_pictures

    def shut(self) -> None:
        """End the input: the read callback returns 0 from now on. Never waits."""
        self._closed = True
        self._pieces.put(b"")

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

        def opened(_opaque: int, _data: Any, size: Any) -> int:
            size[0] = _UNKNOWN_SIZE
            return 0

        def closed(_opaque: int) -> None:
            return None

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

        return (
            _Open(opened), _Read(self._read), _Close(closed), _Lock(lock), _Display(display), _Format(layout),
            _Cleanup(cleanup),
        )  # fmt: skip

    def _read(self, _opaque: int, target: int, room: int) -> int:
        data = self._rest or self._pieces.get()
        # `shut` sets the mark first and wakes us with an empty piece afterwards; 0 is the end of the input.
        size = 0 if self._closed else len(data)
        if size > room:
            self._rest = data[room:]
            size = room
        else:
            self._rest = b""
        if size:
            ctypes.memmove(target, data, size)
        self._taken += size
        return size


def _declare(dll: Any) -> Any:
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    signatures: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "libvlc_new": (pointer, (ctypes.c_int, ctypes.POINTER(text))),
        "libvlc_media_new_callbacks": (pointer, (pointer, _Open, _Read, pointer, _Close, pointer)),
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
