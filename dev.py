"""Everyday commands: `python3 dev.py demo | test | check | bench | shots | freeze`.

Standard library only, because it runs before anything is installed. Each command first makes ready what it needs and
says so; nothing has to be done by hand before it and no second call is needed. When everything is there this costs a
fraction of a second.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements-dev.lock"
BUILD = ROOT / "build"
FROZEN = BUILD / "dist" / "ccoc-console"
CATALOGUES = ROOT / "resources" / "locale"
SCENES = ROOT / "console" / "views" / "demo_scenes" / "__init__.py"
OLDEST_PYTHON = (3, 11)
WINDOWS = os.name == "nt"
NOTHING_COLLECTED = 5
DEMO_SIZE = "1920x1080"

VLC_PACKAGES = ("libvlc5", "libvlccore9", "vlc-plugin-base")
VLC_NEEDED = (3, 0, 24)
"""The oldest libVLC that the player takes; the first releases of Debian 12 had an older one."""
WINDOW_PACKAGES = (
    *VLC_PACKAGES,
    "libcups2",
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libfreetype6",
    "libgl1",
    "libglib2.0-0",
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-shape0",
    "libxcb-sync1",
    "libxcb-xfixes0",
    "libxkbcommon-x11-0",
)
"""libVLC and what Qt's window on X11 and its printing need beside the wheel."""
SCREEN_PACKAGES = ("xvfb",)
TEST_PACKAGES = (
    "bubblewrap",
    "chromium",
    "chromium-driver",
    "ffmpeg",
    "gcc",
    "gir1.2-gst-rtsp-server-1.0",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "libc6-dev",
    "postgresql",
    "python3-gi",
)
"""The real peers: an RTSP server, a PostgreSQL server, ffmpeg, the sandbox that workers use where it is present, the
browser in which an owner checks a statement; and a compiler for a libVLC that is too old."""
BENCH_PACKAGES = ("mpv",)
FREEZE_PACKAGES = ("binutils",)
SMOKE_PACKAGES = ("xdotool",)
"""Presses keys in the frozen program's window as an officer would."""


class StopWithSentence(Exception):
    """Ends the command with a sentence for the person who typed it."""


Command = Sequence["str | Path"]


@dataclass(frozen=True)
class Verb:
    """One word of the command line: what it does, and the function that does it with the words that follow."""

    says: str
    run: Callable[[list[str]], int]


def say(sentence: str) -> None:
    print(sentence, flush=True)


def stop(sentence: str) -> NoReturn:
    raise StopWithSentence(sentence)


def run(command: Command, env: dict[str, str] | None = None) -> int:
    """Run in the project's folder and wait; the child is ended if we are."""
    return subprocess.run([str(word) for word in command], cwd=ROOT, env=env, check=False).returncode


def must(command: Command, otherwise: str, env: dict[str, str] | None = None) -> None:
    if run(command, env) != 0:
        stop(otherwise)


# --- what has to be there -------------------------------------------------------------------------------------------


def prepare(packages: Sequence[str]) -> None:
    """Make ready the operating system's packages, the Python environment and the compiled catalogues."""
    if WINDOWS:
        prepare_windows()
    else:
        prepare_linux(packages)
    prepare_python()
    prepare_catalogues()


def prepare_linux(packages: Sequence[str]) -> None:
    wanted = [*packages]
    if find_spec("ensurepip") is None:
        # Debian's python3 comes without the part that makes environments; its package bears the version in its name.
        wanted.append(f"python3.{sys.version_info.minor}-venv")
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        say("This is not Debian or Ubuntu: please see to it yourself that these are there: " + ", ".join(wanted) + ".")
        return
    missing = missing_packages(wanted)
    needs_vlc = VLC_PACKAGES[0] in wanted
    if needs_vlc and VLC_PACKAGES[0] not in missing and vlc_version() < VLC_NEEDED:
        missing += VLC_PACKAGES
    if missing:
        install_packages(missing)
    found = vlc_version() if needs_vlc else VLC_NEEDED
    if found < VLC_NEEDED:
        stop(
            f"This system's VLC is {version_text(found)}, and {version_text(VLC_NEEDED)} or newer is needed: older ones"
            " have known holes. Switch on the security updates of this system (on Debian the packages of its security"
            " team), or take a newer release of it; then start this command again."
        )


def install_packages(missing: Sequence[str]) -> None:
    say(
        "Installing from the operating system's packages, which takes a minute or two the first time: "
        + ", ".join(missing)
        + "."
    )
    if "postgresql" in missing:
        keep_database_cluster_off()
    # An old list names versions that are gone; the install below says it if a repository cannot be reached.
    as_root(["apt-get", "-qq", "update"])
    install = ["apt-get", "-qq", "-y", "--no-install-recommends", "-oDPkg::Lock::Timeout=600", "install"]
    if as_root([*install, *missing]) != 0:
        stop("The packages could not be installed; the lines above tell why. Start this command again.")


