"""The script and the page for owners and auditors: each finds every forgery, and both say the same of every file."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.db.camera_heads import heads_of
from console.i18n import install
from console.i18n.labels import label
from console.kernel import AccessLevel, DenyReason, EndReason, LegalBasis, Outcome, Purpose, Role, ViewKind
from console.services.statement_file import statement_bytes
from resources.verify import verify_statement as reader
from tests.bench.paper import PAPER_ATTACKS, Paper
from tests.browser import Browser, running_browser
from tests.features.statement_cases import FINGERPRINT, Case, History, cases, live
from tests.features.statement_dice import drawn_file
from tests.store.history import KEY
from tests.store.world import START

PAGE: Final = Path(reader.__file__).with_name("verify.html")
_ANSWERED: Final = (
    "(async () => { while (!document.querySelector('.verdict')) await new Promise(requestAnimationFrame); })()"
)
RULES: Final = re.compile(r"# --- lines: begin ---\n(.*)# --- lines: end ---", re.DOTALL)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    yield from live(tmp_path_factory.mktemp("statement") / "data")


@pytest.fixture(scope="module")
def table(history: History) -> list[Case]:
    return list(cases(history))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        started.open(PAGE)
        yield started


def _script_says(case: Case, folder: Path) -> dict[str, Any]:
    holds = case.holds
    if isinstance(holds, bytes):
        path = folder / "held.json"
        path.write_bytes(holds)
        holds = str(path)
    try:
        return {"verdict": 0, "problem": "", **reader.verify(case.data, case.fingerprint, holds)}
    except reader.Fault as fault:
        return {"verdict": fault.verdict, "problem": fault.code}


def page_says(browser: Browser, table: list[Case]) -> list[dict[str, Any]]:
    asked = [
        [
            base64.b64encode(case.data).decode(),
            case.fingerprint,
            base64.b64encode(case.holds).decode() if isinstance(case.holds, bytes) else None,
            case.holds if isinstance(case.holds, str) else None,
        ]
        for case in table
    ]
    bytes_of = "(text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))"
    script = (
        "(async (asked, bytes, made = []) => { for (const [data, key, file, typed] of asked)"
        " made.push(JSON.stringify(await check(bytes(data), key, file ? bytes(file) : typed))); return made; })"
        f"(arguments[0], {bytes_of})"
    )
    return [json.loads(text) for text in browser.wait_for(script, asked)]


def test_both_readers_say_the_same_of_every_file(table: list[Case], browser: Browser, tmp_path: Path) -> None:
    assert len({case.name for case in table}) == len(table) > 100
    assert _wrong(table, browser, tmp_path) == []


def test_both_readers_find_what_was_generated(history: History, browser: Browser, tmp_path: Path) -> None:
    """A sample of the hundred thousand of `dev.py bench tamper`."""
    honest = [Paper(history.file()), Paper(history.file(2)), Paper(history.file(delayed=True))]
    table = []
    for name, attack in PAPER_ATTACKS.items():
        for number in range(6):
            forged = attack(honest[number % 3], random.Random(f"{name} {number}"))
            table.append(Case(f"{name} {number}", forged.file, 1, None, forged.fingerprint, forged.holds))
    assert _wrong(table, browser, tmp_path) == []


def test_both_readers_tell_alike_what_no_console_writes(browser: Browser) -> None:
    """Seeds are set: the same files each time."""
    table = [Case(str(seed), drawn_file(random.Random(seed)), 0, "") for seed in range(60)]
    proved = 0
    for case, page in zip(table, page_says(browser, table), strict=True):
        script = _script_says(case, Path())
        assert page == json.loads(json.dumps(script)), case.name
        proved += script["verdict"] == 0
        if script["verdict"] == 0:
            assert _words_of(browser, script) == _words_of(None, script), case.name
    assert proved > 20


def _words_of(browser: Browser | None, found: dict[str, Any]) -> list[list[str]]:
    """Return the words of each line, as the page shows them or else the script; their order is each one's own."""
    if browser is None:
        speaker = reader.Speaker("th")
        texts = [reader.visible(speaker.line(line, found["claims"])) for line in found["lines"]]
    else:
        script = (
            "language = 'th'; return JSON.parse(arguments[0]).map((line) => [...lineItem(line, arguments[1])"
            ".querySelectorAll('time, div')].map((each) => each.textContent).join(' '))"
        )
        texts = browser.run(script, json.dumps(found["lines"]), found["claims"])
    return [sorted(text.replace("·", " ").split()) for text in texts]


