"""What may be dialled, and what makes two addresses the same camera."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.kernel import Invalid, Secret
from console.services.addresses import CAMERA_SCHEMES, DEMO_SCHEME, parse


def identity(text: str) -> str:
    return parse(Secret(text)).identity


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "address.missing"),
        ("   ", "address.missing"),
        ("rtsp://" + "x" * 1100, "address.too_long"),
        ("rtsp://10.0.0.1/a b", "address.malformed"),
        ("rtsp://10.0.0.1/a\nb", "address.malformed"),
        ("rtsp:\\\\10.0.0.1", "address.malformed"),
        ("10.0.0.1/live", "address.malformed"),
        ("mailto:x", "address.scheme"),
        ("gopher://10.0.0.1/x", "address.scheme"),
        ("demo://street", "address.scheme"),
        ("rtsp://", "address.host_missing"),
        ("rtsp:///live", "address.host_missing"),
        ("rtsp://10.0.0.1:99999/x", "address.malformed"),
        ("rtsp://[::1/x", "address.malformed"),
        ("rtsp://2130706433/x", "address.host_malformed"),
        ("rtsp://0x7f.1/x", "address.host_malformed"),
        ("rtsp://10.0.0.256/x", "address.host_malformed"),
        ("rtsp://ca<mera/x", "address.host_malformed"),
        ("rtsp://" + "ก" * 70 + ".th/x", "address.host_malformed"),
        ("rtsp://user:a/b@10.0.0.1/x", "address.login_in_own_fields"),
        ("rtsp://user:a#b@10.0.0.1/x", "address.login_in_own_fields"),
        ("rtsp://10.0.0.1/x#y", "address.login_in_own_fields"),
    ],
)
def test_refused(text: str, key: str) -> None:
    with pytest.raises(Invalid) as wrong:
        parse(Secret(text))
    assert wrong.value.fields == {"address": key}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rtsp://10.0.0.1/live", "rtsp://u:p@10.0.0.1:554/live/"),
        ("rtsp://10.0.0.1/live", "rtsp://10.0.0.1/LIVE"),
        ("rtsp://10.0.0.1/live", "rtsp://10.0.0.1//x/../live"),
        ("rtsp://10.0.0.1/live", "rtsp://10.0.0.1/%6Cive?anything=1"),
        ("rtsp://10.0.0.1", "rtsp://10.0.0.1/"),
        ("rtsp://Camera.Lan./live", "rtsp://camera.lan/live"),
        ("rtsp://[::ffff:10.0.0.1]/live", "rtsp://10.0.0.1/live"),
        ("rtsp://[fe80::1%25eth0]/live", "rtsp://[fe80:0::1]/live"),
        ("rtsp://10.0.0.1/Streaming/Channels/101", "rtsp://10.0.0.1/Streaming/Channels/102"),
        ("rtsp://10.0.0.1/cam/realmonitor?channel=1&subtype=0", "rtsp://10.0.0.1/cam/realmonitor?subtype=1&channel=1"),
        ("rtsp://กล้อง.lan/live", "rtsp://xn--12cm3g6a5j.lan/live"),
    ],
)
def test_the_same_camera(one: str, other: str) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rtsp://10.0.0.1/live", "rtsp://10.0.0.2/live"),
        ("rtsp://10.0.0.1/live", "rtsp://10.0.0.1:8554/live"),
        ("rtsp://10.0.0.1/live1", "rtsp://10.0.0.1/live2"),
        ("rtsp://10.0.0.1/Streaming/Channels/101", "rtsp://10.0.0.1/Streaming/Channels/201"),
        ("rtsp://10.0.0.1/cam/realmonitor?channel=1", "rtsp://10.0.0.1/cam/realmonitor?channel=2"),
        ("rtsp://10.0.0.1/cam/realmonitor", "rtsp://10.0.0.1/cam/realmonitor?channel=2"),
    ],
)
def test_another_camera(one: str, other: str) -> None:
    assert identity(one) != identity(other)


@pytest.mark.parametrize(
    ("text", "public", "encrypted"),
    [
        ("rtsp://192.168.1.4/x", False, False),
        ("rtsp://8.8.8.8/x", True, False),
        ("rtsps://8.8.8.8/x", True, True),
        ("http://shop.example.co.th/x", True, False),
        ("https://shop.example.co.th/x", True, True),
        ("rtsp://camera/x", False, False),
        ("rtsp://camera.local/x", False, False),
        ("rtsp://[2001:4860:4860::8888]/x", True, False),
        ("rtsp://[fd00::1]/x", False, False),
        ("rtsp://100.64.0.1/x", False, False),
    ],
)
def test_the_way_there(text: str, public: bool, encrypted: bool) -> None:  # noqa: FBT001 - a table
    address = parse(Secret(text))
    assert (address.public, address.encrypted) == (public, encrypted)


def test_the_demonstrations_scheme() -> None:
    address = parse(Secret("demo://street"), None, CAMERA_SCHEMES | {DEMO_SCHEME})
    assert not address.public
    assert address.encrypted
    assert address.url().reveal() == "demo://street"


def test_back_to_one_text() -> None:
    for text in (
        "rtsp://10.0.0.1/live",
        "rtsp://u:p@10.0.0.1:8554/live?x=1",
        "rtsp://[fd00::1]:8554/live",
        "http://10.0.0.1/?snapshot",
    ):
        assert parse(Secret(text)).url().reveal() == text
    assert parse(Secret("http://10.0.0.1?x")).url().reveal() == "http://10.0.0.1/?x"


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_log_in_survives(user: str, password: str) -> None:
    """Whatever is in the fields comes out at the other end, and never changes the camera."""
    url = parse(Secret("rtsp://10.0.0.1/live"), (Secret(user), Secret(password))).url()
    again = parse(url)
    assert (again.user.reveal(), again.password.reveal()) == (user, password)
    assert again.identity == "10.0.0.1:554/live"


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(text: str) -> None:
    try:
        address = parse(Secret(text))
    except Invalid:
        return
    assert address.scheme in CAMERA_SCHEMES
    assert parse(address.url()).identity == address.identity
