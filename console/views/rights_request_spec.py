"""How requests about personal data stand in the shared list: columns, form, and the steps from receipt to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from console.i18n import N_, _
from console.i18n.dates import format_date, sort_key
from console.i18n.labels import label, labels_of
from console.kernel import ErasureGround
from console.protection import Decision, IdentityCheck, RefusalReason, RequestKind, RequestState, RequestWay
from console.services.commands import Command, build
from console.services.rights_requests import (
    ANSWER_DAYS,
    KIND,
    CarryOutRequest,
    ChangeRequest,
    CloseRequest,
    DecideRequest,
    IdentifyRequester,
    ReceiveRequest,
    RequestLine,
    deadline,
)
from console.services.station import Station
from console.views.camera_words import camera_text
from console.views.record_source import Shelf
from console.views.record_spec import (
    Act,
    Chip,
    Choice,
    Column,
    Empty,
    Field,
    FormSpec,
    LongText,
    Mark,
    Moment,
    RecordSpec,
    Section,
    Text,
    Values,
)
from console.views.registers import (
    Entering,
    FormWords,
    days_mark,
    extraction,
    left_column,
    number_column,
    register_form,
    state_column,
    step_form,
)
from console.views.ui import Ui

OpenAct = Callable[[RequestLine, FormSpec[RequestLine], str], None]


@dataclass(frozen=True, slots=True)
class Hands:
    """What the page does for an act that is more than a command."""

    open_act: OpenAct
    letter: Callable[[RequestLine], None]
    certificate: Callable[[RequestLine], None]


def request_spec(ui: Ui, station: Station, hands: Hands) -> RecordSpec[RequestLine]:
    columns, chips = _columns(ui), _chips(ui)
    return RecordSpec(
        kind=KIND,
        title=N_("Rights requests"),
        source=Shelf(lambda: station.rights_requests.lines(ui.session), columns, chips, _words),
        columns=columns,
        empty=Empty(
            N_("Nobody has asked yet"),
            N_(
                "Whoever asks to see, correct or erase his data, or objects to its use, is entered here on the day of"
                " the request. The days until the answer are counted."
            ),
            N_("Enter the first request"),
        ),
        watch=frozenset({KIND, "camera", "incident", "person", "owner"}),
        form=_form(ui, station),
        may_add=station.dispatcher.may(ReceiveRequest, ui.session),
        may_change=station.dispatcher.may(ChangeRequest, ui.session),
        right=station.dispatcher.right(ChangeRequest),
        new=N_("New request"),
        chips=chips,
        acts=_acts(ui, station, hands),
        summary=lambda: _summary(ui, station),
        extracted=extraction("rights_request"),
        sort="number",
        descending=True,
    )


def state_mark(line: RequestLine) -> Mark:
    row = line.row
    if row.refused and row.state is RequestState.DECIDED:
        return Mark("denied", "warning", _("Refused, to be answered"))
    icon, colour = _STATES[row.state]
    return Mark(icon, colour, label(row.state))


_STATES: Final[Mapping[RequestState, tuple[str, str]]] = {
    RequestState.RECEIVED: ("note", "warning"),
    RequestState.IDENTIFIED: ("person", "warning"),
    RequestState.DECIDED: ("clock", "warning"),
    RequestState.CARRIED_OUT: ("check", "accent"),
    RequestState.CLOSED: ("done", "good"),
}


def _summary(ui: Ui, station: Station) -> str:
    lines, now = station.rights_requests.lines(ui.session), ui.clock.now()
    waiting = sum(line.row.closed_at is None for line in lines)
    late = sum(due.overdue for line in lines if (due := deadline(line.row, now)) is not None)
    texts = [_("Not closed: {n}", n=waiting)]
    if late:
        texts.append(_("overdue: {n}", n=late))
    return " · ".join(texts)


def _words(line: RequestLine) -> tuple[object, ...]:
    facts, ruling = line.row.facts, line.row.ruling
    return (
        facts.about,
        facts.received_at,
        line.row.kind,
        line.camera,
        line.incident,
        line.owner,
        "" if ruling is None else ruling.decision_words,
    )


# The list


def _columns(ui: Ui) -> tuple[Column[RequestLine], ...]:
    return (
        number_column(N_("Request no.")),
        Column(
            "received",
            N_("Received"),
            lambda line: format_date(line.row.facts.received_at),
            12,
            sort=lambda line: line.row.facts.received_at,
            whole=True,
        ),
        Column(
            "requester",
            N_("Who asks"),
            lambda line: line.row.facts.requester,
            0,
            sort=lambda line: sort_key(line.row.facts.requester),
        ),
        Column("kind", N_("What is asked for"), lambda line: label(line.row.kind), 26, sort=lambda line: line.row.kind),
        state_column(RequestState, state_mark),
        left_column("due", 18, lambda line: deadline(line.row, ui.clock.now()), days_mark),
        Column("decision", N_("Decision"), _decision, 24),
    )


def _decision(line: RequestLine) -> str:
    ruling = line.row.ruling
    if ruling is None:
        return ""
    reason = "" if ruling.refusal is None else label(ruling.refusal)
    return " · ".join(filter(None, (label(ruling.decision), reason)))


def _chips(ui: Ui) -> tuple[Chip[RequestLine], ...]:
    def overdue(line: RequestLine) -> bool:
        due = deadline(line.row, ui.clock.now())
        return due is not None and due.overdue

    def at(state: RequestState) -> Callable[[RequestLine], bool]:
        return lambda line: line.row.state is state and not line.row.refused

    return (
        Chip("open", N_("Not closed"), lambda line: line.row.closed_at is None, group="state"),
        Chip("identified", N_("To be decided"), at(RequestState.IDENTIFIED), group="state"),
        Chip("decided", N_("To be carried out"), at(RequestState.DECIDED), group="state"),
        Chip("overdue", N_("Overdue"), overdue, group="state"),
        Chip("refused", N_("Refused"), _refusing),
    )


def _refusing(line: RequestLine) -> bool:
    return line.row.ruling is not None and line.row.ruling.decision is not Decision.GRANTED


# The form


def _form(ui: Ui, station: Station) -> FormSpec[RequestLine]:
    def cameras() -> Mapping[str, str]:
        return {camera.id: camera_text(camera) for camera in station.cameras.cameras()}

    def incidents() -> Mapping[str, str]:
        # By number only: what happened is not for everybody who keeps this register.
        return {row.id: row.number for row in station.incidents.incidents()}

    who = (
        Field("requester", N_("Who asks"), Text(200), required=True),
        Field(
            "contact", N_("How to reach the person"), Text(300), hint=N_("Address, telephone or LINE: for the answer.")
        ),
        Field("received_at", N_("Received"), Moment(), required=True, hint=N_("The days count from the day after.")),
        Field("way", N_("Came in"), Choice(labels_of(RequestWay)), required=True),
    )
    what = (
        Field("request_kind", N_("What is asked for"), Choice(labels_of(RequestKind)), required=True),
        Field("about", N_("In the person's words"), LongText(2000), required=True),
        Field("camera_id", N_("Camera"), Choice(cameras), hint=N_("If it is about the pictures of one camera.")),
        Field("owner_id", N_("Owner"), Choice(lambda: station.rights_requests.owners(ui.session))),
        Field("incident_id", N_("Incident"), Choice(incidents)),
    )
    return register_form(
        FormWords(
            N_("New request"),
            N_("Request {number}"),
            N_("The request was entered; the days are counted."),
            N_("It was decided: what was asked for stays as it stands."),
        ),
        (Section(N_("Who asks"), who), Section(N_("What is asked for"), what)),
        Entering(ReceiveRequest, ChangeRequest, "request_id"),
        lambda line: line.row.decided_at is not None,
        _late(ui),
    )


def _late(ui: Ui) -> Callable[[Values], Mapping[str, str]]:
    """Return the question about a day of receipt that makes the request overdue at once."""

    def doubt(values: Values) -> Mapping[str, str]:
        received = values["received_at"]
        old = received is not None and ui.clock.now() - received > timedelta(days=ANSWER_DAYS)
        return {"received_at": N_("This is more than 30 days ago. Is the day right?")} if old else {}

    return doubt


# The steps


def _acts(ui: Ui, station: Station, hands: Hands) -> tuple[Act[RequestLine], ...]:
    may = station.dispatcher.may

    def undecided(line: RequestLine) -> bool:
        return line.row.decided_at is None

    def to_do(line: RequestLine) -> bool:
        return line.row.state is RequestState.DECIDED and not line.row.refused

    def to_close(line: RequestLine) -> bool:
        return line.row.state is RequestState.CARRIED_OUT or (line.row.refused and line.row.closed_at is None)

    return (
        Act(
            "identify",
            N_("Identity…"),
            "person",
            lambda line: undecided(line) and may(IdentifyRequester, ui.session),
            open=lambda line: hands.open_act(line, _identity_form(), "identity"),
        ),
        Act(
            "decide",
            N_("Decide…"),
            "check",
            lambda line: undecided(line) and may(DecideRequest, ui.session),
            open=lambda line: hands.open_act(line, _decision_form(), "decision"),
        ),
        Act(
            "carry_out",
            N_("Carried out…"),
            "done",
            lambda line: to_do(line) and may(CarryOutRequest, ui.session),
            open=lambda line: hands.open_act(line, _carried_form(line), "carried"),
        ),
        Act("certificate", N_("Certificate"), "verify", lambda line: line.erased is not None, open=hands.certificate),
        Act("letter", N_("Answer"), "print", lambda line: line.row.decided_at is not None, open=hands.letter),
        Act(
            "close",
            N_("Close"),
            "lock",
            lambda line: to_close(line) and may(CloseRequest, ui.session),
            command=lambda line, _reason: CloseRequest(request_id=line.id, version=line.version),
            warning=lambda line: _(
                "Was the answer given to {name}? A closed request stays as it is.", name=_name(line)
            ),
            done=lambda line, _answer: _("Request {number} is closed.", number=line.row.number),
        ),
    )


def _name(line: RequestLine) -> str:
    return line.row.facts.requester


def _identity_form() -> FormSpec[RequestLine]:
    fields = (
        Field("identity", N_("How was the person identified"), Choice(labels_of(IdentityCheck)), required=True),
        Field("words", N_("What was seen"), Text(300), hint=N_("Never the number of a card, and no copy of it.")),
    )
    return step_form(
        N_("Who asks in request {number}"),
        fields,
        lambda values, line: build(IdentifyRequester, request_id=line.id, version=line.version, **values),
    )


def _decision_form() -> FormSpec[RequestLine]:
    def refusing(values: Values) -> bool:
        return values["decision"] in {Decision.PARTLY, Decision.REFUSED}

    fields = (
        Field("decision", N_("Decision"), Choice(labels_of(Decision)), required=True),
        Field("refusal", N_("Reason for refusing"), Choice(labels_of(RefusalReason)), required=True, shown=refusing),
        Field(
            "words",
            N_("Words of the decision"),
            LongText(2000),
            hint=N_("They stand in the answer. Where something is refused: why, in plain words."),
        ),
    )

    def command(values: Values, line: RequestLine) -> Command:
        refusal = values["refusal"] if refusing(values) else None
        decided = {"decision": values["decision"], "refusal": refusal, "words": values["words"]}
        return build(DecideRequest, request_id=line.id, version=line.version, **decided)

    return step_form(N_("Decision on request {number}"), fields, command)


def _carried_form(line: RequestLine) -> FormSpec[RequestLine]:
    erasing = line.row.kind is RequestKind.ERASURE
    hint = (
        N_("With this the personal words of what the request names are erased for good, and a certificate is made.")
        if erasing
        else N_(
            "It stands in the answer. Where the use of a camera's pictures shall rest, the camera goes dark with this."
        )
    )
    words = Field("words", N_("What was done"), LongText(2000), required=True, hint=hint)
    ground = Field("ground", N_("Ground"), Choice(labels_of(ErasureGround)), required=True)
    return step_form(
        N_("What was done for request {number}"),
        (words, ground) if erasing else (words,),
        lambda values, row: build(CarryOutRequest, request_id=row.id, version=row.version, **values),
    )