def _wrong(table: list[Case], browser: Browser, tmp_path: Path) -> list[tuple[Any, ...]]:
    """Return the cases of which a reader says something else than is expected, or than the other."""
    wrong: list[tuple[Any, ...]] = []
    for case, page in zip(table, page_says(browser, table), strict=True):
        script = _script_says(case, tmp_path)
        expected = (case.verdict, case.problem)
        found = (script["verdict"], script["problem"])
        is_expected = found == expected if case.problem is not None else script["verdict"] != 0
        if page != json.loads(json.dumps(script)) or not is_expected:
            wrong.append((case.name, expected, found, (page["verdict"], page["problem"])))
    return wrong


def test_the_lines_tell_what_happened(history: History) -> None:
    found = reader.verify(history.file(), FINGERPRINT)
    told = {line["kind"]: line for line in found["lines"]}
    assert {"view", "earlier", "refused", "right", "camera", "consent", "statement", "delay", "other"} == told.keys()
    views = [line for line in found["lines"] if line["kind"] == "view"]
    first, through, urgent, forced = views
    assert (first["purpose"], first["view"], first["picture_ms"], first["seconds"]) == ("traffic", "wall", 1500, 65)
    assert (through["incident"], through["self_opened"], through["reviewed"]) == ("sk01-2569-0001", True, "ok")
    assert (urgent["purpose"], urgent["justified"] > urgent["at"], urgent["ended"]) == ("urgent", True, "")
    assert (forced["emergency"], forced["law"], forced["picture_ms"]) == (True, "danger_to_life", None)
    assert first["law"] == ""
    assert first["who"] == through["who"] != urgent["who"]
    assert len(first["who"]) == 5
    assert told["refused"]["reason"] == "outside_hours"
    assert told["earlier"]["seconds"] == 7
    assert found["totals"] == {
        "views": 5, "seconds": 65 + 65 + 7, "running": 2, "refused": 1,
        "emergency": 1, "self_opened": 1, "unjustified": 1,
    }  # fmt: skip
    assert (found["rows"], found["delayed"], found["outside"]) == (len(history.statement().links), 0, 0)


def test_lines_that_wait_are_counted_and_tell_nothing(history: History) -> None:
    found = reader.verify(history.file(delayed=True), FINGERPRINT)
    assert found["delayed"] == 4
    assert "sk01-2569-0001" not in json.dumps(found["lines"])
    assert sum(line["kind"] == "earlier" for line in found["lines"]) == 1


@pytest.mark.parametrize("language", ["en", "th"])
def test_what_stands_before_a_waiting_row_is_said_to_be_unconfirmed(
    history: History, browser: Browser, language: str
) -> None:
    data = history.file(delayed=True)
    found = reader.verify(data, FINGERPRINT)
    unsure = [line for line in found["lines"] if not line["confirmed"]]
    assert (found["unconfirmed"], [line["purpose"] for line in unsure]) == (3, ["urgent"])
    assert reader.verify(history.file(), FINGERPRINT)["unconfirmed"] == 0
    speaker = reader.Speaker(language)
    browser.open(PAGE)
    [answer] = page_says(browser, [Case("waits", data, 0, "")])
    browser.run("language = arguments[1]; shown = JSON.parse(arguments[0]); show();", json.dumps(answer), language)
    for shown in (browser.run("return document.body.innerText"), "\n".join(speaker.sheet(found))):
        assert speaker.say("open.unconfirmed", n=3) in shown
        assert shown.count(speaker.say("part.unconfirmed")) == 3, "in both sentences and at the line"
        whole = {"n": found["rows"], "m": 3, "from": speaker.say("proved.begin"), "to": 3}
        at = speaker.moment(found["head"]["at"])
        assert speaker.say("proved.part", **whole, at=at) in shown


def test_a_statement_that_no_entry_names_is_said_to_be_none(table: list[Case], browser: Browser) -> None:
    speaker = reader.Speaker("en")
    wanted = {"its own entry names the period": True, "its own entry is of another number": False, "whole": False}
    chosen = [case for case in table if case.name in wanted]
    browser.open(PAGE)
    for case, answer in zip(chosen, page_says(browser, chosen), strict=True):
        found = reader.verify(case.data, FINGERPRINT)
        assert found["listed"] is wanted[case.name]
        browser.run("language = 'en'; shown = JSON.parse(arguments[0]); show();", json.dumps(answer))
        for shown in (browser.run("return document.body.innerText"), "\n".join(speaker.sheet(found))):
            assert (speaker.say("open.unlisted") in shown) is not wanted[case.name]
            assert (f"no. 3 · {speaker.moment(found['period']['since'])} – " in shown) is wanted[case.name]


