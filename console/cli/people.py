"""Verbs about people: add one, choose one's own password, give one access to the cameras."""

from __future__ import annotations

from console.cli.book import Book
from console.cli.desk import GOOD, Desk, say
from console.i18n import _
from console.kernel import ConsoleError, Invalid, Role
from console.settings import StationSettings


def enter(book: Book) -> None:
    people = book.noun("user", "people: add one, first start, password, access to the cameras")
    add = book.verb(people, "add", _user_add, "add a person")
    add.add_argument("user", metavar="NAME", help="log-in name")
    add.add_argument("--role", required=True, choices=[role.value for role in Role], help="what the person may do")
    add.add_argument("--name", help="rank and name as shown")
    add.add_argument("--rank", default="", help="for the papers")
    add.add_argument("--first", action="store_true", help="the first person of an empty store")
    book.verb(people, "password", _user_password, "choose a password of one's own instead of the first one")
    book.verb(people, "code", _user_code, "the one-time code for the first start in the window")
    grant = book.verb(people, "grant", _user_grant, "give a person access to the cameras")
    grant.add_argument("user", metavar="NAME", help="log-in name")
    grant.add_argument("--recovery-code", action="store_true", help="open with the recovery sheet; the code is asked")


def _user_add(desk: Desk) -> int:
    from console.services.commands import build
    from console.services.people import AddPerson, NewFirst

    words = desk.words
    role = Role(words.role)
    shown: str = words.name or words.user
    with desk.room() as room:
        if words.first:
            password = desk.password(words.user)
            first = build(NewFirst, login=words.user, display_name=shown, role=role, password=password, rank=words.rank)
            sheet = room.station.people.add_first(first)
            say(_("The first person “{login}” was added.", login=words.user))
            say(_("RECOVERY SHEET – print it now and keep it in the safe. It is not shown again."))
            say(_("Recovery code: {code}", code=sheet.code.reveal()))
            say(_("Fingerprint of the signing key: {signer}", signer=sheet.signer))
            if not sheet.keyring:
                say(
                    _("This computer has no keyring that may be trusted: passwords alone protect the camera addresses.")
                )
            return GOOD
        session = desk.log_in(room)
        password = desk.password(words.user)
        about = {"login": words.user, "display_name": shown, "role": role, "rank": words.rank}
        command = build(AddPerson, **about, password=password, temporary=True)
        person_id = room.station.dispatcher.run(command, session)
        say(_("“{login}” was added.", login=words.user))
        say(
            _(
                "The password that you chose opens nothing yet: at the next log-in in the window, or with “main.py user"
                " password --login {login}”, its owner chooses another.",
                login=words.user,
            )
        )
        if person_id in room.station.people.waiting_for_slot():
            say(_("Somebody who may use cameras must give this person access to them before the first picture."))
            say(
                _(
                    "Next: a superintendent with access runs “main.py user grant {login} --login NAME”. If nobody has"
                    " access yet, add “--recovery-code” and have the recovery sheet at hand.",
                    login=words.user,
                )
            )
        return GOOD


def _user_password(desk: Desk) -> int:
    """For those who were added and work without the window: their first password was chosen by somebody else."""
    login: str | None = desk.words.login
    if login is None:
        raise ConsoleError("cli.login_missing")
    with desk.room() as room:
        old = desk.password(login)
        new, again = (desk.secret(_("New password: ")), desk.secret(_("New password once more: ")))
        if new is None or again is None:
            raise ConsoleError("cli.password_missing")
        if new != again:
            raise Invalid({"again": "password.differs"})
        room.station.people.choose_password(login, old, new)
        room.attend()
    say(_("The password was changed."))
    return GOOD


def _user_code(desk: Desk) -> int:
    """For installation: whoever holds the code makes the first administrator in the window."""
    with desk.room() as room:
        code = room.station.people.make_first_code()
    _tell_unnamed(desk)
    say(_("The one-time code for the first start in the window: {code}", code=code.reveal()))
    say(_("It is not shown again. It serves once, until the first person is made; making a new one voids it."))
    return GOOD


def _tell_unnamed(desk: Desk) -> None:
    if desk.settings.station.id == StationSettings().id:
        say(
            _(
                "This station has no id of its own yet. It stands on every record and can never be changed later: write"
                " “id” under [station] in station.toml first, then run this again (docs/admin.md)."
            )
        )


def _user_grant(desk: Desk) -> int:
    """The giver's own key opens the vault, or the recovery sheet where nobody has one yet."""
    from console.services.commands import build
    from console.services.people import GiveSlot, GiveSlotBySheet

    login: str = desk.words.user
    with desk.room() as room:
        session = desk.log_in(room)
        person = room.station.people.by_login(login)
        if person is None:
            raise ConsoleError("people.unknown_login", login=login)
        if desk.words.recovery_code:
            code = desk.secret(_("Recovery code: "))
            if code is None:
                raise ConsoleError("cli.code_missing")
            room.station.dispatcher.run(build(GiveSlotBySheet, person_id=person.id, code=code), session)
        else:
            room.station.dispatcher.run(build(GiveSlot, person_id=person.id), session)
    say(_("“{login}” may use cameras from the next log-in on.", login=login))
    return GOOD
