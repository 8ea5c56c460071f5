"""The catalogues are complete, and every code and error key has words."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from console import kernel
from console.i18n import RESOURCES, WORD_BREAK, _, install, labels, plain
from console.i18n.errors import WAYS_OUT, deny_reason, error_text, fault_text, field_text, open_failed_text
from console.i18n.sentences import SENTENCES
from console.i18n.words import broken
from console.kernel import ConsoleError, Denied, DenyReason, Fault, Invalid, Unavailable
from console.views.status_line import StoreFacts, StoreState, store_text
from installer import catalogues

ROOT = Path(__file__).resolve().parents[2]
RAISERS = {"ConsoleError", "Unavailable"}
KEY = re.compile(r"^[a-z][a-z_]*\.[a-z_]+$")
CODES: list[Enum] = [
    code
    for kind in (
        kernel.Role,
        kernel.Right,
        kernel.Purpose,
        kernel.ViewKind,
        kernel.EndReason,
        kernel.AuthorityKind,
        kernel.AccessLevel,
        kernel.OwnerType,
        kernel.Party,
        kernel.PersuasionStage,
        kernel.StepKind,
        kernel.ConsentState,
        kernel.ConsentEventKind,
        kernel.WithdrawalWay,
        kernel.Aim,
        kernel.TileState,
        kernel.Fault,
        kernel.DenyReason,
    )
    for code in kind
]


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_text_is_missing_or_fuzzy(language: str) -> None:
    assert catalogues.problems(language) == []


@pytest.mark.parametrize("code", CODES, ids=lambda code: f"{type(code).__name__}.{code.name}")
@pytest.mark.usefixtures("_thai")
def test_every_code_has_a_thai_label(code: Enum) -> None:
    text = labels.label(code)
    if code is not Fault.NONE:
        assert re.search("[ก-๙]|SOS", text), text


@pytest.mark.usefixtures("_thai")
def test_short_labels_and_store_states() -> None:
    assert all(labels.short_purpose(purpose) for purpose in kernel.Purpose)
    assert all(labels.short_level(level) for level in kernel.AccessLevel)
    assert all(store_text(StoreFacts(state)) for state in StoreState)
    assert plain(store_text(StoreFacts(StoreState.LOCAL, waiting=4))).endswith("รอส่ง 4 รายการ")


def raised_keys() -> dict[str, str]:
    """Return every literal key that the program raises, with one place that does."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "console").rglob("*.py")):
        tree = ast.parse(path.read_bytes())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                for key in _keys(node):
                    found.setdefault(key, f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def _keys(call: ast.Call) -> list[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    values: list[ast.expr] = []
    if name in RAISERS and call.args:
        values = [call.args[0]]
    elif name == "Invalid" and call.args and isinstance(call.args[0], ast.Dict):
        values = list(call.args[0].values)
    return [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]


def carried_keys() -> set[str]:
    """Return keys that travel as plain values: returned by a check, put into a field's place, kept in a table."""
    found: set[str] = set()
    for path in [*(ROOT / "console" / "services").rglob("*.py"), *(ROOT / "console" / "db").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_bytes())):
            found |= {value for value in _carried(node) if KEY.match(value)}
    return found


def _carried(node: ast.AST) -> list[str]:
    values: list[ast.expr | None] = []
    if isinstance(node, ast.Return) or (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)):
        values = [node.value]
    elif isinstance(node, ast.Dict):
        values = list(node.values)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_bad":
        values = list(node.args)
    return [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]


def test_every_raised_key_has_a_sentence() -> None:
    assert {key: place for key, place in raised_keys().items() if key not in SENTENCES} == {}


def test_every_returned_key_has_a_sentence() -> None:
    """Keys also travel as plain values: in tables of a dialect, as the answer of a check."""
    assert carried_keys() - set(SENTENCES) == set()


@pytest.mark.usefixtures("_thai")
def test_no_sentence_breaks_without_its_parameters() -> None:
    for key in SENTENCES:
        text = error_text(ConsoleError(key))
        assert "{" not in text, text
        assert re.search("[ก-๙]", text), key


@pytest.mark.usefixtures("_thai")
def test_errors_say_what_to_do() -> None:
    text = plain(
        error_text(Unavailable("store.locked", holder="", program="main.py", pid=4711, since=datetime.now(UTC)))
    )
    assert "4711" in text
    assert "กรุณาปิดโปรแกรมนั้นก่อน" in text
    assert plain(error_text(ConsoleError("surely.unknown"))).find("surely.unknown") > 0
    assert plain(error_text(Invalid({"login": "people.login_taken"}))) == plain(field_text("people.login_taken"))


