from __future__ import annotations

from collections.abc import Callable

import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from console.db import journal
from console.db.keyrings import ALLOWED_BACKENDS, MemoryKeyring, NoKeyring, OsKeyring, StationKeyring, find_keyring
from console.db.store import Store, Tx
from console.db.vault import RecoverySheet, Vault, seal_to, unseal_with
from console.db.vault_rows import PersonKey, VaultHead, VaultSlot
from console.kernel import ConsoleError, Role, Secret, Unavailable
from tests.store.history import Export
from tests.store.world import STATION, HandClock, Officer, enrol, write

PASSWORD = Secret("ถูกต้อง p@ss:/?#%é")
ADDRESS = Secret("rtsp://admin:p@ss@10.0.0.9:554/h264")


class Station:
    """A store with a vault and one officer who has a slot."""

    def __init__(self, store: Store, ring: StationKeyring) -> None:
        self.store, self.ring, self.vault = store, ring, Vault(ring)
        self.officer = enrol(store, "som", Role.SUPERINTENDENT)
        self.sheet: RecoverySheet = write(store, self.vault.create)
        self.add(self.officer)
        write(store, lambda tx: self.vault.give_slot(tx, self.officer.id), self.officer.session)
        self.vault.lock()

    def add(self, officer: Officer, password: Secret = PASSWORD) -> None:
        write(self.store, lambda tx: self.vault.add_person(tx, officer.id, password))

    def unlock(self, officer: Officer | None = None, password: Secret = PASSWORD) -> None:
        self.store.read(lambda tx: self.vault.unlock(tx, (officer or self.officer).id, password))

    def refusal(self, officer: Officer | None = None, password: Secret = PASSWORD) -> str:
        with pytest.raises(ConsoleError) as caught:
            self.unlock(officer, password)
        assert not self.vault.unlocked
        return caught.value.key


@pytest.fixture
def station(store: Store) -> Station:
    return Station(store, MemoryKeyring())


@pytest.fixture
def lone(lone_store: Store) -> Station:
    return Station(lone_store, MemoryKeyring())


def test_a_sealed_address_opens_for_whoever_has_a_slot(station: Station) -> None:
    sealed = station.store.read(lambda tx: station.vault.seal(tx, ADDRESS, "camera-address|c1"))
    assert not station.vault.unlocked
    with pytest.raises(Unavailable, match=r"vault\.locked"):
        station.vault.unseal(sealed, "camera-address|c1")
    station.unlock()
    assert station.vault.unseal(sealed, "camera-address|c1") == ADDRESS
    assert ADDRESS.reveal().encode() not in sealed
    assert sealed != station.store.read(lambda tx: station.vault.seal(tx, ADDRESS, "camera-address|c1"))
    station.vault.lock()
    with pytest.raises(Unavailable, match=r"vault\.locked"):
        station.vault.unseal(sealed, "camera-address|c1")


def test_a_sealed_value_is_bound_to_its_context_and_every_byte(lone: Station) -> None:
    lone.unlock()
    sealed = lone.store.read(lambda tx: lone.vault.seal(tx, ADDRESS, "camera-address|c1"))
    for context in ("camera-address|c2", "camera-address|", "slot|c1"):
        with pytest.raises(ConsoleError, match=r"vault\.tampered"):
            lone.vault.unseal(sealed, context)
    damaged = [sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :] for index in range(len(sealed))]
    for wrong in (*damaged, b"", sealed[:20], sealed[:33], sealed[:-1], sealed + b"x"):
        with pytest.raises(ConsoleError, match=r"vault\.tampered"):
            lone.vault.unseal(wrong, "camera-address|c1")


def test_a_value_sealed_to_another_station_does_not_open() -> None:
    one, two = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    with pytest.raises(ConsoleError, match=r"vault\.tampered"):
        unseal_with(two, seal_to(one.public_key(), b"x", "c"), "c")
    with pytest.raises(ConsoleError, match=r"vault\.tampered"):
        unseal_with(one, b"\x01" + bytes(80), "c")


def test_a_wrong_password_opens_nothing(station: Station) -> None:
    assert station.refusal(password=Secret("wrong")) == "vault.wrong_key"
    assert station.refusal(password=Secret("")) == "vault.wrong_key"


