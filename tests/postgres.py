"""A PostgreSQL server of the tests' own: made in a folder of its own, ended with the tests, dead if they are killed."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL

START_S = 30.0


def binaries() -> Path | None:
    """Return the folder of the newest server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@dataclass
class PostgresServer:
    """A running cluster; `database()` lends a fresh database."""

    bin: Path
    folder: Path
    port: int
    password: str
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, database: str) -> str:
        made = URL.create("postgresql+psycopg", "postgres", self.password, "127.0.0.1", self.port, database)
        return made.render_as_string(hide_password=False)

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", password=self.password, dbname=database, autocommit=True
        )

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """Lend the URL of a new, empty database; it is dropped afterwards."""
        name = f"t_{secrets.token_hex(6)}"
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield self.url(name)
        finally:
            with self.connect() as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())

    def start(self) -> None:
        data = self.folder / "data"
        word = self.folder / "word"
        word.write_text(self.password, "ascii")
        self._give(self.folder, word)
        made = [*_as_postgres(), str(self.bin / "initdb"), "-D", str(data), "-U", "postgres", "--pwfile", str(word)]
        made += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, timeout=START_S, cwd=self.folder)
        word.unlink()
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "full_page_writes": "off",
            "shared_buffers": "16MB",
            "max_connections": "40",
            "log_min_messages": "panic",
        }
        run = [*_as_postgres(ends_with_us=True), str(self.bin / "postgres"), "-D", str(data)]
        for name, value in options.items():
            run += ["-c", f"{name}={value}"]
        self._process = subprocess.Popen(run, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
        self._wait()

    @staticmethod
    def _give(*paths: Path) -> None:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            for path in paths:
                os.chown(path, owner.pw_uid, owner.pw_gid)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(START_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _as_postgres(*, ends_with_us: bool = False) -> list[str]:
    """The server refuses to run as root: become `postgres` first. `setpriv` also ties its life to ours."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return []
    command = [setpriv]
    if os.geteuid() == 0:
        command += ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
    if ends_with_us:
        command += ["--pdeathsig", "INT"]
    return [*command, "--"] if len(command) > 1 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole run. Missing programs fail the test: this database is promised, not optional."""
    found = binaries()
    if found is None:
        pytest.fail("PostgreSQL is not installed; `python3 dev.py test` installs it", pytrace=False)
    # Not under TMPDIR: root's own temporary folder may be closed to the user postgres.
    folder = Path(tempfile.mkdtemp(prefix="ccoc-postgres-", dir="/tmp"))
    server = PostgresServer(found, folder, _free_port(), secrets.token_urlsafe(12))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session", autouse=True)
def postgres_first(request: pytest.FixtureRequest) -> None:
    """Start the server before the first test that is watched for child processes left behind."""
    if any(item.get_closest_marker("postgres") for item in request.session.items):
        request.getfixturevalue("postgres_server")
