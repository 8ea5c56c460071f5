"""Run as a program by the store's tests: a second process that holds a store, or writes until it is killed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from console.db.journal import JournalEvent
from console.db.places import StorePlace, load_writer
from console.db.store import CommandStamp, Store
from console.kernel import ConsoleError, SystemClock, new_id
from tests.store.world import record


def say(words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main(task: str, url: str, data_dir: str) -> None:
    try:
        writer = load_writer(Path(data_dir), "sk01", "child")
        store = Store.open(StorePlace(url, Path(data_dir)), clock=SystemClock(), writer=writer)
    except ConsoleError as error:
        say({"error": error.key})
        return
    say({"open": True, "alembic": "alembic" in sys.modules})
    if task == "hold":
        sys.stdin.read(1)
    while task == "write":
        command = new_id()
        event = JournalEvent("test.row", ("test", command), {"text": "x" * 500})
        try:
            record(store, event, CommandStamp(command, "write"))
        except ConsoleError as error:
            say({"error": error.key})
            break
        say({"stored": command})
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