def vlc_version() -> tuple[int, ...]:
    """The version of the installed libVLC package, without what Debian adds to it; empty if there is none."""
    asked = ["dpkg-query", "-W", "-f", "${Version}", VLC_PACKAGES[0]]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    found = re.match(r"(?:\d+:)?(\d+)\.(\d+)\.(\d+)", said)
    return tuple(int(part) for part in found.groups()) if found else ()


def version_text(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version) or "not there"


def missing_packages(wanted: Sequence[str]) -> list[str]:
    """Those of `wanted` that are neither installed nor provided by an installed package of a newer name."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    installed = {line.split()[1] for line in asked.stdout.splitlines() if line.startswith("installed ")}
    missing = [name for name in wanted if name not in installed]
    if not missing:
        return []
    everything = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Provides}\n"], capture_output=True, text=True, check=True
    )
    provided = {
        word.split(" ")[0]
        for line in everything.stdout.splitlines()
        if line.startswith("installed ")
        for word in line.removeprefix("installed ").split(", ")
    }
    return [name for name in missing if name not in provided]


def keep_database_cluster_off() -> None:
    """Tests make clusters of their own; the package's own one would run beside them for nothing."""
    folder = "/etc/postgresql-common/createcluster.d"
    as_root(["sh", "-c", f"mkdir -p {folder} && echo 'create_main_cluster = false' > {folder}/no-main-cluster.conf"])


