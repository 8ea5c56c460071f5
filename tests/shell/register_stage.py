"""Pages of records in front of somebody: what tests of registers do with the newest record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from console.i18n import plain
from console.views.acting_page import ActingPage
from console.views.record_form import RecordForm
from console.views.record_page import RecordPage
from console.views.record_spec import Query

InFront = Callable[..., Any]
"""Takes what makes a page of a `Ui` and a `Station`, and whose session it is; returns the page, shown and started."""


def form_of(page: RecordPage[Any]) -> RecordForm[Any]:
    assert page.panel.form is not None
    return page.panel.form


def fill(form: RecordForm[Any], **raws: Any) -> None:
    for name, raw in raws.items():
        form.box(name).set_raw(raw)


def newest(page: RecordPage[Any]) -> Any:
    return page.spec.source.find(Query(), 0, 9).rows[0]


def texts(page: RecordPage[Any], key: str) -> list[str]:
    """Return what a column says of each record."""
    column = next(column for column in page.spec.columns if column.key == key)
    return [column.text(row) for row in page.spec.source.find(Query(), 0, 99).rows]


def offered(page: RecordPage[Any]) -> set[str]:
    """Return what may be done with the newest record."""
    return {each.key for each in page.spec.acts if each.can(newest(page))}


def act(page: ActingPage[Any], key: str, **raws: str) -> None:
    """Open an act of the newest record; with `raws` fill its form and save it."""
    assert key in offered(page), f"{key} is not offered"
    page.panel.run_act(next(each for each in page.spec.acts if each.key == key), newest(page))
    if raws:
        assert page.act_panel is not None
        fill(page.act_panel.form, **raws)
        page.act_panel.form.save()


def answer(page: RecordPage[Any], label: str) -> None:
    """Press an answer on the strip."""
    next(button for button in page.strip._buttons if plain(button.text()).startswith(label)).click()
