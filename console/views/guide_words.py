"""What the steps of the guide say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from console.i18n import N_
from console.services.circle import Step


@dataclass(frozen=True, slots=True)
class StepWords:
    """What a step says, as message ids: its name, the sentence for the visitors, and how it is done by hand."""

    name: str
    sentence: str
    by_hand: str


WORDS: Final[Mapping[Step, StepWords]] = {
    Step.VISIT: StepWords(
        N_("The superintendent visits"),
        N_(
            "Nobody is asked for his camera by telephone. The superintendent goes there and says who may look, when and"
            " why, and that it can be ended at any time."
        ),
        N_("By hand: Cameras and owners › Owners, choose the owner, Record a step."),
    ),
    Step.PERMIT: StepWords(
        N_("The owner signs"),
        N_(
            "The owner decides how far: only during an incident nearby, in set hours or round the clock, and for"
            " which purposes. Until then the station knows that there is a camera, and sees nothing."
        ),
        N_(
            "By hand: Cameras and owners › Consents, New consent, fill the form in, show it for signature, sign."
            " The receipt lies ready at once."
        ),
    ),
    Step.LOOK: StepWords(
        N_("An officer looks, with a purpose"),
        N_(
            "A picture opens only for a purpose. Before the first picture it stands in the access log who looks, and"
            " why; officer, time and camera stand on the picture itself."
        ),
        N_("By hand: on the wall choose an empty tile, press F, type the camera's code, Enter."),
    ),
    Step.LOG: StepWords(
        N_("It stands in the access log"),
        N_(
            "Every view, with its beginning and its end, and every refusal. Nobody can change or remove a row without"
            " the verification showing it."
        ),
        N_("By hand: open the access log and type the camera's code into the filter (Ctrl+F)."),
    ),
    Step.STATEMENT: StepWords(
        N_("The owner gets a report"),
        N_(
            "Every look of the month, out of the access log alone, to take home: the list on paper, the signed file,"
            " and what is needed to check it."
        ),
        N_("By hand: Access log › Statements, choose the camera, Save for the owner."),
    ),
    Step.CHECK: StepWords(
        N_("The owner checks it elsewhere"),
        N_(
            "On any computer, without the internet and without trusting the station: only the folder, and the"
            " fingerprint and the first confirmation from the paper receipt."
        ),
        N_("By hand: open verify.html from the folder, choose the file, enter what stands on the receipt."),
    ),
    Step.WITHDRAW: StepWords(
        N_("The owner withdraws"),
        N_("At any time, in one step, without giving a reason. Nobody at the station can refuse it."),
        N_("By hand: choose the camera's tile on the wall, Owner withdraws; or Consents, choose it, Withdraw."),
    ),
    Step.DARK: StepWords(
        N_("The picture is dark"),
        N_(
            "The picture was gone at once, and the camera's address and password are destroyed. Nobody can open it"
            " again, the superintendent included, unless the owner permits it anew."
        ),
        N_("By hand: choose the camera's tile on the wall and press R to try."),
    ),
}
DO_IT: Final[Mapping[Step, str]] = {
    Step.VISIT: N_("Visit for me"),
    Step.PERMIT: N_("Sign for me"),
    Step.LOOK: N_("Look for me"),
    Step.STATEMENT: N_("Make it for me"),
    Step.CHECK: N_("Check for me"),
    Step.WITHDRAW: N_("Withdraw for me"),
    Step.DARK: N_("Try to open it"),
}
"""The log is only to be opened; there is nothing to be done for anybody."""
