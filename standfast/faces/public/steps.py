"""
Which page comes next?

One question a page. Somebody who has only a short time is asked what is needed and can add the rest from the last page. Some answers
are followed by a page of advice; none of them ends the report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from standfast.faces.public.choices import Device, Now, Topic
from standfast.faces.public.forms import (
    DevicePage,
    NowPage,
    Page,
    PlacePage,
    ReachPage,
    TimePage,
    TopicPage,
    WordsPage,
    YouPage,
)

Answers = Mapping[str, str]
CHECK = "check"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A page with a question. Its title is what browser history shows: neutral, whatever the question."""

    name: str
    title: str
    form: type[Page]
    heading: str = ""
    intro: str = ""
    is_needed: bool = False

    def fields(self) -> Sequence[str]:
        """Return the names of its answers."""
        return tuple(self.form.base_fields)

    def is_answered(self, answers: Answers) -> bool:
        """Say whether the page has been sent once; an empty answer is an answer."""
        return all(name in answers for name in self.fields())


STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        Step(name="device", title="This device", form=DevicePage, is_needed=True),
        Step(name="now", title="Now", form=NowPage, is_needed=True),
        Step(name="topic", title="What it is about", form=TopicPage, is_needed=True),
        Step(name="words", title="In your own words", form=WordsPage, is_needed=True),
        Step(name="place", title="Where", form=PlacePage),
        Step(name="time", title="When", form=TimePage),
        Step(
            name="you",
            title="About you",
            form=YouPage,
            heading="About you",
            intro="You do not have to say who you are. You can leave both empty.",
        ),
        Step(
            name="reach",
            title="In touch",
            form=ReachPage,
            heading="If we need to ask you something",
            intro="A call or a message could be noticed by somebody else. Tell us what is safe.",
        ),
    )
}
FIRST = "device"


def path_of(answers: Answers) -> Sequence[Step]:
    """Return the pages asked of somebody with these answers, in order."""
    return [step for step in STEPS.values() if step.is_needed or answers.get("device") != Device.SHORT]


def first_open(answers: Answers) -> str:
    """Return the first page not answered yet, or the last page of all when none is left."""
    return next((step.name for step in path_of(answers) if not step.is_answered(answers)), CHECK)


def may_open(name: str, answers: Answers) -> bool:
    """Say whether a page may be shown: every needed page before it has been answered."""
    if name == CHECK:
        return first_open(answers) == CHECK
    before = list(STEPS.values())[: list(STEPS).index(name)]
    return all(step.is_answered(answers) for step in before if step.is_needed)


def back_from(name: str, answers: Answers) -> str:
    """Return the page before, or nothing on the first."""
    names = [step.name for step in path_of(answers)]
    if name == CHECK:
        return names[-1]
    place = names.index(name) if name in names else 0
    return names[place - 1] if place else ""


def advice_for(name: str, answers: Answers) -> str:
    """Return which advice follows an answer, or nothing."""
    answer = answers.get(name, "")
    return _ADVICE.get((name, answer), "")


_ADVICE: Mapping[tuple[str, str], str] = {
    ("device", Device.NO): "device",
    ("now", Now.YES): "ring",
    ("now", Now.NOT_KNOWN): "ring",
    ("topic", Topic.MONEY): "money",
    ("topic", Topic.CANNOT_FIND): "cannot_find",
}
