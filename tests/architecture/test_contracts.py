"""Each import contract is broken on purpose, once, in a copy: a contract that cannot fail promises nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]


@dataclass(frozen=True)
class Plant:
    """A module that imports what its place may not."""

    contract: str
    importer: str
    imported: str
    form: str = "import {}"


UPWARDS = [
    Plant("Layers", "console.kernel.planted", "console.i18n"),
    Plant("Layers", "console.db.planted", "console.services"),
    Plant("Layers", "console.db.planted_beside", "console.video"),
    Plant("Layers", "console.video.planted_beside", "console.db"),
    Plant("Layers", "console.video.planted", "console.services"),
    Plant("Layers", "console.services.planted", "console.views"),
    Plant("Layers", "console.views.planted", "console.app"),
]
ROUND_THE_GATE = [
    Plant("Only the gate signs grants and opens channels", "console.services.planted_grants", "console.video.grants"),
    Plant("Only the gate signs grants and opens channels", "console.views.planted_engine", "console.video.supervisor"),
    Plant(
        "Only the gate, the log-in and the composition root reach the vault",
        "console.services.planted_vault",
        "console.db.vault",
    ),
    Plant("libVLC lives in the player only", "console.video.planted_player", "vlc", "def play():\n    import {}"),
    Plant(
        "libVLC lives in the player only",
        "console.services.planted_player",
        "vlc",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {}",
    ),
    Plant("PyAV lives in ingest, bridge and synthetic only", "console.video.planted_demuxer", "av"),
    Plant("PyAV lives in ingest, bridge and synthetic only", "console.views.planted_demuxer", "av"),
    Plant("pyqtgraph lives in the charts only", "console.views.planted_chart", "pyqtgraph"),
]


def forbidden_plants() -> list[Plant]:
    """For each contract that forbids modules: every forbidden module in every place that it names."""
    return [
        Plant(contract["name"], f"{source}.planted_{number}_{count}", module)
        for number, contract in enumerate(CONTRACTS)
        if contract["type"] == "forbidden"
        for source in contract["source_modules"]
        for count, module in enumerate(contract["forbidden_modules"])
    ]


PLANTS = [*UPWARDS, *ROUND_THE_GATE, *forbidden_plants()]


def plant(root: Path, planted: Plant) -> str:
    """Write the module and return its name; where the place is one file, the import goes into that file."""
    words = planted.form.format(planted.imported) + "\n"
    place = root / (planted.importer.rpartition(".")[0].replace(".", "/"))
    if place.is_dir():
        (place / f"{planted.importer.rpartition('.')[2]}.py").write_text(words, encoding="utf-8")
        return planted.importer
    with place.with_suffix(".py").open("a", encoding="utf-8") as module:
        module.write(words)
    return planted.importer.rpartition(".")[0]


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What import-linter says of a copy with everything planted: its words for each contract by name."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    shutil.copytree(ROOT / "console", copy / "console", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "console" / "planted_layer.py").touch()
    for planted in PLANTS:
        plant(copy, planted)
    tool = Path(sys.executable).with_name("lint-imports")
    said = subprocess.run([tool, "--no-cache"], cwd=copy, capture_output=True, text=True, check=False)
    assert said.returncode == 1, said.stdout + said.stderr
    _, _, broken = said.stdout.partition("Broken contracts")
    sections = re.split(r"\n([^\n]+)\n-{3,}\n", broken)
    return dict(zip(sections[1::2], sections[2::2], strict=True))


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract["name"] for contract in CONTRACTS} == {planted.contract for planted in PLANTS}


@pytest.mark.parametrize("planted", PLANTS, ids=lambda planted: f"{planted.importer}-{planted.imported}")
def test_the_planted_import_breaks_its_contract(verdict: dict[str, str], planted: Plant) -> None:
    place = planted.importer.rpartition(".")[0]
    importer = planted.importer if (ROOT / place.replace(".", "/")).is_dir() else place
    assert re.search(rf"- +{re.escape(importer)} -> {re.escape(planted.imported)}\b", verdict[planted.contract])


def test_a_module_without_a_layer_breaks_the_layers(verdict: dict[str, str]) -> None:
    assert "console.planted_layer" in verdict["Layers"]


BANNED_BY_RUFF = [
    "import importlib\n\nimportlib.import_module('x')\n",
    "from importlib import import_module\n",
    "from PySide6 import QtMultimedia\n",
    "from PySide6.QtMultimedia import QMediaPlayer\n",
    "from PySide6 import QtNetwork\n",
    "from PySide6.QtNetwork import QTcpSocket\n",
    "from PySide6.QtWebEngineCore import QWebEnginePage\n",
    "from PySide6.QtWebEngineWidgets import QWebEngineView\n",
]


def test_ruff_refuses_what_contracts_cannot_see(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for number, words in enumerate(BANNED_BY_RUFF):
        (tmp_path / f"planted_{number}.py").write_text(words, encoding="utf-8")
    tool = Path(sys.executable).with_name("ruff")
    command = [str(tool), "check", "--no-cache", "--output-format", "json", "."]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    refused = {Path(finding["filename"]).stem for finding in json.loads(said.stdout) if finding["code"] == "TID251"}
    assert refused == {f"planted_{number}" for number in range(len(BANNED_BY_RUFF))}