def as_root(command: Sequence[str]) -> int:
    """Run as administrator; what it says is shown only when it fails."""
    silent = ["env", "DEBIAN_FRONTEND=noninteractive", *command]
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            stop("This needs an administrator and there is no sudo here. As root, run: " + " ".join(command))
        silent = ["sudo", *silent]
    done = subprocess.run(silent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        say("\n".join(done.stdout.splitlines()[-20:]))
    return done.returncode


def prepare_windows() -> None:
    folders = (os.environ.get("PROGRAMFILES", ""), os.environ.get("PROGRAMFILES(X86)", ""))
    if any(Path(folder, "VideoLAN", "VLC", "libvlc.dll").exists() for folder in folders if folder):
        return
    if shutil.which("winget") is None:
        stop("VLC (64 bit) from VideoLAN is missing. Install it from videolan.org, then start this command again.")
    say("Installing VLC (64 bit) from VideoLAN.")
    agreed = ["--accept-package-agreements", "--accept-source-agreements"]
    must(
        ["winget", "install", "--id", "VideoLAN.VLC", "--exact", "--silent", *agreed],
        "VLC could not be installed. Install it from videolan.org, then start this command again.",
    )


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def venv_tool(name: str) -> Path:
    return venv_python().with_name(f"{name}.exe" if WINDOWS else name)


def base_python() -> str:
    """The Python that makes the environment: the running one, or the one behind it when dev.py runs inside it."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def environment_stamp() -> str:
    """Says which lock file and which Python an environment was made for."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{lock} {sys.version_info.major}.{sys.version_info.minor} {sysconfig.get_platform()}\n"


def prepare_python() -> None:
    stamp_file = VENV / "made-from"
    stamp = environment_stamp()
    made_from = stamp_file.read_text() if stamp_file.exists() else ""
    if made_from == stamp and venv_python().exists():
        return
    if made_from.split()[1:] != stamp.split()[1:] and made_from:
        say("The Python environment .venv belongs to another Python; making it anew.")
        shutil.rmtree(VENV)
    if not has_pip():
        say(f"Making the Python environment .venv (Python {sys.version.split()[0]}).")
        must([base_python(), "-m", "venv", "--clear", VENV], "The Python environment could not be made.")
    say(f"Installing the Python packages named in {LOCK.name}; the first time this takes a few minutes.")
    told = ["--disable-pip-version-check", *([] if sys.stdout.isatty() else ["--quiet"])]
    must(
        [
            venv_python(),
            "-m",
            "pip",
            "install",
            *told,
            "--no-deps",
            "--require-hashes",
            "-r",
            LOCK,
        ],
        "The Python packages could not be installed. What pip says above tells why; start this command again.",
    )
    stamp_file.write_text(stamp)


def has_pip() -> bool:
    """Whether something can be installed into the environment; an interrupted start leaves half of one."""
    asked = [str(venv_python()), "-m", "pip", "--version"]
    return venv_python().exists() and subprocess.run(asked, capture_output=True, check=False).returncode == 0


def prepare_catalogues() -> None:
    """Compile the catalogues if a sentence in them is newer than what was compiled."""
    compiler = ROOT / "installer" / "catalogues.py"
    sources = [*CATALOGUES.glob("*/LC_MESSAGES/*.po")]
    words = ROOT / "console" / "i18n" / "words.py"
    newest = max(path.stat().st_mtime for path in [compiler, words, *sources])
    compiled = [source.with_suffix(".mo") for source in sources]
    if all(path.exists() and path.stat().st_mtime >= newest for path in compiled):
        return
    say("Compiling the Thai and English catalogues.")
    must([venv_python(), compiler, "build"], "The catalogues could not be compiled.")


def scene_files() -> list[str]:
    """The names of the demonstration's painted clips, read from the source, which cannot be imported before set-up."""
    values = {
        node.target.id: node.value
        for node in ast.parse(SCENES.read_text(encoding="utf-8")).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    version, scenes = values["VERSION"], values["SCENES"]
    if not isinstance(version, ast.Constant) or not isinstance(scenes, ast.Dict):
        stop(f"{SCENES.relative_to(ROOT)} no longer says plainly which scenes there are.")
    names = [str(key.value) for key in scenes.keys if isinstance(key, ast.Constant)]
    return [f"{name}.v{int(str(version.value))}.ts" for name in names]


def cached_scenes() -> Path:
    """Where the demonstration looks for its painted streets when it runs from the source tree."""
    ask = "from platformdirs import user_cache_path; print(user_cache_path('ccoc-console', appauthor=False) / 'scenes')"
    asked = subprocess.run([venv_python(), "-c", ask], capture_output=True, text=True, check=True)
    return Path(asked.stdout.strip())


def prepare_scenes(folder: Path) -> None:
    """Paint the demonstration's streets once; the program would do it too, but with its window waiting."""
    if all((folder / name).exists() for name in scene_files()):
        return
    say("Painting the street scenes of the demonstration; once, and it takes about half a minute.")
    env = dict(os.environ) if WINDOWS else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if run([venv_python(), "main.py", "--paint-scenes", folder], env) != 0:
        stop("The street scenes could not be painted.")


# --- screens --------------------------------------------------------------------------------------------------------


def has_screen() -> bool:
    return WINDOWS or sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def screen_packages() -> tuple[str, ...]:
    return () if has_screen() else SCREEN_PACKAGES


@contextlib.contextmanager
def virtual_screen(size: str = DEMO_SIZE) -> Iterator[dict[str, str]]:
    """An X server of our own without a monitor; gives the environment for programs that shall use it."""
    answer, question = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(question), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[question],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(question)
    try:
        with os.fdopen(answer) as reader:
            number = reader.readline().strip()  # waits until the server takes clients, or ends
        if not number:
            stop("The virtual screen (Xvfb) did not start.")
        left_out = ("WAYLAND_DISPLAY", "XAUTHORITY")
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        yield {**kept, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def some_screen(size: str = DEMO_SIZE) -> Iterator[dict[str, str]]:
    """The person's own screen if there is one, else a virtual one."""
    if has_screen():
        yield dict(os.environ)
        return
    with virtual_screen(size) as env:
        yield env


# --- the verbs ------------------------------------------------------------------------------------------------------


def demo(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py demo", description="Start the console in demonstration mode.")
    parser.add_argument(
        "--shot", metavar="FILE", help="save a picture of the window, then end (0 only if every tile was live)"
    )
    parser.add_argument("--after", metavar="SECONDS", default="10", help="when to take the picture (default: 10)")
    parser.add_argument("--language", choices=("th", "en"), help="language of the window (default: Thai)")
    parser.add_argument("--size", metavar="WxH", default=DEMO_SIZE, help=f"size of the window (default: {DEMO_SIZE})")
    chosen = parser.parse_args(words)
    if re.fullmatch(r"\d{3,5}x\d{3,5}", chosen.size) is None:
        parser.error(f"a size looks like {DEMO_SIZE}, not like {chosen.size}")
    prepare([*WINDOW_PACKAGES, *screen_packages()])
    prepare_scenes(cached_scenes())
    command: list[str | Path] = [venv_python(), "main.py", "--demo"]
    if chosen.language:
        command += ["--language", chosen.language]
    if chosen.shot or "--size" in words:
        command += ["--size", chosen.size]
    if chosen.shot:
        command += ["--shot", Path(chosen.shot).absolute(), "--after", chosen.after]
    elif not has_screen():
        say("There is no display here, so the window is on a virtual screen that nobody sees; Ctrl+C ends it.")
        say("With --shot FILE it leaves a picture.")
    with some_screen(chosen.size) as env:
        return run(command, env)


def test(words: list[str]) -> int:
    prepare([*WINDOW_PACKAGES, *SCREEN_PACKAGES, *TEST_PACKAGES])
    sys.modules.setdefault("dev", sys.modules[__name__])  # the one that runs, not a second copy of it
    from tests import suite

    return suite.run_all(words)


def check(words: list[str]) -> int:
    argparse.ArgumentParser(
        prog="dev.py check", description="Everything that reads the code without running it."
    ).parse_args(words)
    prepare([])
    python = venv_python()
    steps: dict[str, Command] = {
        "ruff": [venv_tool("ruff"), "check", "--quiet"],
        "ruff format": [venv_tool("ruff"), "format", "--check", "--quiet"],
        "mypy": [python, "-m", "mypy", "--no-error-summary"],
        "import contracts": [venv_tool("lint-imports")],
        "house rules": [python, "tests/architecture/rules.py", "."],
        "catalogues": [python, "installer/catalogues.py", "check"],
    }
    broken = []
    for name, command in steps.items():
        say(f"{name} …")
        if run(command) != 0:
            broken.append(name)
    say("Not in order: " + ", ".join(broken) + "." if broken else "All in order: " + ", ".join(steps) + ".")
    return 1 if broken else 0


def bench(words: list[str]) -> int:
    programs = (
        path for path in (ROOT / "tests" / "bench").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")
    )
    known = sorted(path.stem for path in programs)
    if not words or words[0] not in known:
        stop(f"Usage: dev.py bench NAME …, where NAME is one of: {', '.join(known)}.")
    prepare([*WINDOW_PACKAGES, *SCREEN_PACKAGES, *TEST_PACKAGES, *BENCH_PACKAGES])
    with some_screen() as env:
        return run([venv_python(), f"tests/bench/{words[0]}.py", *words[1:]], {**env, "PYTHONPATH": str(ROOT)})


def shots(words: list[str]) -> int:
    prepare([*WINDOW_PACKAGES, *screen_packages()])
    folder = BUILD / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    with some_screen() as env:
        code = run([venv_python(), "tests/shell/shots.py", *words], {**env, "PYTHONPATH": str(ROOT)})
    say(f"The pictures are in {folder.relative_to(ROOT)}." if code == 0 else "Not every picture could be taken.")
    return code


def freeze(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="dev.py freeze", description="Build the program folder that is installed on consoles."
    )
    parser.add_argument("--smoke", action="store_true", help="then start it as a stranger would and see that it lives")
    chosen = parser.parse_args(words)
    library = [] if WINDOWS or not sys.executable.startswith("/usr/") else [f"libpython3.{sys.version_info.minor}"]
    peers = [*SCREEN_PACKAGES, *TEST_PACKAGES, *SMOKE_PACKAGES] if chosen.smoke else []
    prepare([*WINDOW_PACKAGES, *FREEZE_PACKAGES, *library, *peers])
    prepare_scenes(BUILD / "scenes")
    say("Building the program folder; this takes a minute or two.")
    places: list[str | Path] = ["--distpath", FROZEN.parent, "--workpath", BUILD / "freeze"]
    must(
        [venv_python(), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, "installer/console.spec"],
        "The program folder could not be built.",
    )
    say(f"The program folder is {FROZEN.relative_to(ROOT)}; start ccoc-console in it.")
    if not chosen.smoke:
        return 0
    if WINDOWS:
        return run([venv_python(), "-m", "installer.smoke", FROZEN])
    with virtual_screen() as env:
        return run([venv_python(), "-m", "installer.smoke", FROZEN], env)


VERBS = {
    "demo": Verb(
        "start the console in demonstration mode (--shot FILE --after SECONDS, --language th|en, --size WxH)", demo
    ),
    "test": Verb("run the whole test suite; anything that follows goes to pytest", test),
    "check": Verb("ruff, mypy, import contracts, size limits, catalogues", check),
    "bench": Verb("run a benchmark of tests/bench by its name", bench),
    "shots": Verb("take a picture of every page and state into build/shots", shots),
    "freeze": Verb("build the program folder (--smoke: and try it)", freeze),
}


def main(words: list[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        say(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
        return 1
    if not words or words[0] not in VERBS:
        say("Usage: python3 dev.py COMMAND …\n")
        say("\n".join(f"  {name:8}{verb.says}" for name, verb in VERBS.items()))
        return 0 if words[:1] in (["-h"], ["--help"]) else 2
    try:
        return VERBS[words[0]].run(words[1:])
    except StopWithSentence as ended:
        say(str(ended))
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    # So that what was started (a virtual screen) is ended when we are.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main(sys.argv[1:]))
