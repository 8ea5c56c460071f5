"""Owners, consents, papers and permissions changed by somebody who has the database and takes its guards off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, create_engine, text

from console.db import consents, journal, schema
from console.db.authorities import AuthorityTerms, get_authority, record_authority
from console.db.base import Base
from console.db.cameras import CameraFacts, register_camera
from console.db.consents import CameraTerms, ConsentRow, ConsentTerms, NewEvent, Signing
from console.db.journal import JournalEvent, JsonValue
from console.db.notices import current_notice, publish_notice
from console.db.owners import add_owner, set_camera_owner
from console.db.store import Store, Tx
from console.kernel import AccessLevel, Aim, AuthorityKind, ConsentEventKind, OwnerType, Purpose, Role, WithdrawalWay
from console.services.stop_link import facts_of, pause_link, tell, withdraw_link
from tests.signing import LONG, OWNER, SIGNER, WITNESS
from tests.store.history import KEY
from tests.store.world import HandClock, Officer, enrol, write

HOURS = ((1080, 360),)
TRIGGER, EACH = "RETURNS trigger LANGUAGE plpgsql AS $$", "FOR EACH ROW"
DENIES = "EXECUTE FUNCTION journal_guard_deny()"
LATER = "'2031-01-01T00:00:00.000000Z'"


@dataclass(frozen=True)
class Linked:
    """A consent in force with all that hangs on it, as the program made it."""

    consent: str
    number: str
    camera: str
    owner: str
    right: str


def linked(tx: Tx, code: str, telling: Callable[..., object] = tell) -> Linked:
    camera = register_camera(tx, CameraFacts(code, "หน้าร้าน", "ถ.นครใน", OwnerType.SHOP))
    owner = add_owner(tx, OWNER)
    notice = current_notice(tx) or publish_notice(tx, "ประกาศ", {Purpose.RISK_SPOT})
    terms = ConsentTerms(
        owner_id=owner.id,
        notice_id=notice.id,
        cameras=(CameraTerms(camera.id, "ถ.นครใน", Aim.FRONT, "ประตูร้าน"),),
        level=AccessLevel.HOURS,
        valid_from=tx.now,
        expires_at=tx.now + LONG,
        purposes=frozenset({Purpose.RISK_SPOT}),
        hours=HOURS,
    )
    row = consents.add_consent(tx, terms)
    for kind in (ConsentEventKind.DRAFTED, ConsentEventKind.PRESENTED):
        telling(tx, row, NewEvent(kind))
    paper = consents.add_paper(tx, row.id, 3, "form", ("application/pdf", code.encode()))
    consents.sign(tx, row.id, Signing(SIGNER, "", WITNESS, tx.now, agreed_data=True))
    data: dict[str, JsonValue] = {"form_sha256": paper.sha256, "paper_sha256": paper.sha256, "agreed_data": True}
    telling(tx, row, NewEvent(ConsentEventKind.SIGNED, way=WithdrawalWay.SCREEN, data=data))
    set_camera_owner(tx, camera.id, owner.id)
    right = record_authority(
        tx,
        camera.id,
        AuthorityTerms(
            AuthorityKind.OWNER, terms.level, terms.purposes, tx.now, terms.expires_at, HOURS, consent_id=row.id
        ),
    )
    return Linked(row.id, row.number, camera.id, owner.id, right.id)


@pytest.fixture
def officer(store: Store) -> Officer:
    return enrol(store, "som", Role.CAMERA_REGISTRAR)


def live(store: Store, officer: Officer, count: int) -> list[Linked]:
    return [write(store, lambda tx, code=f"A{n}": linked(tx, code), officer.session) for n in range(count)]  # type: ignore[misc]  # bound


def checked(store: Store) -> journal.VerifyReport:
    return store.read(lambda tx: journal.verify(tx, KEY.public_key()))


def found(store: Store) -> set[tuple[str, str]]:
    return {(problem.kind, problem.record) for problem in checked(store).problems}


def unguarded(connection: Connection) -> None:
    """Take every guard off, as whoever owns the database can."""
    if connection.dialect.name == "sqlite":
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    query = "SELECT tgname, relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
    for name, table in connection.execute(text(query)).all():
        connection.execute(text(f"DROP TRIGGER {name} ON {table}"))


def past(store: Store, *statements: str, guards: bool = True) -> None:
    """Change the database past the program, and put the guards back, as if nothing had been."""
    engine = create_engine(store.place.parsed)
    with engine.begin() as connection:
        unguarded(connection)
        for statement in statements:
            assert connection.execute(text(statement)).rowcount, statement
        if guards:
            schema.install_guards(connection)
    engine.dispose()


def copied(connection_of: str, table: str, **other: str) -> str:
    """Return the statement that puts a row in like another one."""
    names = Base.metadata.tables[table].c.keys()
    values = ", ".join(other.get(name, name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {connection_of}"  # noqa: S608 - ours


def _draft(tx: Tx, like: Linked) -> str:
    row = consents.add_consent(tx, consents.get_consent(tx, like.consent).terms)
    tell(tx, row, NewEvent(ConsentEventKind.DRAFTED))
    return row.id


def put(table: str, sets: str, **where: object) -> str:
    return f"UPDATE {table} SET {sets} {_where(where)}"  # noqa: S608 - our own words


def taken(table: str, **where: object) -> str:
    return f"DELETE FROM {table} {_where(where)}"  # noqa: S608 - our own words


def _where(fits: dict[str, object]) -> str:
    return "WHERE " + " AND ".join(f"{name} = {value!r}" for name, value in fits.items())


Attack = tuple[str, set[tuple[str, str]]]
"""A change past the program, and what is found of it."""


def attacks_on_consents(a: list[Linked]) -> list[Attack]:
    return [
        (
            put("consent", "hours = '[[0, 1439]]'", id=a[0].consent),
            {past_of(a[0]), terms_of(a[0]), ("permission_beyond", f"authority {a[0].right}")},
        ),
        (put("consent", f"expires_at = {LATER}", id=a[1].consent), {past_of(a[1]), terms_of(a[1])}),
        (
            put("authority", f"expires_at = {LATER}", id=a[1].right),
            {("record_past", f"authority {a[1].right}")},
        ),
        (put("consent_camera", f"camera_id = '{a[1].camera}'", consent_id=a[2].consent), swapped(a[2])),
        (
            copied(f"id = '{a[3].consent}'", "consent", id="'forged'", running="900", number="'0900/2569'"),
            {("record_past", "consent forged")},
        ),
        (
            copied(f"consent_id = '{a[3].consent}' AND number = 3", "consent_event", consent_id="'forged'", number="1"),
            {("consent_untold", "consent 0900/2569"), ("consent_paper", "consent 0900/2569")},
        ),
        (
            taken("consent_event", consent_id=a[4].consent, event="withdrawn"),
            {("consent_gone", f"consent {a[4].number}")},
        ),
        (put("owner", "name = 'x'", id=a[5].owner), {("record_past", f"owner {a[5].owner}")}),
        (
            put("authority", "withdrawn_at = NULL", id=a[6].right),
            {("record_past", f"authority {a[6].right}"), ("permission_alone", f"authority {a[6].right}")},
        ),
        (put("consent_camera", "sight = 'x'", consent_id=a[7].consent), {terms_of(a[7])}),
        (put("consent_paper", "content = 'x'", consent_id=a[8].consent), {paper_of(a[8])}),
        (taken("consent_paper", consent_id=a[9].consent), {paper_of(a[9])}),
        (put("consent", "signer = 'x'", id=a[10].consent), {past_of(a[10])}),
        (
            put("consent_event", "way = 'paper'", consent_id=a[11].consent, number=3),
            swapped(a[11]),
        ),
        (
            put("consent_event", f"at = {LATER}", consent_id=a[12].consent, number=1),
            swapped(a[12]) | {terms_of(a[12])},
        ),
    ]


def attacks_on_others(a: list[Linked], draft: str) -> list[Attack]:
    owners_rows = f"SELECT writer_id, seq FROM journal WHERE subject_id = '{a[13].owner}'"  # noqa: S608 - our own ids
    return [
        (
            f"DELETE FROM journal_personal WHERE (writer_id, seq) IN ({owners_rows})",  # noqa: S608 - our own ids
            {("words_gone", f"owner {a[13].owner}")},
        ),
        (put("owner", "birth_year = 1999", id=a[14].owner), {("record_past", f"owner {a[14].owner}")}),
        (
            put("authority", "level = 3, hours = '[]'", id=a[15].right),
            {("record_past", f"authority {a[15].right}"), ("permission_beyond", f"authority {a[15].right}")},
        ),
        (
            put("consent_event", "station_id = 'x'", consent_id=a[16].consent, number=2),
            {terms_of(a[16])},
        ),
        (
            copied(f"consent_id = '{a[3].consent}' AND number = 2", "consent_event", consent_id=f"'{draft}'"),
            {("consent_untold", "consent 0018/2569")},
        ),
        ("UPDATE notice SET text = 'x'", {("notice_past", "notice 1")}),
    ]


def test_each_change_past_the_journal_is_named(store: Store, officer: Officer, clock: HandClock) -> None:
    """One attack for each consent; nothing else is found, and before the attacks nothing at all."""
    a = live(store, officer, 17)
    for gone in (a[4], a[6]):
        clock.move(60)
        write(store, lambda tx, gone=gone: withdraw_link(tx, get_authority(tx, gone.right)), officer.session)  # type: ignore[misc]  # bound
    draft = write(store, lambda tx: _draft(tx, a[0]), officer.session)
    assert found(store) == set()
    assert checked(store).undigested == 0
    attacks = [*attacks_on_consents(a), *attacks_on_others(a, draft)]
    past(store, *(statement for statement, _kinds in attacks))
    assert found(store) == set[tuple[str, str]]().union(*(kinds for _statement, kinds in attacks))


def past_of(linked: Linked) -> tuple[str, str]:
    return "record_past", f"consent {linked.consent}"


def terms_of(linked: Linked) -> tuple[str, str]:
    return "consent_terms", f"consent {linked.number}"


def paper_of(linked: Linked) -> tuple[str, str]:
    return "consent_paper", f"consent {linked.number}"


def swapped(linked: Linked) -> set[tuple[str, str]]:
    """An event as it was told is not there, and one that nobody told is."""
    return {("consent_untold", f"consent {linked.number}"), ("consent_gone", f"consent {linked.number}")}


def test_a_consent_without_its_row_and_a_notice_that_nobody_published(store: Store, officer: Officer) -> None:
    (one,) = live(store, officer, 1)
    past(
        store,
        put("authority", "consent_id = NULL, current = (1 = 0)", id=one.right),
        *(taken(table, consent_id=one.consent) for table in ("consent_paper", "consent_event", "consent_camera")),
        taken("consent", id=one.consent),
        copied("number = 1", "notice", id="'forged'", number="2"),
    )
    assert found(store) == {
        past_of(one),
        ("consent_gone", f"consent {one.consent}"),
        ("record_past", f"authority {one.right}"),
        ("notice_past", "notice 2"),
    }


def told_before(tx: Tx, row: ConsentRow, new: NewEvent) -> None:
    """Do as versions before the digests did: nothing of a draft, and of what came later no more than the facts."""
    consents.add_event(tx, row.id, new)
    if new.event is ConsentEventKind.SIGNED:
        data = facts_of(tx, row) | dict(new.data) | {"way": str(new.way)}
        tx.record(JournalEvent("consent.signed", ("consent", row.id), data, row.camera_ids[0]))


def test_what_was_recorded_before_digests_is_sound_and_said_to_be_so(store: Store, officer: Officer) -> None:
    """What its entries say is held all the same; the next entry binds the rest."""
    one, two = (write(store, lambda tx, n=n: linked(tx, f"A{n}", told_before), officer.session) for n in range(2))  # type: ignore[misc]  # bound
    assert (found(store), checked(store).undigested) == (set(), 2)
    past(store, put("consent_camera", "place = 'x'", consent_id=one.consent))
    assert found(store) == set(), "of the words on the place nothing was told"
    write(store, lambda tx: pause_link(tx, get_authority(tx, two.right)), officer.session)
    assert (found(store), checked(store).undigested) == (set(), 1)
    past(
        store,
        put("consent_camera", "place = 'x'", consent_id=two.consent),
        put("consent", f"expires_at = {LATER}", id=one.consent),
        put("consent_event", "way = 'phone'", consent_id=one.consent, number=3),
    )
    expected = {terms_of(two), past_of(one), ("permission_beyond", f"authority {one.right}"), *swapped(one)}
    assert found(store) == expected


def test_guards_that_are_missing_altered_or_none_of_ours_are_named(store: Store) -> None:
    assert found(store) == set()
    statements: tuple[str, ...]
    if store.place.sqlite_path is not None:
        statements = (
            "DROP TRIGGER guard_consent_update",
            "DROP TRIGGER guard_notice_delete",
            "CREATE TRIGGER guard_notice_delete BEFORE DELETE ON notice BEGIN SELECT 1; END",
            "CREATE TRIGGER mine AFTER INSERT ON journal BEGIN UPDATE authority SET level = 3; END",
        )
    else:
        statements = (
            "DROP TRIGGER guard_consent_update ON consent",
            "ALTER TABLE notice DISABLE TRIGGER guard_notice_truncate",
            f"CREATE OR REPLACE FUNCTION notice_guard_next() {TRIGGER} BEGIN RETURN NEW; END $$",
            "DROP TRIGGER guard_camera_head_change ON camera_head",
            f"CREATE TRIGGER guard_camera_head_change BEFORE DELETE ON camera_head {EACH} WHEN (false) {DENIES}",
            f"CREATE TRIGGER mine AFTER INSERT ON journal {EACH} EXECUTE FUNCTION notice_guard_next()",
            f"CREATE TRIGGER guard_consent_delete BEFORE DELETE ON notice {EACH} {DENIES}",
        )
    engine = create_engine(store.place.parsed)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
    names = {"guard_consent_update", "mine"}
    names |= (
        {"guard_notice_delete"}
        if store.place.sqlite_path
        else {"guard_notice_truncate", "guard_notice_insert", "guard_camera_head_change", "guard_consent_delete"}
    )
    assert found(store) == {("guard", f"guard {name}") for name in names}


def test_what_cannot_be_read_at_all_is_named(lone_store: Store) -> None:
    """Whoever writes into the file writes anything: the check goes on, and the other consents are looked at."""
    a = live(lone_store, enrol(lone_store), 6)
    past(
        lone_store,
        put("consent", "purposes = '['", id=a[0].consent),
        put("consent_event", "data = '['", consent_id=a[1].consent, number=3),
        put("consent_event", "data = '7'", consent_id=a[2].consent, number=3),
        put("consent_event", "number = 'x'", consent_id=a[3].consent, number=3),
        put("consent", "recipients = x'ff'", id=a[4].consent),
        put("authority", "hours = '['", id=a[5].right),
        copied("name = 'form' LIMIT 1", "consent_paper", consent_id="'nobody'"),
    )
    rest = {("permission_alone", f"authority {one.right}") for one in a[:2]}
    assert found(lone_store) == rest | {
        past_of(a[0]),
        ("consent_terms", f"consent {a[0].consent}"),
        ("consent_terms", f"consent {a[1].consent}"),
        *swapped(a[2]),
        *map(paper_of, a[2:4]),
        ("consent_paper", "consent nobody"),
        ("consent_untold", f"consent {a[3].number}"),
        past_of(a[4]),
        terms_of(a[4]),
        ("record_past", f"authority {a[5].right}"),
    }