def test_it_has_no_slot(lone: Station) -> None:
    it = enrol(lone.store, "it", Role.IT)
    assert lone.refusal(it) == "vault.no_slot"
    lone.add(it)
    assert lone.refusal(it) == "vault.no_slot"
    lone.unlock()
    write(lone.store, lambda tx: lone.vault.seal(tx, ADDRESS, "camera-address|c1"), it.session)
    assert not lone.store.read(lambda tx: lone.vault.has_slot(tx, it.id))


def test_a_slot_is_given_by_somebody_whose_vault_is_open(lone: Station) -> None:
    other = enrol(lone.store, "other")
    lone.add(other, Secret("another one"))
    with pytest.raises(Unavailable, match=r"vault\.locked"):
        write(lone.store, lambda tx: lone.vault.give_slot(tx, other.id), lone.officer.session)
    lone.unlock()
    for _ in range(2):
        write(lone.store, lambda tx: lone.vault.give_slot(tx, other.id), lone.officer.session)
    slot = lone.store.read(lambda tx: tx.session.get(VaultSlot, other.id))
    assert slot is not None
    assert slot.given_by == lone.officer.id
    lone.vault.lock()
    lone.unlock(other, Secret("another one"))
    for _ in range(2):
        write(lone.store, lambda tx: lone.vault.remove_slot(tx, other.id))
    lone.vault.lock()
    assert lone.refusal(other, Secret("another one")) == "vault.no_slot"
    lone.unlock()
    with pytest.raises(Unavailable, match=r"vault\.no_slot"):
        write(lone.store, lambda tx: lone.vault.give_slot(tx, "nobody"))


def test_a_slot_put_in_the_place_of_another_does_not_open(lone: Station) -> None:
    other = enrol(lone.store, "other")
    lone.add(other)
    sql = f"UPDATE vault_slot SET person_id = '{other.id}'"  # noqa: S608 - the forger's
    write(lone.store, lambda tx: tx.session.connection().exec_driver_sql(sql))
    assert lone.refusal(other) == "vault.tampered"


def test_a_changed_password_keeps_the_slot(lone: Station) -> None:
    def change(old: Secret, new: Secret) -> None:
        write(lone.store, lambda tx: lone.vault.change_password(tx, lone.officer.id, old, new))

    with pytest.raises(Unavailable, match=r"vault\.wrong_key"):
        change(Secret("wrong"), Secret("new"))
    change(PASSWORD, Secret("new"))
    assert lone.refusal() == "vault.wrong_key"
    lone.unlock(password=Secret("new"))


def test_a_reset_makes_a_new_key_and_voids_the_slot(lone: Station) -> None:
    lone.add(lone.officer, Secret("reset"))
    assert lone.refusal(password=Secret("reset")) == "vault.no_slot"
    assert lone.refusal() == "vault.no_slot"
    lone.store.read(lambda tx: lone.vault.unlock_with_code(tx, lone.sheet.code))
    write(lone.store, lambda tx: lone.vault.give_slot(tx, lone.officer.id))
    lone.vault.lock()
    lone.unlock(password=Secret("reset"))


def recover(station: Station, text: str) -> None:
    station.store.read(lambda tx: station.vault.unlock_with_code(tx, Secret(text)))


def test_the_recovery_code_opens_as_people_type_it(station: Station) -> None:
    code = station.sheet.code.reveal()
    assert len(code.replace("-", "")) == 36
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    for text in (code, typed):
        station.vault.lock()
        recover(station, text)
        assert station.vault.unlocked


def test_a_mistyped_and_a_foreign_recovery_code_are_told_apart(lone: Station) -> None:
    code = lone.sheet.code.reveal()
    swapped = ("1" if code[0] != "1" else "2") + code[1:]

    def refusal(text: str) -> str:
        with pytest.raises(ConsoleError) as caught:
            recover(lone, text)
        return caught.value.key

    for text in (swapped, code[:-1], "", "é" * 36, code + "AAAA"):
        assert refusal(text) == "vault.code_mistyped"
    # A sheet of another station: well-formed, but it opens nothing here.
    assert refusal("0000-0000-0000-0000-0000-0000-0000-0000-" + _check_of_zeros()) == "vault.wrong_key"


def _check_of_zeros() -> str:
    import hashlib

    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "".join(letters[byte & 31] for byte in hashlib.sha256(b"ccoc-code\0" + bytes(20)).digest()[:4])


