"""The sentence of each error key: what happened, what is safe, what to do. Names in braces are its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.i18n import N_
from console.i18n.protection_sentences import PROTECTION_SENTENCES

SENTENCES: Final[Mapping[str, str]] = {
    "conflict": N_(
        "Somebody else changed this record first. Nothing was overwritten. "
        "Open it again, compare both versions and save what is right."
    ),
    "unexpected": N_(
        "Something unexpected happened in the program. What was saved is safe. You can try again; tell IT, the details"
        " are in the log."
    ),
    "cli.unexpected": N_(
        "Something unexpected happened in the program. What was saved is safe. Tell IT: the details are in {path}."
    ),
    "language.unknown": N_("The language “{language}” is not known. Known languages: {known}."),
    "language.not_built": N_(
        "The Thai texts are not built ({path}). Nothing was changed. "
        "Run “python3 dev.py demo” once, or install the program again."
    ),
    "settings.invalid": N_(
        "Some settings are not correct. Nothing was changed. Correct them and start again:\n{problems}"
    ),
    "store.locked": N_(
        "The database is in use by another program of this computer: {holder} (process {pid}), since {since}. "
        "Nothing is damaged. Close that program first."
    ),
    "store.network_drive": N_(
        "The database cannot lie on a network drive ({path}): it would be damaged there. "
        "Nothing was written. Choose a folder of this computer."
    ),
    "store.damaged": N_(
        "The database {path} is damaged. It was opened for reading only and nothing was changed. "
        "Tell IT: restore the newest backup with “main.py db restore”."
    ),
    "store.newer": N_(
        "The database was made by a newer version of this program (version {found}, this program knows {known}). "
        "Nothing was changed. Install the newer program."
    ),
    "store.older": N_(
        "The database is of an older version ({found}) and must be upgraded to {known}. "
        "A backup is made first: run “main.py db upgrade”."
    ),
    "store.other_station": N_(
        "This database or data folder belongs to the station “{found}”, but the settings say “{asked}”. "
        "Nothing was changed. Put the station's own id back into station.toml."
    ),
    "store.read_only": N_(
        "The database {path} cannot be written. What was saved before is safe. "
        "Ask IT to give this account the right to write in that folder."
    ),
    "store.disk_full": N_(
        "The disk is full ({path}). What was saved before is safe; nothing new can be saved. "
        "Free some space, then try again. No camera is opened meanwhile, because the access journal cannot be written."
    ),
    "store.unreachable": N_(
        "The database does not answer. What was saved before is safe. Check the network; the console keeps trying."
    ),
    "app.shot_is_for_demonstration": N_(
        "Pictures of the window are saved in the demonstration only: real cameras are never saved this way."
    ),
    "attachment.too_large": N_("This file has {size} MB. At most 20 MB can be kept: make the picture smaller first."),
    "attachment.no_picture": N_(
        "This is no picture that can be kept, whatever its name says. Choose a JPEG or PNG file; a telephone saves"
        " photos as JPEG when “most compatible” is chosen."
    ),
    "attachment.no_scan": N_(
        "This is no scan that can be kept, whatever its name says. Choose a PDF, JPEG or PNG file."
    ),
    "attachment.damaged": N_("This picture is damaged or cut off; nothing was kept. Choose it again, or another one."),
    "attachment.empty": N_("There is nothing in the file {path}. Choose another one."),
    "attachment.unreadable": N_("The file {path} could not be read ({why}). Nothing was changed. Choose it again."),
    "attachment.not_kept": N_(
        "The file could not be kept in {path}. Nothing was changed. Free some space on the disk, or tell IT."
    ),
    "attachment.gone": N_(
        "This file ({name}) is not on this computer any more: it was deleted, or lies at the console where it was"
        " added."
    ),
    "attachment.altered": N_("This file ({name}) was changed on the disk after it was added, so it is not shown."),
    "authority.owner_by_consent": N_(
        "What an owner allows comes from a consent that the owner signed. Draw one up under “Consents”; nothing was"
        " changed."
    ),
    "consent.wrong_state": N_("Consent {number} is “{state}”. In that state this cannot be done; nothing was changed."),
    "consent.replaced": N_(
        "Consent {number} was replaced by consent {other}, which is the one that counts. Do it there; nothing was"
        " changed."
    ),
    "consent.cameras_missing": N_("Name at least one camera."),
    "consent.cameras_too_many": N_("One consent holds up to 64 cameras. Make another one for the rest."),
    "consent.camera_twice": N_("The same camera stands here twice."),
    "consent.indoor": N_(
        "A camera that looks inside a building is not linked. Turn it to the front or the street, or leave it out."
    ),
    "consent.other_owner": N_("Camera {camera} belongs to another owner of the register. Correct the register first."),
    "consent.not_private": N_(
        "Camera {camera} is entered as the station's own or an agency's: no owner can sign for it."
    ),
    "consent.camera_taken": N_(
        "Camera {camera} stands in consent {other} already. Withdraw that one or make a new one that replaces it."
    ),
    "consent.camera_left_out": N_(
        "Consent {other} still links camera {camera}. Name it here too, or withdraw it there first."
    ),
    "consent.supersedes_other_owner": N_(
        "Consent {other} was signed by another owner. A new owner signs a consent of his own."
    ),
    "consent.owner_archived": N_("This owner is archived. Bring the owner back into the register first."),
    "consent.no_authorised_person": N_(
        "For a company or an agency somebody signs who may. Enter the authorised person in the register first."
    ),
    "consent.back_dated": N_("A consent cannot begin before today: nobody agreed to what was before."),
    "consent.too_long": N_("A consent lasts five years at most. Ask again before it ends."),
    "consent.purpose_not_in_notice": N_(
        "The notice to owners does not speak of this purpose. Publish a new version of the notice first."
    ),
    "consent.nothing_at_level_0": N_("At level 0 the station sees no picture: there is nothing that this could allow."),
    "consent.nothing_to_export": N_("Without snapshots, clips or recording there is nothing to export."),
    "consent.recipients_without_export": N_("Passing on is export: tick it, or leave this empty."),
    "consent.not_agreed": N_("Without a tick here there is no consent. If the owner says no, press “Refuse”."),
    "consent.signature_missing": N_("The owner's signature is missing: let the owner sign here, or attach the scan."),
    "consent.form_missing": N_("The form that was signed could not be made. Nothing was stored; try again."),
    "consent.signature_unreadable": N_("This is no signature that can be kept. Let the owner sign again."),
    "consent.data_not_ticked": N_("There is a signature for B, but B is not ticked. Ask the owner which is meant."),
    "consent.data_signature_missing": N_("B has a signature of its own: let the owner sign here too, or untick B."),
    "consent.witness_signs": N_("The witness is a third person: neither who signs nor the officer."),
    "consent.notice_changed": N_(
        "A newer version of the notice was published since the owner read it. Show the consent again, then let it be"
        " signed. Nothing was stored."
    ),
    "consent.over_before_signed": N_("The last day of this consent is over. Correct the dates before it is signed."),
    "consent.guardian_missing": N_(
        "The owner is or may be under 20: a parent or guardian signs too. Enter the name here."
    ),
    "consent.guardian_only": N_("The owner is or may be 10 or younger: only the parent or guardian signs."),
    "consent.signed_in_future": N_("This day has not come yet."),
    "consent.signed_long_ago": N_(
        "A paper that was signed more than 30 days ago is not entered any more. Let the owner sign anew."
    ),
    "consent.paper_used": N_("This very file already proves consent {other}. Attach the paper of this one."),
    "consent.paper_gone": N_(
        "The paper is no longer held. What was signed can still be compared by its SHA-256: {sha256}"
    ),
    "paper.empty": N_("The file is empty. Scan the paper again."),
    "paper.too_large": N_(
        "The file is larger than 20 MB. Photograph or scan the paper in a smaller size (A4, 200 dpi)."
    ),
    "paper.not_readable": N_(
        "The file is gone or cannot be read. Nothing is lost: choose it again, or scan the paper anew."
    ),
    "paper.damaged": N_("This picture is damaged or cut off; nothing was kept. Choose it again, or another one."),
    "paper.unknown_kind": N_("This is neither a PDF nor a picture (PNG, JPEG). Scan the paper again."),
    "code.not_ours": N_("This code is not of one of our papers. Scan the code on the receipt or on the sticker."),
    "code.other_station": N_("This code belongs to another station."),
    "code.other_key": N_(
        "The fingerprint on this paper is not that of this station's key. Keep the paper and tell the superintendent."
    ),
    "code.unknown": N_("No consent of this number is known here."),
    "notice.purposes_missing": N_("Tick the purposes that the notice speaks of."),
    "notice.blanks": N_(
        "The notice to owners, version {number}, still has blanks after {blanks}. Fill them under Cameras and owners ›"
        " Consents › Notice, publish that as the next version, and then do this again."
    ),
    "notice.blanks_left": N_(
        "Fill in what follows {blanks}: owners are told who keeps their data and how to reach them. Nothing was"
        " published."
    ),
    "notice.unchanged": N_("This is word for word the version in force. Nothing was published."),
    "authority.owner_first": N_(
        "This camera belongs to an owner whose permission was recorded or withdrawn. Only a new permission of"
        " the owner opens it; nothing was changed."
    ),
    "authority.self_countersigned": N_(
        "Who recorded a permission cannot countersign it. Nothing was changed; ask another person with that right."
    ),
    "authority.self_reconfirmed": N_(
        "Who entered the camera's address cannot write down the owner's word for it. Nothing was changed; let another"
        " person who records permissions ask the owner."
    ),
    "authority.no_address_yet": N_(
        "The camera has no address yet, so there is nothing that its owner could confirm. Nothing was changed; enter"
        " the address first, then let another person ask the owner."
    ),
    "authority.purpose_never_ticked": N_(
        "This purpose is not given by the owner: urgent and demonstration have rules of their own."
    ),
    "authority.purpose_missing": N_("Tick at least one purpose that the owner allows."),
    "authority.ends_before_start": N_("The end must be after the beginning."),
    "authority.hours_at_level_2": N_("Hours belong to level 2. At this level they would promise what does not hold."),
    "authority.hours_too_many": N_("These are too many spans. Put together those that touch."),
    "authority.radius_at_level_1": N_(
        "A radius belongs to level 1. At this level it would promise what does not hold."
    ),
    "authority.wrong_year": N_("This year cannot be right. Is it a year of the other era?"),
    "authority.hours_missing": N_("Level 2 needs the hours that the owner allows."),
    "authority.hours_empty": N_("This span of hours is empty: beginning and end are the same."),
    "authority.radius_missing": N_("Level 1 needs the radius around the camera in metres."),
    "owner.phone": N_("This is no telephone number. Write it like 081-234-5678, with +66 or “ต่อ 12” where needed."),
    "owner.email": N_("This is no e-mail address. Write it like name@example.com."),
    "owner.person_no_agency": N_(
        "A natural person is no agency. Choose another kind of owner, or “government agency”."
    ),
    "owner.signs_himself": N_("A natural person signs himself. Choose “company” or “agency” if somebody signs for it."),
    "owner.who_signs": N_("A company or an agency needs somebody with a position who may sign for it."),
    "owner.no_birth": N_("Only a natural person has a year of birth and a guardian."),
    "owner.birth_year": N_("This year of birth cannot be right. Is it a year of the other era?"),
    "owner.guardian_needed": N_(
        "This person is under 20. The law asks for the parent's or guardian's consent too: enter the name."
    ),
    "owner.archived_stays": N_("This owner is archived. Nothing was changed. Bring the record back first."),
    "owner.has_cameras": N_("Cameras are still this owner's. Part them first; then the record can be archived."),
    "owner.consent_first": N_(
        "A consent that the present owner signed stands at this camera. Let it be withdrawn, or declare it void, first."
    ),
    "owner.permission_first": N_(
        "A permission of the present owner stands at this camera. Withdraw it first; only the superintendent can part"
        " them without that."
    ),
    "owner.step_struck": N_("This step is struck out. Nothing was changed. Record a new one."),
    "owner.too_many_photos": N_("A step takes {most} photos at most. Take one away, or record another step."),
    "owner.photo_twice": N_("This step has this photo already. Nothing was changed."),
    "owner.next_what": N_("Write what is to be done on that day."),
    "owner.next_before": N_("The next step cannot lie before this one."),
    "owner.day_ahead": N_("This day has not come yet. Check the date."),
    "visit.nobody": N_("Enter how many people came, at one sector at least."),
    "visit.more_than_came": N_("That is more than the people who came."),
    "visit.sector_twice": N_("Another sector has this name already."),
    "visit.struck": N_("This visit is struck out. Nothing was changed. Record a new one."),
    "camera.archived": N_("This camera is archived. Bring it back before recording a permission."),
    "camera.code_taken": N_("Another camera already has this code. Choose another one."),
    "camera.code_archived": N_("An archived camera has this code, and its history stays with it. Choose another one."),
    "camera.not_archived": N_("This camera is in use already. Nothing was changed."),
    "camera.archived_stays": N_("This camera is archived. Nothing was changed. Bring it back first."),
    "camera.outside_thailand": N_(
        "This place lies outside Thailand. Are latitude and longitude right, and not exchanged?"
    ),
    "camera.unknown_code": N_("No camera has the code “{code}”. Check the code in the register."),
    "camera.address_elsewhere": N_("A stream's address belongs into the fields of the connection, not here."),
    "camera.half_a_place": N_("Give both latitude and longitude, or neither."),
    "camera.bad_mask": N_("A mask must lie inside the picture and have a width and a height."),
    "cli.login_missing": N_("Say who asks: add “--login NAME”. Nothing was done."),
    "cli.password_missing": N_("No password came on standard input. Nothing was done."),
    "cli.address_missing": N_("No address came on standard input. Nothing was done."),
    "cli.code_missing": N_("No recovery code came on standard input. Nothing was done."),
    "font.missing": N_("The Thai font is missing ({path}). Nothing was changed. Install the program again."),
    "import.cancelled": N_("The import was cancelled."),
    "import.taken_back": N_("Nothing was registered."),
    "import.twice_in_file": N_("The same stands in line {line} of the file already."),
    "import.lost_letters": N_("Some letters of this line cannot be read. Save the file as CSV in UTF-8."),
    "import.too_many_cells": N_(
        "This line has more cells than the heading. A cell that holds a comma or semicolon must stand in quotes."
    ),
    "import.no_owner_number": N_(
        "This is no number of the register of owners, like O-0001. No number: leave it empty."
    ),
    "import.owner_unknown": N_("No owner in use has this number. Register the owner first, or leave it empty."),
    "import.owner_not_yours": N_("Your position does not say whose a camera is. Leave this column empty."),
    "import.owner_named_else": N_(
        "The register has another name for this number. The register counts; the name in the file is not taken."
    ),
    "import.columns_missing": N_(
        "The file lacks these columns: {columns}. Nothing was registered. Add them and repeat."
    ),
    "import.column_twice": N_("These columns stand twice: {columns}. Nothing was registered. Keep one of each."),
    "import.not_csv": N_(
        "The file {path} is no sound CSV at line {line}. Nothing was registered. Correct that line and repeat."
    ),
    "import.too_large": N_("The file {path} is too large for a list of cameras. Nothing was registered."),
    "import.no_file": N_("There is no file {path}. Nothing was registered. Check its name and folder."),
    "import.unreadable": N_(
        "The file {path} could not be read ({why}). Nothing was registered. Save it as CSV in UTF-8."
    ),
    "restore.no_file": N_("There is no backup {path}. Nothing was changed. Look in the folder “backups”."),
    "restore.not_sound": N_("The backup {path} is damaged or is none. Nothing was changed. Take another one."),
    "restore.own_tools": N_(
        "A shared database is restored with its own tools. Nothing was changed. Ask the database's administrator."
    ),
    "incident.closed_already": N_("This incident is already closed. Nothing was changed."),
    "incident.closed_stays": N_(
        "This incident is closed and stays as it is. Nothing was changed. Add an entry that says what is right."
    ),
    "incident.duplicate_of_what": N_("Write the number of the incident that this one repeats."),
    "incident.in_future": N_("This moment has not come yet. Check the date, the time and this computer's clock."),
    "incident.own_review": N_(
        "Who opened or placed an incident, or looked through it, cannot review the views made through it. Ask "
        "another shift lead."
    ),
    "incident.struck_already": N_("This entry is already struck out. Nothing was changed."),
    "first_code.missing": N_(
        "There is no code for the first start here. Nothing was made. Ask IT to run “main.py user code” on this"
        " computer."
    ),
    "first_code.void": N_(
        "The code was entered wrongly five times and is void. Nothing was made. Ask IT to run “main.py user code”"
        " again."
    ),
    "first_code.wrong": N_("This is not the code. Check each group."),
    "login.disabled": N_("This account is switched off. Ask whoever manages users."),
    "login.locked": N_("Too many wrong passwords: this account is locked until {until}. Nothing else has happened."),
    "login.temporary": N_(
        "This password was chosen by somebody else. Choose one of your own in the program's window, or with “main.py"
        " user password --login NAME”, then log in with it."
    ),
    "login.wrong": N_("User name or password is not correct."),
    "not_found": N_("This record is not there any more. Nothing was changed. Read the list again."),
    "people.access_not_back": N_(
        "Somebody else reset your password. A person with access to the cameras, or the recovery sheet, must give you"
        " the access back before you can sign."
    ),
    "people.first_must_manage": N_("The first person must be able to manage users: superintendent or IT."),
    "people.last_administrator": N_("This is the last person who can manage users. Name another one first."),
    "people.login_taken": N_("Somebody already has this user name. Choose another one."),
    "people.not_empty": N_(
        "There are already users here. Let one of them log in and add the others. Nothing was changed."
    ),
    "people.own_role": N_("Nobody changes his own role. Ask another person who manages users."),
    "people.unknown_login": N_(
        "Nobody here has the user name “{login}”. Nothing was changed. Check how it is written."
    ),
    "people.own_reset": N_("Your own password is changed in the menu at your name, not reset."),
    "people.reset_by_giver": N_(
        "You reset this person's password, so somebody else who may use cameras must give the access back,"
        " or the recovery sheet. Nothing was changed."
    ),
    "people.role_without_feeds": N_(
        "This person's role has nothing to do with cameras, so no access to camera passwords is given."
    ),
    "password.too_short": N_("The password is too short: it needs at least 12 characters."),
    "password.differs": N_("The two passwords are not the same."),
    "password.old_wrong": N_("This is not your present password."),
    "password.same": N_("Choose a password other than the present one."),
    "password.too_long": N_("The password is too long."),
    "password.holds_login": N_("The password must not contain the user name."),
    "password.common": N_("This password is easy to guess. Choose another one."),
    "store.backup_first": N_(
        "This shared database must be backed up by its own tools before the upgrade. Nothing was changed. Ask"
        " the database's administrator."
    ),
    "store.command_reused": N_(
        "This step was already stored once with other contents. Nothing was stored twice. Open the record "
        "again and repeat the step."
    ),
    "store.refused": N_(
        "The database refused this account. Nothing was changed. Ask IT to check name, password and rights in"
        " the database."
    ),
    "tombstones.not_read": N_(
        "The list of withdrawals {path} cannot be read. No camera is opened until it is back. Tell IT."
    ),
    "tombstones.not_written": N_(
        "The withdrawal could not be written to {path}, so it was not carried out. Free some space and withdraw again."
    ),
    "vault.code_mistyped": N_(
        "This is not a recovery code of the station: check each group on the sheet. Nothing was changed."
    ),
    "vault.exists": N_("The station already has its store of camera passwords. Nothing was changed."),
    "vault.keyring_missing": N_(
        "This computer's keyring does not hold the station's secret, so the camera passwords stay closed. "
        "Nothing is lost. Use the recovery sheet, or log in on the computer where the station was set up."
    ),
    "vault.locked": N_("The camera passwords are locked. Log in again to open them."),
    "vault.missing": N_("The station has no store of camera passwords yet. Set it up with “main.py user add --first”."),
    "vault.no_slot": N_(
        "You have not been given access to the camera passwords yet. Ask a person who already may use cameras"
        " to give it."
    ),
    "vault.tampered": N_(
        "A sealed camera password was changed outside the program. It is not used. Tell IT and enter the "
        "camera's address again."
    ),
    "vault.wrong_key": N_(
        "The password does not open the camera passwords. Nothing was changed. Try again, or use the recovery sheet."
    ),
    "view.not_yours_to_justify": N_("Only who looked can give the reason for this urgent view."),
    "view.no_debt": N_("This urgent view is explained already. Nothing was changed."),
    "view.say_why": N_("Choose the incident, or write a sentence of at least 20 letters."),
    "view.say_what_is_wrong": N_("Write what is not in order about this view."),
    "view.incident_was_over": N_("This incident was closed before the camera was opened. Choose another one."),
    "view.own_note": N_("A note on your own urgent view is no note: explain the view itself."),
    "view.reviewed_already": N_("Nothing waits for a review here any more. Nothing was changed."),
    "emergency.incident_closed": N_("This incident is closed. Choose one that is open."),
    "emergency.runs_already": N_(
        "Emergency access to this camera is open already. It is not made longer: after its end a new one needs a reason"
        " of its own."
    ),
    "field.twenty": N_("Write at least 20 letters."),
    "address.missing": N_("Enter the camera's address."),
    "watch.login_in_address": N_(
        "An address with a user name or a password in it cannot be given on the command line: others on this computer"
        " can read that. Nothing was dialled. Leave them out of the address and add “--user NAME --ask-password”;"
        " where the camera wants them inside the address, register it and use “main.py camera probe CODE”."
    ),
    "watch.password_without_user": N_("“--ask-password” needs “--user NAME”. Nothing was dialled."),
    "probe.stopped": N_("The connection test was stopped. Nothing was noted."),
    "address.main_first": N_("Enter the main address too: a sub address alone is not enough."),
    "address.with_its_login": N_(
        "User name and password are stored together with the address. Enter the address again with them."
    ),
    "address.malformed": N_("This is not an address. It begins like rtsp://10.0.0.20/…"),
    "address.scheme": N_("Only rtsp, rtsps, http and https addresses are allowed."),
    "address.login_in_own_fields": N_(
        "Enter user name and password in their own fields: a mark in the password cuts the address."
    ),
    "address.too_long": N_("The address is too long."),
    "address.two_channels": N_("The address names two channels of the recorder. Keep the one that is this camera."),
    "address.host_missing": N_("The address names no camera: host or number is missing."),
    "address.host_malformed": N_("The name of the host is not written correctly."),
    "journal.check_stopped": N_("The check was stopped. Nothing was changed; it can be started again at any time."),
    "journal.not_a_seal_code": N_(
        "This is not a seal of the access journal, or a character is wrong. Compare it with the paper, group by group."
    ),
    "journal.older_than_seen": N_(
        "The journal is older than what this console has seen: an earlier database was put in its place. Owners’"
        " cameras are paused until their permissions were looked at again. Tell the superintendent."
    ),
    "journal.missing": N_("a row is missing"),
    "journal.doubled": N_("a row stands twice"),
    "journal.hash": N_("the row was changed: its hash does not fit"),
    "journal.past_camera": N_("the row stands past the chain of its camera: the camera's owner would not be told"),
    "journal.view_camera": N_("the rows of one view name different cameras"),
    "journal.view_record": N_("the list of views differs from the journal, or one of the two lacks the view"),
    "journal.record_past": N_("the record was changed past the journal: it is not as the journal says"),
    "journal.consent_untold": N_("an event was added or changed past the journal: no entry tells of it"),
    "journal.consent_gone": N_("an event that the journal tells of was taken out or changed"),
    "journal.consent_terms": N_("its terms or its cameras were changed past the journal"),
    "journal.consent_paper": N_("a paper was exchanged or taken away: it is not the one whose hash was recorded"),
    "journal.notice_past": N_("it is not as the journal says that it was published"),
    "journal.permission_alone": N_("it is in force, and no signed consent that still stands gives it"),
    "journal.permission_beyond": N_("it allows something else than the consent that it comes from"),
    "journal.words_gone": N_("personal words were taken away, and no erasure and no retention certificate names them"),
    "journal.guard": N_("it was missing or altered, or is none of the program's: rows could be changed unhindered"),
    "journal.chain": N_("the row does not follow the one before"),
    "journal.columns": N_("the shown columns differ from the stored bytes"),
    "journal.downgrade": N_("the row claims an older format than those before it"),
    "journal.version": N_("the row is of an unknown format"),
    "journal.bytes": N_("the stored bytes are not a row"),
    "journal.camera": N_("the camera's own numbering has a break"),
    "journal.personal": N_("a name kept beside the journal does not fit the row"),
    "journal.topics": N_("the index that filters find the row by is wrong: a filter may hide it or show it in error"),
    "journal.truncated": N_("rows were cut off at the end"),
    "journal.log_line": N_("a line of the checkpoint file is damaged"),
    "journal.checkpoint_chain": N_("the checkpoint does not follow the one before"),
    "journal.checkpoint_columns": N_("the checkpoint's columns differ from its bytes"),
    "journal.checkpoint_version": N_("the checkpoint is of an unknown format"),
    "journal.checkpoint_bytes": N_("the bytes are not a checkpoint"),
    "journal.checkpoint_key": N_("the checkpoint was signed with another key"),
    "journal.checkpoint_signature": N_("the checkpoint's signature is wrong"),
    "journal.checkpoint_missing": N_("a checkpoint of the file is missing in the database"),
    "journal.older": N_("the journal is older than what this console has seen: a seal that it remembers is not there"),
    "journal.older_paper": N_("the journal is older than the paper: it does not hold the seal that stands there"),
    "journal.checkpoint_head": N_("the journal does not hold what the checkpoint confirms"),
    "statement.period": N_("The period ends before it begins."),
    "statement.delay_past": N_("Choose a day after today: until it begins, the lines wait."),
    "statement.delay_too_long": N_(
        "Choose {last} or an earlier day: lines wait 90 days at most, because who looked is the owner's to know."
    ),
    "journal.camera_head_bytes": N_("the bytes are not a camera's head"),
    "journal.camera_head_signature": N_("the signature of a camera's head is wrong"),
    "journal.camera_head_chain": N_("a camera's head does not follow the one before"),
    "journal.camera_head_columns": N_("the columns of a camera's head differ from its bytes"),
    "journal.camera_head_rows": N_("the journal does not hold what a camera's head confirms"),
    "typed.date": N_("This is not a date. Write it like 22/11/2569 or 2026-11-22."),
    "typed.no_such_day": N_("There is no such day. Check day, month and year."),
    "typed.time": N_("This is not a time of day. Write it like 13:05."),
    "typed.moment": N_("Write the date and the time, like 22/11/2569 13:05."),
    "draft.not_kept": N_(
        "What you type cannot be kept as a draft ({path}). It still stands in the form. Save it soon, and free some"
        " space on the disk."
    ),
    "output.stopped": N_("Stopped. No file was left behind."),
    "output.not_written": N_(
        "The file {path} could not be written ({why}). Nothing was left behind. Choose another folder, or close the"
        " file in the other program."
    ),
    "typed.hours": N_("These are not hours. Write them like 18:00-06:00."),
    "walls.name_taken": N_("There is already one of this name. Choose another name."),
    "walls.tour_without_walls": N_("Choose at least one wall for the tour."),
    "walls.layout_unknown": N_("This wall was saved by a newer version of the program. It cannot be shown here."),
    "walls.cameras_gone": N_(
        "Cameras that are not registered any more: {n}. Their tiles are empty; everything else is shown."
    ),
    "walls.tour_empty": N_("The walls of this tour were deleted. Choose other walls for it."),
    "walls.tour_of_own_walls": N_("A tour of the station shows only walls of the station."),
    "field.missing": N_("This must be filled in."),
    "field.too_short": N_("This is too short."),
    "field.too_long": N_("This is too long."),
    "field.pattern": N_("These letters or marks cannot be used here."),
    "field.number": N_("Enter a number."),
    "field.range": N_("This number is too small or too large."),
    "field.choice": N_("Choose one of the given values."),
    "field.unknown": N_("There is no setting of this name."),
    "field.other": N_("This cannot be accepted as it stands."),
    "preferences.not_written": N_(
        "The settings could not be written to {path}. Nothing was changed. Ask IT to give this account the right to"
        " write in that folder, or free some space."
    ),
    "preferences.not_here": N_("This setting is not changed here. Ask IT: it stands in station.toml."),
    "preferences.overruled": N_(
        "This was set when the program was started, which counts more than what is chosen here. Start it without that."
    ),
    "settings.half_a_lease": N_("At most half of gate.lease_s: one renewal that fails must not darken a camera."),
    "settings.malformed": N_("This file is not written correctly here."),
    "settings.password": N_("A password does not belong here. Keep it in PostgreSQL's password file (.pgpass)."),
    "settings.station_only": N_("Only station.toml sets this: whoever starts the program must not choose it."),
    "settings.unreadable": N_("This file cannot be read by this account."),
    "store.bad_address": N_(
        "The address of the database is not correct. Nothing was changed. Ask IT to correct it in the settings."
    ),
    "paper.not_written": N_(
        "The paper could not be saved as {path}. Nothing was overwritten. "
        "Choose another folder, or make room on the disk."
    ),
    "paper.not_printed": N_(
        "The printer did not take every page. Nothing is lost: see that it is on and has paper, then print again."
    ),
    "paper.no_printer": N_(
        "No printer is set up on this computer. The paper stays open. "
        "Ask IT to set a printer up, or use another computer."
    ),
    **PROTECTION_SENTENCES,
}