def test_the_console_and_the_readers_follow_one_text_of_rules() -> None:
    console = Path("console/services/statement_lines.py").read_text("utf-8")
    script = Path(reader.__file__).read_text("utf-8")
    assert RULES.findall(script) == RULES.findall(console) != []


def test_both_readers_use_one_table_of_words() -> None:
    page = re.findall(r'id="words">\n(.*?)\n</script>', PAGE.read_text("utf-8"), re.DOTALL)
    assert page == [reader.WORDS.strip()]
    assert all(english and thai for english, thai in reader.TEXTS.values())


@pytest.mark.parametrize("language", ["en", "th"])
def test_the_readers_words_are_the_consoles(language: str) -> None:
    kinds: dict[str, type[Enum]] = {
        "purpose": Purpose,
        "role": Role,
        "view": ViewKind,
        "ended": EndReason,
        "reason": DenyReason,
        "law": LegalBasis,
    }
    kinds |= {"level": AccessLevel, "outcome": Outcome}
    speaker = reader.Speaker(language)
    install(language)
    try:
        said = {
            f"{name}.{code.value}": label(code).replace("\u200b", "") for name, kind in kinds.items() for code in kind
        }
    finally:
        install("en")
    assert {key: speaker.say(key) for key in said} == said


def test_every_problem_has_words() -> None:
    source = Path(reader.__file__).read_text("utf-8")
    codes = set(re.findall(r'Fault\(\w+, "(\w+)"\)', source))
    assert len(codes) > 12
    assert {code for code in codes if f"problem.{code}" not in reader.TEXTS} == set()


def test_ed25519_agrees_with_rfc_8032_and_with_cryptography() -> None:
    vectors = [
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ]  # fmt: skip
    for vector in vectors:
        assert reader.is_signed(*map(bytes.fromhex, vector))
    for seed in range(6):
        private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        public, message = private.public_key().public_bytes_raw(), bytes(range(seed * 7))
        made = private.sign(message)
        assert reader.is_signed(public, message, made)
        assert not reader.is_signed(public, message + b"x", made)
        for place in (0, 31, 32, 63):
            flipped = bytes(byte ^ (1 << seed if at == place else 0) for at, byte in enumerate(made))
            assert not reader.is_signed(public, message, flipped)
        order = int.from_bytes(made[32:], "little") + reader.L
        assert not reader.is_signed(public, message, made[:32] + order.to_bytes(32, "little"))
    assert not reader.is_signed(b"\xff" * 32, b"", bytes(64))
    assert not reader.is_signed(bytes(32), b"", b"")


@pytest.mark.parametrize("language", ["en", "th"])
def test_the_script_alone_says_what_is_proved(history: History, language: str, tmp_path: Path) -> None:
    """As an auditor has it: the file by itself, another Python process, isolated from everything of ours."""
    script, file = tmp_path / "verify_statement.py", tmp_path / "statement.json"
    script.write_bytes(Path(reader.__file__).read_bytes())
    file.write_bytes(history.file())

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", str(script), str(file), "--language", language, *words],
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8")

    code, said = run("--fingerprint", FINGERPRINT)
    speaker = reader.Speaker(language)
    for key in (
        "result.0",
        "proved.title",
        "open.title",
        "open.phone",
        "open.program",
        "part.emergency",
        "law.danger_to_life",
        "part.reviewed",
    ):
        assert speaker.say(key) in said
    assert code == 0
    assert run("--fingerprint", "0" * 64) == (1, f"{speaker.say('result.1')}\n{speaker.say('problem.key')}\n")
    assert run("--fingerprint", "?")[0] == 2
    assert run() == (2, "")
    file.unlink()
    assert run("--fingerprint", FINGERPRINT)[0] == 2


