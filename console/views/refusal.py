"""The page in place of one that this officer's role may not open: why, and who can."""

from __future__ import annotations

from console.i18n import _, plain
from console.i18n.labels import label, roles_with
from console.views.page import PageSpec
from console.views.states import StateStack
from console.views.ui import Ui


def refusal(ui: Ui, spec: PageSpec) -> StateStack:
    """Return what stands in place of the page."""
    role, page = label(ui.session.role), plain(_(spec.name))
    shown = StateStack(ui.theme, ui.clock)
    shown.setObjectName("page")
    shown.say_not_allowed(
        _("The page “{page}” is not part of the work of your role ({role}).", page=page, role=role),
        _("It may be opened by: {roles}.", roles=roles_with(spec.rights)),
    )
    return shown
