"""Cameras: registering, changing, archiving, and writing an address that whoever writes it cannot read back.

The keyed fingerprint of host, port and path ties a camera to one record: the same camera is refused under a second one,
and after a withdrawal for ever, unless the owner himself permits it again.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass as plain_dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from console.db import cameras as db
from console.db.authorities import current_authority
from console.db.cameras import CameraFacts, CameraRow
from console.db.store import Store, Tx
from console.db.vault import Vault
from console.kernel import ConsoleError, Denied, DenyReason, Invalid, Mask, OwnerType, Right, Secret, Session
from console.services.addresses import CAMERA_SCHEMES, Address, address_context, parse
from console.services.commands import COMMAND_CONFIG, Command, Dispatcher, build, command

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=r"^[^\s/\\]+$")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Spot = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
MOST_MASKS: Final = 16
THOUSAND: Final = 1000
CSV_COLUMNS: Final = ("code", "name", "place", "owner_type", "lat", "lon", "address", "user", "password")
CSV_NEEDED: Final = frozenset({"code", "name", "owner_type"})
WORD_BREAKS: Final = frozenset("\u200b\u200c\u200d")
CSV_LARGEST: Final = 5 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class RegisterCamera(Command):
    code: Code
    name: Label
    owner_type: OwnerType
    place: Spot = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    masks: tuple[Mask, ...] = ()

    def problems(self) -> dict[str, str]:
        texts = {"code": self.code, "name": self.name, "place": self.place}
        wrong = {field: "field.pattern" for field, text in texts.items() if not _visible(text)}
        if (self.lat is None) is not (self.lon is None):
            wrong["lat"] = "camera.half_a_place"
        if len(self.masks) > MOST_MASKS or not all(_sound(mask) for mask in self.masks):
            wrong["masks"] = "camera.bad_mask"
        return wrong


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ChangeCamera(RegisterCamera):
    camera_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class SetAddress(Command):
    """The address as typed; a log-in in its own fields wins over one inside the address."""

    camera_id: str
    version: int
    address: Secret
    user: Secret | None = None
    password: Secret | None = None


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class AllowUnencrypted(Command):
    """The superintendent's leave to reach this camera in clear over a public network; its tile then says so."""

    camera_id: str
    version: int
    allowed: bool


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ArchiveCamera(Command):
    camera_id: str
    version: int


@dataclass(frozen=True, kw_only=True, config=COMMAND_CONFIG)
class ImportCamera(RegisterCamera):
    """One line of a file."""

    address: Secret | None = None
    user: Secret | None = None
    password: Secret | None = None


@plain_dataclass(frozen=True, slots=True)
class ImportProblem:
    """A line of the file that was not taken, and why (catalogue key)."""

    line: int
    field: str
    key: str


@plain_dataclass(frozen=True, slots=True)
class ImportReport:
    registered: int
    problems: tuple[ImportProblem, ...]


def _visible(text: str) -> bool:
    """Whether there is nothing in it that nobody sees: control signs, turned writing. Thai word breaks may stay."""
    return all(sign in WORD_BREAKS or unicodedata.category(sign) not in {"Cc", "Cf"} for sign in text)


def _sound(mask: Mask) -> bool:
    return 0 <= mask.left < mask.right <= THOUSAND and 0 <= mask.top < mask.bottom <= THOUSAND