def test_the_page_shows_what_it_found_and_asks_nobody(history: History, browser: Browser) -> None:
    browser.log()
    browser.open(PAGE)
    text = base64.b64encode(history.file()).decode()
    script = """
        document.documentElement.lang !== arguments[1] && document.getElementById("language").click();
        chosen.file = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
        document.getElementById("fingerprint").value = arguments[2];
        document.getElementById("check").click();
    """
    seen = {}
    for language in ("th", "en"):
        browser.run(script, text, language, FINGERPRINT)
        browser.wait_for(_ANSWERED)
        seen[language] = browser.run("return document.body.innerText")
        browser.run("shown = null; show();")
    speakers = {language: reader.Speaker(language) for language in seen}
    for language, shown in seen.items():
        for key in (
            "result.0",
            "open.phone",
            "part.emergency",
            "law.danger_to_life",
            "page.title",
            "proved.lines",
            "outcome.settled",
        ):
            assert speakers[language].say(key) in shown
        assert "<b>A1</b>" in shown
    browser.run(script, text, "en", "0" * 64)
    browser.wait_for(_ANSWERED)
    assert speakers["en"].say("problem.key") in browser.run("return document.body.innerText")
    assert browser.log() == []
    refused = browser.wait_for("fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'refused')")
    assert refused == "refused"
    assert "Content Security Policy" in str(browser.log())


def test_both_say_that_nobody_looked_only_where_nothing_can_be_missing(history: History, browser: Browser) -> None:
    made = replace(history.statement(delayed=True), since=START - timedelta(days=9), until=START - timedelta(days=8))
    complete = replace(made, delayed=frozenset(), unheard={})
    browser.open(PAGE)
    speaker = reader.Speaker("en")
    for given, said, unsaid in ((made, "sheet.open", "sheet.none"), (complete, "sheet.none", "sheet.open")):
        data = statement_bytes(given, KEY)
        [answer] = page_says(browser, [Case("a period without lines", data, 0, "")])
        browser.run("language = 'en'; shown = JSON.parse(arguments[0]); show();", json.dumps(answer))
        for shown in (
            browser.run("return document.body.innerText"),
            "\n".join(speaker.sheet(reader.verify(data, FINGERPRINT))),
        ):
            assert speaker.say(said) in shown
            assert speaker.say(unsaid) not in shown


