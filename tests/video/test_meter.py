"""What comes from a camera is counted over the last seconds, from the first byte on and down to nothing."""

from __future__ import annotations

from console.video.meter import Meter


def test_bytes_are_counted_over_the_last_seconds() -> None:
    meter = Meter()
    assert meter.kbps(99.0) == 0.0
    for step in range(200):
        meter.add(1250, 100.0 + step / 10)
    assert 95.0 < meter.kbps(119.9) < 110.0
    assert 40.0 < meter.kbps(122.4) < 60.0
    assert meter.kbps(125.0) == 0.0
    # After a silence it is not divided by the time in which nothing came.
    for step in range(10):
        meter.add(1250, 200.0 + step / 10)
    assert 90.0 < meter.kbps(201.0) <= 110.0