class Cameras:
    """The register of cameras."""

    def __init__(
        self, store: Store, vault: Vault, dispatcher: Dispatcher, schemes: frozenset[str] = CAMERA_SCHEMES
    ) -> None:
        self._store = store
        self._vault = vault
        self._dispatcher = dispatcher
        self._schemes = schemes

    def cameras(self, *, archived: bool = False) -> list[CameraRow]:
        return self._store.read(lambda tx: db.list_cameras(tx, archived=archived))

    def camera(self, camera_id: str) -> CameraRow:
        return self._store.read(lambda tx: db.get_camera(tx, camera_id))

    def by_code(self, code: str) -> CameraRow | None:
        return self._store.read(lambda tx: db.find_camera(tx, code))

    @command(right=Right.WRITE_CAMERAS)
    def register_camera(self, tx: Tx, cmd: RegisterCamera, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        return _new(tx, _facts(cmd)).id

    @command(right=Right.WRITE_CAMERAS)
    def change_camera(self, tx: Tx, cmd: ChangeCamera, session: Session) -> None:
        known = db.get_camera(tx, cmd.camera_id)
        other = db.find_camera(tx, cmd.code)
        if other is not None and other.id != cmd.camera_id:
            raise Invalid({"code": "camera.code_taken"})
        # A mask keeps something from everybody's eyes; taking one off shows more than the owner agreed to.
        if not set(known.masks) <= set(cmd.masks) and not session.may(Right.COUNTERSIGN):
            raise Denied(DenyReason.ROLE, right=Right.COUNTERSIGN.value)
        db.change_camera(tx, cmd.camera_id, cmd.version, _facts(cmd))

    @command(right=Right.WRITE_CAMERAS)
    def set_address(self, tx: Tx, cmd: SetAddress, session: Session) -> None:  # noqa: ARG002 - dispatch's signature
        login = None
        if cmd.user is not None or cmd.password is not None:
            login = (cmd.user or Secret(""), cmd.password or Secret(""))
        self._write_address(tx, db.get_camera(tx, cmd.camera_id), cmd.version, parse(cmd.address, login, self._schemes))

    @command(right=Right.COUNTERSIGN)
    def allow_unencrypted(self, tx: Tx, cmd: AllowUnencrypted, session: Session) -> None:  # noqa: ARG002 - the same
        db.set_unencrypted_override(tx, cmd.camera_id, cmd.version, allowed=cmd.allowed)

    @command(right=Right.WRITE_CAMERAS)
    def archive_camera(self, tx: Tx, cmd: ArchiveCamera, session: Session) -> None:  # noqa: ARG002 - the same
        db.archive_camera(tx, cmd.camera_id, cmd.version)

    def _write_address(self, tx: Tx, camera: CameraRow, version: int, address: Address) -> None:
        if address.public and not address.encrypted and not camera.unencrypted_override:
            raise Denied(DenyReason.UNENCRYPTED_PUBLIC)
        fingerprint = self._vault.fingerprint(tx, Secret(address.identity))
        uses = db.fingerprint_uses(tx, fingerprint)
        # A camera that has this address now gets no other one: its log-in may change.
        has_it = any(use.camera_id == camera.id and not use.withdrawn for use in uses)
        for use in () if has_it else uses:
            # Withdrawn for ever, except to the same record under a new permission of its owner.
            if use.camera_id != camera.id or not _permitted_anew(tx, camera.id):
                raise Denied(DenyReason.FINGERPRINT_TAKEN, withdrawn=use.withdrawn)
        sealed = self._vault.seal(tx, address.url(), address_context(camera.id))
        db.set_address(tx, camera.id, version, sealed, fingerprint)

    # CSV

    def import_csv(self, path: Path, session: Session) -> ImportReport:
        """Register the cameras of a file, each line by the ordinary commands; a bad line is told and skipped."""
        problems: list[ImportProblem] = []
        registered = 0
        for line, cells in _read_csv(path):
            problem = self._import_line(cells, session)
            if problem is None:
                registered += 1
            else:
                problems.append(ImportProblem(line, *problem))
        return ImportReport(registered, tuple(problems))

    def _import_line(self, cells: dict[str, str], session: Session) -> tuple[str, str] | None:
        try:
            self._dispatcher.run(build(ImportCamera, **_typed(cells)), session)
        except Invalid as invalid:
            return next(iter(invalid.fields.items()))
        except Denied as denied:
            if denied.reason in {DenyReason.ROLE, DenyReason.NOT_LOGGED_IN}:
                raise
            return "address", denied.key
        return None

    @command(right=Right.WRITE_CAMERAS)
    def import_camera(self, tx: Tx, cmd: ImportCamera, session: Session) -> str:  # noqa: ARG002 - dispatch's signature
        """Camera and address in one transaction: a line is taken whole or not at all."""
        camera = _new(tx, _facts(cmd))
        if cmd.address is not None:
            login = (cmd.user, cmd.password) if cmd.user is not None and cmd.password is not None else None
            self._write_address(tx, camera, camera.version, parse(cmd.address, login, self._schemes))
        return camera.id


def _permitted_anew(tx: Tx, camera_id: str) -> bool:
    authority = current_authority(tx, camera_id)
    return authority is not None and authority.private and authority.withdrawn_at is None


def _facts(cmd: RegisterCamera) -> CameraFacts:
    return CameraFacts(cmd.code, cmd.name, cmd.place, cmd.owner_type, cmd.lat, cmd.lon, cmd.masks)


def _new(tx: Tx, facts: CameraFacts) -> CameraRow:
    if db.find_camera(tx, facts.code) is not None:
        raise Invalid({"code": "camera.code_taken"})
    return db.register_camera(tx, facts)


def _typed(cells: dict[str, str]) -> dict[str, Any]:
    """Return a line's cells as the command wants them: empty ones left out, secrets wrapped."""
    fields: dict[str, Any] = {name: cells[name] for name in CSV_COLUMNS[:6] if cells.get(name)}
    if cells.get("address"):
        fields["address"] = Secret(cells["address"])
        if cells.get("user") or cells.get("password"):
            fields["user"] = Secret(cells.get("user", ""))
            fields["password"] = Secret(cells.get("password", ""))
    return fields


def _read_csv(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read a file as spreadsheets write it: UTF-8 or Thai Windows (cp874); commas, semicolons or tabs."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConsoleError("import.unreadable", path=str(path), why=type(error).__name__) from None
    if len(raw) > CSV_LARGEST:
        raise ConsoleError("import.too_large", path=str(path))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp874", errors="replace")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        return _csv_lines(reader)
    except csv.Error:
        raise ConsoleError("import.not_csv", path=str(path), line=reader.line_num + 1) from None


def _csv_lines(reader: csv.DictReader[str]) -> list[tuple[int, dict[str, str]]]:
    names = [(name or "").strip().casefold() for name in reader.fieldnames or []]
    missing = CSV_NEEDED - set(names)
    if missing:
        raise ConsoleError("import.columns_missing", columns=", ".join(sorted(missing)))
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise ConsoleError("import.column_twice", columns=", ".join(sorted(twice)))
    reader.fieldnames = names
    lines = []
    for row in reader:
        cells = {name: (value or "").strip() for name, value in row.items() if isinstance(value, str) and name}
        if any(cells.values()):
            lines.append((reader.line_num, cells))
    return lines