def test_nothing_in_a_file_hides_or_reverses_other_words(
    history: History, browser: Browser, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """A station may sign what it likes: an auditor's terminal obeys none of it, and an owner's page neither."""
    name = "A1\x1b[2J\x1b[9A\r\n\u202eA2\u2066\x9b1m"
    data = statement_bytes(replace(history.statement(), camera_name=name, unheard={name: START}), KEY)
    file = tmp_path / "file.json"
    file.write_bytes(data)
    assert reader.main([str(file), "--fingerprint", FINGERPRINT]) == 0
    browser.open(PAGE)
    [answer] = page_says(browser, [Case("strange", data, 0, "")])
    browser.run("shown = JSON.parse(arguments[0]); show();", json.dumps(answer))
    words = "return [...document.querySelectorAll('dd, li')].map((each) => each.textContent).join('\\n')"
    for said in (capsysbinary.readouterr().out.decode("utf-8"), browser.run(words)):
        assert re.findall("[^ -~\u0e00-\ufffd\u2000-\u2027\n·éÉ]|\u202e|\u2066", said) == []
        assert said.count("A1\ufffd[2J\ufffd[9A\ufffd\ufffd\ufffdA2\ufffd\ufffd1m") == 2


def test_what_cannot_be_finished_is_no_answer(
    history: History, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python that breaks off ends with 1, which would say that the file is false."""
    file = tmp_path / "file.json"
    file.write_bytes(history.file())

    def full(*_asked: object) -> None:
        raise MemoryError

    monkeypatch.setattr(reader, "read_rows", full)
    assert reader.main([str(file), "--fingerprint", FINGERPRINT]) == 2
    browser.open(PAGE)
    browser.run("linesOf = () => { throw new RangeError('too many'); };")
    [answer] = page_says(browser, [Case("too large", history.file(), 2, "stopped")])
    assert answer == {"verdict": 2, "problem": "stopped"}
    browser.open(PAGE)


def test_a_confirmation_and_an_earlier_file_are_both_checked(history: History, browser: Browser) -> None:
    browser.open(PAGE)
    theirs = history.store.read(lambda tx: heads_of(tx, history.other))[0]
    head = {"body": base64.b64encode(theirs.body).decode(), "signature": base64.b64encode(theirs.signature).decode()}
    fill = """
        const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        chosen.file = bytes(arguments[0]);
        document.getElementById("fingerprint").value = arguments[1];
        document.getElementById("holds").value = arguments[2];
        const moved = new DataTransfer();
        moved.items.add(new File([arguments[3]], "earlier.json"));
        document.getElementById("earlier").closest("label")
          .dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: moved }));
    """
    data, typed = base64.b64encode(history.file()).decode(), f"1:{history.heads[0].hash}"
    for earlier, said in ((history.file().decode(), "Proved"), (json.dumps(head), "about another camera")):
        browser.run("language = 'en';" + fill, data, FINGERPRINT, typed, earlier)
        assert browser.run("return document.getElementById('earlier_chosen').textContent") == "earlier.json"
        browser.wait_for("run()")
        assert said in browser.run("return document.querySelector('.verdict').innerText")


_EDITS: Final = {
    "a typed fingerprint": "type('fingerprint', '0')",
    "a typed confirmation": "type('holds', '1:ab')",
    "another file": "take('file', new File(['{}'], 'another.json'), 'chosen')",
    "another earlier file": "take('earlier', new File(['{}'], 'another.json'), 'earlier_chosen')",
    "no file": "take('file', undefined, 'chosen')",
    "a photograph": "scan(null)",
}


@pytest.mark.parametrize("edit", _EDITS)
def test_an_answer_goes_with_what_it_was_about(history: History, browser: Browser, edit: str) -> None:
    """At once with each change; and one that is still being found when something is changed never comes."""
    browser.open(PAGE)
    browser.run(
        """
        window.BarcodeDetector = class { detect() { return new Promise(() => {}); } };
        window.createImageBitmap = async () => null;
        window.type = (name, text) => {
          const field = document.getElementById(name);
          field.value += text;
          field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        };
        chosen.file = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
        document.getElementById("fingerprint").value = arguments[1];
        """,
        base64.b64encode(history.file()).decode(),
        FINGERPRINT,
    )
    seen = "document.querySelector('.verdict') !== null"
    before, at_once = browser.wait_for(
        f"run().then(() => {{ const was = {seen}; {_EDITS[edit]}; return [was, {seen}]; }})"
    )
    assert (before, at_once) == (True, False)
    late = browser.wait_for(f"((going) => {{ {_EDITS[edit]}; return going.then(() => {seen}); }})(run())")
    assert late is False


def test_the_page_may_run_its_own_script_only() -> None:
    page = PAGE.read_text("utf-8")
    policy = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)[0]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode("utf-8")).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy, f"write this into the page's policy: {digest}"
    assert not re.findall(r'(?:src|href)="', page)


@pytest.mark.parametrize(
    ("codes", "key", "held"),
    [
        (["receipt", "1"], True, True),
        (["1", "receipt"], True, True),
        (["1", "receipt", "2"], True, False),
        (["1"], False, True),
        (["nothing of ours"], False, False),
    ],
)
def test_a_photograph_of_the_receipt_fills_in_key_and_confirmation(
    browser: Browser, codes: list[str], *, key: bool, held: bool
) -> None:
    """The browser here reads no codes from pictures: what it would have read is told to the page."""
    known = {"receipt": f"CCOC1;receipt;SKA;0001/2569;{FINGERPRINT}", "1": f"1:{'ab' * 32}", "2": f"2:{'cd' * 32}"}
    browser.open(PAGE)
    browser.wait_for(
        "(async (codes) => {"
        " window.BarcodeDetector = class { detect() { return codes.map((rawValue) => ({ rawValue })); } };"
        " window.createImageBitmap = async () => null; await scan(null); })(arguments[0])",
        [known.get(code, code) for code in codes],
    )
    value = "return document.getElementById(arguments[0]).value"
    assert browser.run(value, "fingerprint").replace(" ", "") == (FINGERPRINT if key else "")
    assert browser.run(value, "holds") == (known["1"] if held else "")
    assert browser.run("return shown !== null") is not (key or held)


def test_a_browser_that_cannot_check_says_so(history: History, browser: Browser) -> None:
    browser.open(PAGE)
    browser.run("crypto.subtle.importKey = () => Promise.reject(new Error('not supported'));")
    (case,) = page_says(browser, [Case("old browser", history.file(), 2, "browser")])
    assert case == {"verdict": 2, "problem": "browser"}
    browser.open(PAGE)