@pytest.mark.usefixtures("_thai")
def test_denials_name_hours_and_dates() -> None:
    assert plain(error_text(Denied(DenyReason.OUTSIDE_HOURS, hours=((1080, 360),)))) == (
        "ไม่มีสิทธิ์ดู: นอกช่วงเวลาที่เจ้าของอนุญาต (18.00–06.00 น.)"
    )
    assert "300" in deny_reason(Denied(DenyReason.INCIDENT_TOO_FAR, radius_m=300))
    at = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    assert "22 พ.ย. 2569 13.00 น." in plain(deny_reason(Denied(DenyReason.EXPIRED, at=at)))


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.NONE])
@pytest.mark.usefixtures("_thai")
def test_every_fault_names_the_camera_and_the_way_out(fault: Fault) -> None:
    text = plain(open_failed_text("หน้าร้านทอง", fault))
    assert text.startswith("เปิดกล้อง “หน้าร้านทอง” ไม่ได้: ")
    assert plain(fault_text(fault)) in text
    assert " — " in text
    assert set(WAYS_OUT) <= set(Fault)


@pytest.mark.usefixtures("_thai")
def test_thai_texts_may_break_between_words_only() -> None:
    text = _("Visitors in the room.\nPrivate cameras are dark.")
    assert WORD_BREAK in text
    assert f"เยี่ยม{WORD_BREAK}ชม" not in text
    assert plain(text) == "มีผู้เยี่ยมชม\nปิดภาพกล้องเอกชนไว้"
    assert broken("ม.ค. {n} ชม. ใด ๆ") == "ม.ค. {n} ชม. ใด ๆ"


def test_a_missing_catalogue_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        install("th", tmp_path)
    assert caught.value.key == "language.not_built"
    with pytest.raises(Unavailable):
        install("xx")


def test_a_fuzzy_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "th" / "LC_MESSAGES"
    broken.mkdir(parents=True)
    text = (RESOURCES / "locale" / "th" / "LC_MESSAGES" / "console.po").read_text(encoding="utf-8")
    first = text.index('\n\nmsgid "Agreement')
    (broken / "console.po").write_text(text[:first] + "\n#, fuzzy" + text[first:], encoding="utf-8")
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    assert any("fuzzy" in problem for problem in catalogues.problems("th"))
    with pytest.raises(SystemExit):
        catalogues.build("th")


@pytest.mark.parametrize("reason", list(DenyReason))
@pytest.mark.usefixtures("_thai")
def test_a_refusal_that_travels_as_a_key_has_its_sentence(reason: DenyReason) -> None:
    key = Denied(reason).key
    assert field_text(key) == error_text(ConsoleError(key)) == error_text(Denied(reason))
    assert key not in field_text(key)


@pytest.mark.parametrize("right", list(kernel.Right))
@pytest.mark.usefixtures("_thai")
def test_a_refused_position_names_the_right_that_it_lacks(right: kernel.Right) -> None:
    assert deny_reason(Denied(DenyReason.ROLE, right=right.value)).endswith(labels.label(right))


@pytest.mark.usefixtures("_thai")
def test_problems_of_settings_are_said_in_the_chosen_language() -> None:
    problems = [
        ("station.toml", "gate.lease_s", "field.less_than_equal"),
        ("station.toml", "x", "field.extra_forbidden"),
    ]
    lines = plain(error_text(ConsoleError("settings.invalid", problems=problems))).splitlines()[1:]
    assert lines[0].startswith("station.toml · gate.lease_s · ")
    assert all(re.search("[ก-๙]", line) for line in lines)
    assert lines[1].endswith("ไม่มีการตั้งค่าชื่อนี้")


NOT_ON_SCREEN = frozenset({"กรอบ", "*", "ลัก", "๒๒/๑๑/๒๕๖๙", "22 พ.ย. 69", "18.00–06.00"})
"""What the guide for the room writes as a label and is none: what is typed, and the example of a label itself."""


def test_every_label_in_the_guide_for_the_room_is_on_the_screen() -> None:
    guide = (ROOT / "docs" / "user.th.md").read_text(encoding="utf-8")
    with (RESOURCES / "locale" / "th" / "LC_MESSAGES" / "console.po").open("rb") as file:
        messages = [message.string for message in read_po(file, locale="th") if message.id]
    texts = [text for each in messages for text in ([each] if isinstance(each, str) else each or ())]
    # A text of placeholders alone would be every label.
    worded = [text for text in texts if re.search("[ก-๙]{2}", text)]
    said = [re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(text))) for text in worded]
    quoted = set(re.findall(r"`([^`]+)`", guide)) - NOT_ON_SCREEN
    assert len(quoted) > 50
    assert [label for label in sorted(quoted) if not any(text.fullmatch(label) for text in said)] == []