def test_a_copied_database_without_the_keyring_opens_nothing(lone: Station) -> None:
    thief = Vault(NoKeyring())
    with pytest.raises(Unavailable, match=r"vault\.keyring_missing"):
        lone.store.read(lambda tx: thief.unlock(tx, lone.officer.id, PASSWORD))
    guess = MemoryKeyring()
    guess.set(STATION, bytes(32))
    with pytest.raises(Unavailable, match=r"vault\.wrong_key"):
        lone.store.read(lambda tx: Vault(guess).unlock(tx, lone.officer.id, PASSWORD))
    with pytest.raises(Unavailable, match=r"vault\.locked"):
        lone.store.read(thief.signer)
    with pytest.raises(Unavailable, match=r"vault\.wrong_key"):
        lone.store.read(Vault(guess).signer)
    assert not lone.store.read(thief.has_keyring)
    assert lone.store.read(lone.vault.has_keyring)


def test_without_a_keyring_the_password_stands_alone_and_the_row_says_so(lone_store: Store) -> None:
    station = Station(lone_store, NoKeyring())
    assert not station.sheet.keyring
    key = lone_store.read(lambda tx: tx.session.get(PersonKey, station.officer.id))
    assert key is not None
    assert not key.bound
    with pytest.raises(Unavailable, match=r"vault\.locked"):
        lone_store.read(station.vault.signer)
    with pytest.raises(Unavailable, match=r"vault\.locked"):
        lone_store.read(lambda tx: station.vault.fingerprint(tx, ADDRESS))
    station.unlock()
    assert journal.key_id(lone_store.read(station.vault.signer).public_key()) == station.sheet.signer


def test_a_keyring_that_comes_later_is_used_from_the_next_password_on(lone_store: Store) -> None:
    station = Station(lone_store, NoKeyring())
    ring = MemoryKeyring()
    ring.set(STATION, bytes(range(32)))
    vault = Vault(ring)
    lone_store.read(lambda tx: vault.unlock(tx, station.officer.id, PASSWORD))
    write(lone_store, lambda tx: vault.change_password(tx, station.officer.id, PASSWORD, Secret("new")))
    assert station.refusal(password=Secret("new")) == "vault.keyring_missing"
    # The station keys were sealed to the vault key only: an open vault is still needed for them.
    assert lone_store.read(vault.signer)


def test_everybody_at_the_station_signs_and_takes_fingerprints_without_opening(station: Station) -> None:
    assert not station.vault.unlocked
    signer = station.store.read(station.vault.signer)
    public = station.store.read(station.vault.public_key)
    assert public == signer.public_key()
    assert journal.key_id(public) == station.sheet.signer
    locked = station.store.read(lambda tx: station.vault.fingerprint(tx, Secret("10.0.0.9:554/h264")))
    other = station.store.read(lambda tx: station.vault.fingerprint(tx, Secret("10.0.0.9:554/h265")))
    assert locked != other
    station.unlock()
    assert locked == station.store.read(lambda tx: station.vault.fingerprint(tx, Secret("10.0.0.9:554/h264")))
    write(station.store, lambda tx: journal.checkpoint(tx, signer))
    assert station.store.read(lambda tx: journal.verify(tx, public)).sound


def test_a_vault_is_made_once_and_missing_until_then(store: Store) -> None:
    vault = Vault(MemoryKeyring())
    assert not store.read(vault.exists)
    asked: list[Callable[[Tx], object]] = [vault.signer, vault.public_key, lambda tx: vault.seal(tx, ADDRESS, "c")]
    for ask in asked:
        with pytest.raises(Unavailable, match=r"vault\.missing"):
            store.read(ask)
    write(store, vault.create)
    assert store.read(vault.exists)
    with pytest.raises(ConsoleError, match=r"vault\.exists"):
        write(store, vault.create)


def test_a_vault_whose_making_came_to_nothing_is_locked_again(lone_store: Store) -> None:
    vault = Vault(MemoryKeyring())

    def work(tx: Tx) -> None:
        vault.create(tx)
        raise ConsoleError("no")

    with pytest.raises(ConsoleError):
        write(lone_store, work)
    assert not vault.unlocked
    # The station secret that is in the keyring already is taken again.
    assert write(lone_store, vault.create).keyring


