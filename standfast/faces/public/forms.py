"""What is asked on each page of the online report, and what is said when an answer cannot be taken?"""

import re
from typing import Any

from django import forms

from standfast.faces.public.choices import Device, Now, Reach, Topic

LONGEST_WORDS = 20_000
LONGEST_LINE = 400
# Everything that is not text, but for the line break and the tab.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Words(forms.CharField):
    """Free text as typed: line breaks are kept, characters that cannot be shown are left out rather than refused."""

    def __init__(self, *, rows: int = 1, longest: int = LONGEST_LINE, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput()
        super().__init__(widget=widget, max_length=longest, **options)
        self.error_messages["max_length"] = (
            f"This is longer than the {longest:,} characters that can be sent at once. Shorten it, or send the rest as a second form"
        )

    def to_python(self, value: Any) -> str:
        """Return the text with line breaks as one character."""
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        return super().to_python(_CONTROLS.sub("", text)) or ""


def one_of(choices: type[Any], *, label: str, missing: str, **options: Any) -> forms.ChoiceField:
    """Return a question answered by one of these, none chosen beforehand."""
    return forms.ChoiceField(
        choices=choices.pairs(),
        widget=forms.RadioSelect,
        label=label,
        error_messages={"required": missing, "invalid_choice": missing},
        **options,
    )


class Page(forms.Form):
    """A page of the report. Its fields are named as the answers are kept."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id="%s", use_required_attribute=False, **options)


class DevicePage(Page):
    """Is it safe to write here?"""

    device = one_of(
        Device,
        label="Is it safe for you to use this device now?",
        missing="Choose whether it is safe for you to use this device",
        help_text="Somebody else may be able to see this screen, or look at it later.",
    )


class NowPage(Page):
    """Is it happening now?"""

    now = one_of(
        Now,
        label="Is it happening now, or is anyone in danger?",
        missing="Choose yes, no, or “I am not sure”",
    )


class TopicPage(Page):
    """What kind of thing is it?"""

    topic = one_of(
        Topic,
        label="What is it about?",
        missing="Choose what it is about. “Something else” is a good answer",
        help_text="Choose the nearest. You can say more on the next page.",
    )


class WordsPage(Page):
    """What happened?"""

    words = Words(
        rows=9,
        longest=LONGEST_WORDS,
        label="What happened?",
        help_text="A few words are enough. If anyone is hurt or afraid, say so first.",
        error_messages={"required": "Write what happened. A few words are enough"},
    )


class PlacePage(Page):
    """Where was it?"""

    place = Words(
        required=False,
        label="Where was it?",
        help_text="An address, a road, a shop, a website. Leave it empty if you do not know or do not want to say.",
    )


class TimePage(Page):
    """When was it?"""

    time = Words(
        required=False,
        label="When was it?",
        help_text="For example “yesterday about 9 at night”, or “since March, most weekends”. You can leave it empty.",
    )


class YouPage(Page):
    """Who are you, if you like to say?"""

    name = Words(required=False, label="Your name", longest=200)
    phone = Words(
        required=False,
        label="A phone number that is safe for you",
        longest=60,
        help_text="Nobody rings it unless you say on the next page that we may.",
    )


class ReachPage(Page):
    """How and when is it safe to be in touch?"""

    reach = one_of(
        Reach,
        label="May we contact you about this?",
        missing="Choose whether we may contact you",
    )
    reach_how = Words(
        rows=4,
        required=False,
        longest=1_000,
        label="How and when is it safe?",
        help_text="For example “only text”, “weekdays 9 to 3”, “never leave a message”, “ask for my sister on this number”.",
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the way where the answer is “only in the way I say”."""
        found = super().clean() or {}
        if found.get("reach") == Reach.ONLY_SO and not found.get("reach_how"):
            self.add_error("reach_how", "Write how and when it is safe, or choose another answer")
        return found
