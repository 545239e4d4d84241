"""What is asked before a chat, and how is a line of it taken?"""

import re

from django import forms

from standfast.faces.public.chats import LONGEST_LINE
from standfast.faces.public.choices import Device
from standfast.faces.public.forms import Page, Words, one_of

# Marks that turn the direction of what follows, and other signs nobody sees: they can make a text read as something else.
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\u0080-\u009f]")
QUICK = {"yes": "Yes", "no": "No", "not_now": "I cannot write now"}


class Said(Words):
    """Words of a chat: as typed, without characters that are not seen."""

    def to_python(self, value: object) -> str:
        """Return the text without what cannot be seen."""
        return _UNSEEN.sub("", super().to_python(value)).strip()


class StartPage(Page):
    """Is it safe, where, and what?"""

    device = one_of(
        Device,
        label="Is it safe for you to write on this device now?",
        missing="Choose whether it is safe for you to write on this device",
        help_text="Somebody else may be able to see this screen, or look at it later.",
    )
    where = Said(
        required=False,
        label="Where are you, or where is it?",
        help_text="An address, a road, something you can see. Leave it empty if you do not know or do not want to say.",
    )
    text = Said(
        rows=4,
        longest=LONGEST_LINE,
        label="What is it about?",
        help_text="A few words are enough. If anyone is hurt or afraid, say so first.",
        error_messages={"required": "Write what it is about. A few words are enough"},
    )
    reach = Said(
        rows=2,
        required=False,
        longest=1_000,
        label="If we should be in touch: how and when is it safe?",
        help_text="For example “only text 07700 900 000, weekdays 9 to 3”. Leave it empty, and we are not in touch.",
    )
    id = forms.RegexField(r"^[0-9A-Za-z_-]{8,64}$", widget=forms.HiddenInput)


class LinePage(Page):
    """The next line of a chat, or one of the quick answers."""

    id = forms.RegexField(r"^[0-9A-Za-z_-]{8,64}$", widget=forms.HiddenInput)
    text = Said(required=False, rows=3, longest=LONGEST_LINE, label="Write here")
    quick = forms.ChoiceField(choices=list(QUICK.items()), required=False)

    def words(self) -> str:
        """Return what is to be stored: a quick answer stands for its words."""
        return QUICK.get(self.cleaned_data["quick"], "") or str(self.cleaned_data["text"])


class CodePage(Page):
    """A code to come back with."""

    code = Words(
        longest=30,
        label="Your code",
        help_text="14 letters and digits, such as 7KQ2-M9XD-3TVA-8H. Each code works once, for a day.",
        error_messages={"required": "Write the code"},
    )
