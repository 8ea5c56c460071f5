"""A real RTSP server for tests: `/usr/bin/python3 tests/rtsp_server.py '{"mounts": {"cam0": "/path/clip.mp4"}, …}'`.

Runs under the system's Python, because the GStreamer bindings come from Debian (gir1.2-gst-rtsp-server-1.0).
Prints `ready PORT` and ends when its standard input closes, so that it never outlives the test that started it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 (versions are required first)

# A raw .h264 file gives no timestamps: the clip is an mp4, or a transport stream if its size changes on the way.
DEMUX = {".mp4": "qtdemux", ".ts": "tsdemux"}
PAY = {
    "h264": "h264parse ! rtph264pay config-interval=1 name=pay0 pt=96",
    "h265": "h265parse ! rtph265pay config-interval=1 name=pay0 pt=96",
    "mjpeg": "jpegparse ! rtpjpegpay name=pay0 pt=26",
}


def factory_for(clip: str, codec: str, *, shared: bool, udp_only: bool) -> Any:
    factory = GstRtspServer.RTSPMediaFactory()
    demux = DEMUX[Path(clip).suffix]
    factory.set_launch(f'( filesrc location="{clip}" ! {demux} ! {PAY[codec]} )')
    # A shared medium that a refused TCP client just let go answers the UDP try after it with 503 for a moment.
    factory.set_shared(shared and not udp_only)
    if udp_only:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    return factory


def protect(server: Any, factories: list[Any], login: dict[str, str]) -> None:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    user, password = login["user"], login["password"]
    if login["method"] == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    for factory in factories:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)


def main(argument: str) -> int:
    plan = json.loads(argument)
    Gst.init(None)
    loop = GLib.MainLoop()
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(plan["port"]))
    server.set_backlog(256)
    factories = []
    mounts = server.get_mount_points()
    for name, clip in plan["mounts"].items():
        factory = factory_for(clip, plan["codec"], shared=plan["shared"], udp_only=plan["udp_only"])
        mounts.add_factory(f"/{name}", factory)
        factories.append(factory)
    if plan["login"]:
        protect(server, factories, plan["login"])
    if not server.attach(None):
        print("refused", flush=True)  # noqa: T201 (the parent reads this line)
        return 1

    def forget_silent_clients() -> bool:
        server.get_session_pool().cleanup()
        return True

    def parent_gone(*_: object) -> bool:
        loop.quit()
        return False

    GLib.timeout_add_seconds(2, forget_silent_clients)
    GLib.io_add_watch(
        sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP | GLib.IOCondition.IN, parent_gone
    )
    print(f"ready {server.get_bound_port()}", flush=True)  # noqa: T201 (the parent reads this line)
    loop.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