def test_a_public_key_that_was_exchanged_in_the_table_is_noticed(lone: Station) -> None:
    evil = X25519PrivateKey.generate().public_key().public_bytes_raw()

    def exchange(tx: Tx) -> None:
        tx.session.get_one(VaultHead, STATION).public_key = evil

    write(lone.store, exchange)
    assert lone.refusal() == "vault.tampered"


@pytest.mark.parametrize("column", ["wrapped", "salt"])
def test_a_tampered_person_key_opens_nothing(lone: Station, column: str) -> None:
    def tamper(tx: Tx) -> None:
        key = tx.session.get_one(PersonKey, lone.officer.id)
        setattr(key, column, b"\x02" + getattr(key, column)[1:])

    write(lone.store, tamper)
    assert lone.refusal() == "vault.wrong_key"


def test_a_cut_person_key_opens_nothing(lone: Station) -> None:
    def tamper(tx: Tx) -> None:
        tx.session.get_one(PersonKey, lone.officer.id).wrapped = b"\x01abc"

    write(lone.store, tamper)
    assert lone.refusal() == "vault.wrong_key"


def test_no_secret_enters_the_journal_or_the_file(lone: Station, clock: HandClock) -> None:
    lone.unlock()
    write(lone.store, lambda tx: lone.vault.seal(tx, ADDRESS, "camera-address|c1"))
    secret = lone.ring.get(STATION)
    assert secret is not None
    export = Export.of(lone.store)
    path = lone.store.place.sqlite_path
    assert path is not None
    raw = path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
    raw += b"".join(row.body for row in export.rows) + export.log.encode()
    for text in (PASSWORD.reveal(), ADDRESS.reveal(), lone.sheet.code.reveal(), secret.hex()):
        assert text.encode() not in raw
    assert secret not in raw


# Keyrings


class Backend(keyring.backend.KeyringBackend):
    """Stands for a service: the name decides whether it is allowed."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's own constructor has no types
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False
        self.forgetful = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.broken:
            raise RuntimeError("no bus")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.broken:
            raise RuntimeError("no bus")
        if not self.forgetful:
            self.kept[service, username] = password


def backend(name: str, priority: float = 5) -> Backend:
    module, _, word = name.rpartition(".")
    made: type[Backend] = type("Made", (Backend,), {"priority": priority})
    made.__module__, made.__qualname__ = module, word
    return made()


@pytest.mark.parametrize("name", sorted(ALLOWED_BACKENDS))
def test_the_systems_own_keyrings_are_taken(name: str) -> None:
    ring = find_keyring([keyring.backends.null.Keyring(), backend(name)])  # type: ignore[no-untyped-call]
    assert isinstance(ring, OsKeyring)
    assert ring.get("st") is None
    assert ring.set("st", b"\x00\xff")
    assert ring.get("st") == b"\x00\xff"
    assert ring.get("other") is None


@pytest.mark.parametrize(
    "name", ["keyrings.alt.file.PlaintextKeyring", "keyring.backends.null.Keyring", "evil.SecretService.Keyring"]
)
def test_plain_text_and_unknown_keyrings_count_as_none(name: str) -> None:
    assert isinstance(find_keyring([backend(name, 99)]), NoKeyring)
    with pytest.raises(ValueError, match="not an allowed keyring"):
        OsKeyring(backend(name))


def test_the_best_allowed_keyring_is_taken_and_the_machine_is_asked() -> None:
    best = backend("keyring.backends.libsecret.Keyring", 4.8)
    ring = find_keyring([backend("keyring.backends.kwallet.DBusKeyring", 4.2), best])
    ring.set("st", b"x")
    assert best.kept
    assert isinstance(find_keyring(), OsKeyring)  # the tests' own, see conftest


def test_a_keyring_that_does_not_answer_or_forgets_counts_as_none(caplog: pytest.LogCaptureFixture) -> None:
    broken = backend("keyring.backends.SecretService.Keyring")
    broken.broken = True
    ring = OsKeyring(broken)
    assert ring.get("st") is None
    assert not ring.set("st", b"x")
    assert "RuntimeError" in caplog.text
    forgetful = backend("keyring.backends.SecretService.Keyring")
    forgetful.forgetful = True
    assert not OsKeyring(forgetful).set("st", b"x")
    assert (NoKeyring().get("st"), NoKeyring().set("st", b"x")) == (None, False)
