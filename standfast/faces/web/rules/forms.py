"""On which facts is a table tried?"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, get_type_hints

from django import forms

from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.tables.facts import read_facts


class TryForm(forms.Form):
    """One field for each fact of a table, and the day. What is left out is not known, no, or none."""

    on = forms.DateField(label="On the day", error_messages={"invalid": "Write the day as 2026-11-23."})

    def __init__(self, given: Mapping[str, Any] | None, *, kind: type, today: date) -> None:
        super().__init__()
        self.kind = kind
        self.fields["on"].initial = today
        for name, hint in get_type_hints(kind).items():
            self.fields[name] = _field(name, hint)
        if given is not None:
            # What is left out is shown as what it counts as: a page must not say yes where it decided on not known.
            unsaid = {name: field.initial for name, field in self.fields.items()}
            self.is_bound, self.data = True, {**unsaid, **{name: given[name] for name in given if given[name]}}

    def facts(self) -> Any:
        """
        Return the facts.

        :raises Refusal: if a value is not one of the table's
        """
        given = {name: value for name, value in self.cleaned_data.items() if name != "on" and value not in {"", None}}
        for name, hint in get_type_hints(self.kind).items():
            if hint is bool and name in given:
                given[name] = given[name] == Answer.YES
        return read_facts(self.kind, given)


def _field(name: str, hint: Any) -> forms.Field:
    label = name.replace("_", " ").capitalize()
    if hint is bool:
        pairs = [(Answer.NO.value, Answer.NO.label), (Answer.YES.value, Answer.YES.label)]
        return forms.ChoiceField(label=label, choices=pairs, required=False, initial=Answer.NO.value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        pairs = [(each.value, getattr(each, "label", str(each.value))) for each in hint]
        # What a fact is when nobody gives it, as the command line has it.
        unsaid = Answer.NOT_KNOWN if hint is Answer else list(hint)[-1]
        return forms.ChoiceField(label=label, choices=pairs, required=False, initial=unsaid.value)
    number = forms.IntegerField if hint is int else forms.FloatField
    return number(label=label, required=False, initial=0, error_messages={"invalid": "A number was expected."})
