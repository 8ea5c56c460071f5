"""What is left out when the machine cannot keep up: when, of which tiles, and what a decoder is then given."""

from __future__ import annotations

import pytest

from console.video.easing import CALM_S, STEP_S, Eased, Easing, Load, Thinning, disposable
from console.video.ingest import Packet

SMALL, LARGE = 100, 400


class Wall:
    """Tiles that are late or not, on a clock that a test turns."""

    def __init__(self, **areas: int) -> None:
        self.areas = areas
        self.easing: Easing[str] = Easing()
        self.now = 1000.0

    def live(self, seconds: float, *late: str, lag_ms: float = 900.0) -> dict[str, Eased]:
        for _ in range(round(seconds * 4)):
            self.now += 0.25
            self.easing.look(
                self.now, {key: Load(area, lag_ms if key in late else 0.0) for key, area in self.areas.items()}
            )
        return self.easing.levels


def test_a_moment_of_lag_changes_nothing_and_a_lasting_one_takes_a_step_every_few_seconds() -> None:
    wall = Wall(a=SMALL, b=SMALL)
    assert set(wall.live(1.5, "a", "b").values()) == {Eased.NOTHING}
    wall.live(1.0)
    assert set(wall.live(2.5, "a", "b").values()) == {Eased.LOOP_FILTER}
    assert set(wall.live(STEP_S - 1.0, "a", "b").values()) == {Eased.LOOP_FILTER}
    assert set(wall.live(1.5, "a", "b").values()) == {Eased.NON_REFERENCE}
    assert set(wall.live(5 * STEP_S, "a", "b").values()) == {Eased.FEW}


def test_the_larger_tiles_are_touched_last_and_come_back_first() -> None:
    wall = Wall(a=SMALL, b=SMALL, big=LARGE)
    wall.live(2.5, "a", "b", "big")
    assert (wall.easing.levels["a"], wall.easing.levels["big"]) == (Eased.LOOP_FILTER, Eased.NOTHING)
    wall.live(5 * STEP_S, "a", "b", "big")
    assert (wall.easing.levels["a"], wall.easing.levels["big"]) == (Eased.FEW, Eased.FEW)
    wall.live(CALM_S + 1.0)
    assert (wall.easing.levels["a"], wall.easing.levels["big"]) == (Eased.FEW, Eased.RATE)


def test_one_heavy_stream_is_its_own_trouble() -> None:
    wall = Wall(**dict.fromkeys("abcdefgh", SMALL))
    levels = wall.live(2.5, "a")
    assert {key for key, level in levels.items() if level} == {"a"}
    del wall.areas["a"]
    assert "a" not in wall.live(0.25)


@pytest.mark.parametrize(("behind", "eased"), [("ab", set()), ("abc", {Eased.LOOP_FILTER})])
def test_links_too_thin_for_some_cameras_cost_the_others_nothing(behind: str, eased: set[Eased]) -> None:
    """Where most of them come late, it is the machine that does not get to its reading."""
    easing: Easing[str] = Easing()
    for quarter in range(12):
        easing.look(quarter / 4, {key: Load(SMALL, 0.0, 900.0 if key in behind else 0.0) for key in "abcd"})
    assert set(easing.levels.values()) - {Eased.NOTHING} == eased


def test_a_step_back_that_was_wrong_makes_the_next_one_wait_longer() -> None:
    wall = Wall(a=SMALL)
    wall.live(2.5, "a")
    assert wall.live(CALM_S - 2.0)["a"] is Eased.LOOP_FILTER
    # A little behind is not calm.
    wall.live(1.0, "a", lag_ms=300.0)
    assert wall.live(CALM_S - 1.0)["a"] is Eased.LOOP_FILTER
    assert wall.live(2.0)["a"] is Eased.NOTHING
    assert wall.live(STEP_S + 2.5, "a")["a"] is Eased.LOOP_FILTER
    assert wall.live(2 * CALM_S - 2.0)["a"] is Eased.LOOP_FILTER
    assert wall.live(4.0)["a"] is Eased.NOTHING


def group(count: int, codec: str) -> list[Packet]:
    """A key picture, then pictures that others need and pictures that nobody needs, in turn."""
    heads = {"h264": (b"\x65", b"\x41", b"\x01"), "hevc": (b"\x26\x01", b"\x02\x01", b"\x00\x01"), "mjpeg": (b"",) * 3}
    key, needed, free = (b"\x00\x00\x01" + head + b"picture" for head in heads[codec])
    return [
        Packet(key if not number else needed if number % 2 else free, number, number, is_key=not number)
        for number in range(count)
    ]


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_what_no_other_picture_needs_is_left_out_first(codec: str) -> None:
    pictures = group(5, codec)
    assert [disposable(packet.data, codec) for packet in pictures] == [False, False, True, False, True]
    thinning = Thinning()
    assert all(thinning.wants(packet, codec, 5.0) for packet in pictures)
    thinning.level = Eased.NON_REFERENCE
    assert [thinning.wants(packet, codec, 5.0) for packet in pictures] == [True, True, False, True, False]
    assert not disposable(b"no picture at all", codec)


@pytest.mark.parametrize(
    ("level", "length", "rate", "kept"),
    [
        (Eased.RATE, 10, 10.0, 5),
        (Eased.RATE, 40, 10.0, 28),
        (Eased.RATE, 1, 10.0, 1),
        (Eased.FEW, 15, 15.0, 5),
        (Eased.FEW, 60, 15.0, 38),
        (Eased.FEW, 3, 5.0, 1),
    ],
)
def test_the_head_of_each_group_is_shown_and_never_a_picture_whose_past_is_missing(
    level: Eased, length: int, rate: float, kept: int
) -> None:
    thinning = Thinning()
    plain = [packet._replace(data=b"\x00\x00\x01\x41") for packet in group(length, "h264")]
    thinning.level = level
    first = [thinning.wants(packet, "h264", rate) for packet in plain]
    assert all(first), "how long a group is, is not known yet"
    wanted = [thinning.wants(packet, "h264", rate) for packet in plain]
    assert wanted == [True] * kept + [False] * (length - kept)
    for _ in range(12):
        wanted = [thinning.wants(packet, "h264", rate) for packet in plain]
    assert thinning.rate(rate) == pytest.approx(rate * kept / length if kept < length else 0.0, abs=0.2)
    for packet in plain[:-1]:
        thinning.wants(packet, "h264", rate)
    thinning.level = Eased.NOTHING
    # What this one refers to was left out.
    assert thinning.wants(plain[-1], "h264", rate) is (kept == length)
    assert all(thinning.wants(packet, "h264", rate) for packet in plain)
    assert thinning.rate(rate) == 0.0


@pytest.mark.parametrize(("level", "shown"), [(Eased.NON_REFERENCE, 12), (Eased.RATE, 6), (Eased.FEW, 4)])
def test_of_pictures_that_stand_alone_every_second_or_third_one_is_shown(level: Eased, shown: int) -> None:
    thinning = Thinning()
    pictures = [packet._replace(is_key=True) for packet in group(12, "mjpeg")]
    thinning.level = level
    assert sum(thinning.wants(packet, "mjpeg", 10.0) for packet in pictures) == shown
