"""What do the templates of the public pages show? Plain values; no page decides anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from standfast.faces.public.drafts import Draft, Receipt
from standfast.faces.public.forms import Page
from standfast.faces.public.report import label_of
from standfast.faces.public.steps import CHECK, STEPS, Step, advice_for, back_from, path_of
from standfast.foundation.kernel import days

CHANGE = "change"
NOT_SAID = "Not said"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What surrounds every public page."""

    force_name: str
    demo: bool
    nonce: str
    exit_to: str


@dataclass(frozen=True, kw_only=True)
class QuestionPage:
    """A page with a question, and what was wrong with the answer."""

    step: Step
    form: Page
    action: str
    back: str
    carried: str
    notice: str = ""

    def is_one_question(self) -> bool:
        """Say whether its only field is its heading."""
        return not self.step.heading


@dataclass(frozen=True, kw_only=True)
class AdvicePage:
    """A page that says something after an answer; the report goes on below it."""

    kind: str
    action: str
    back: str
    carried: str


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """One answer on the last page; `change` is empty while answers cannot be changed."""

    label: str
    answer: str
    change: str


@dataclass(frozen=True, kw_only=True)
class CheckPage:
    """Every answer, before they are sent."""

    rows: Sequence[AnswerRow]
    back: str
    carried: str
    notice: str = ""


@dataclass(frozen=True, kw_only=True)
class SentPage:
    """What was done with the report."""

    reference: str
    time: str
    day: str
    journalled: bool


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Return the frame for the templates."""
    made = Frame(
        force_name=settings.FORCE_NAME,
        demo=settings.DEMO,
        nonce=getattr(request, "nonce", ""),
        exit_to=settings.ENVIRONMENT.exit_url,
    )
    return {"frame": made}


def address_of(target: str, *, change: bool = False) -> str:
    """Return the address of a page of the report by its name."""
    where = reverse(CHECK) if target == CHECK else reverse("question", kwargs={"step": target})
    return f"{where}?{CHANGE}=1" if change else where


def suffix(request: HttpRequest) -> str:
    """Return what keeps it known that the visitor came from the last page."""
    return f"?{CHANGE}=1" if CHANGE in request.GET else ""


def back_address(name: str, draft: Draft, *, change: bool) -> str:
    """Return where “Back” leads from a page."""
    before = CHECK if change else back_from(name, draft.answers)
    if not before:
        return reverse("front")
    if before != CHECK and advice_for(before, draft.answers):
        return reverse("advice", kwargs={"step": before})
    return address_of(before)


def rows_of(draft: Draft, *, may_change: bool) -> list[AnswerRow]:
    """Return the rows of the last page: what was asked, and what can be added."""
    asked = {step.name for step in path_of(draft.answers)}
    rows = []
    for step in STEPS.values():
        for name, field in step.form.base_fields.items():
            answer = label_of(name, draft.answers) or NOT_SAID
            is_extra = step.name not in asked and name not in draft.answers
            rows.append(
                AnswerRow(
                    label=str(field.label),
                    answer="Not asked yet" if is_extra else answer,
                    change=address_of(step.name, change=True) if may_change else "",
                )
            )
    return rows


def sent_page(receipt: Receipt) -> SentPage:
    """Return the receipt as shown: London's time."""
    at: datetime = days.parse_instant(receipt.received_at).astimezone(days.LONDON)
    return SentPage(
        reference=receipt.reference,
        time=f"{at:%H:%M}",
        day=f"{at:%A %-d %B %Y}",
        journalled=receipt.journalled,
    )
