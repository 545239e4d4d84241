"""Which skills does a matter ask for, and is one held on a day? A lapsed skill is not that skill."""

from datetime import date

from standfast.foundation.kernel.choices import Choice


class Skill(Choice):
    """The skills units are chosen by."""

    RESPONSE_DRIVER = "response_driver", "Response driver"
    ADVANCED_DRIVER = "advanced_driver", "Advanced driver"
    TASER = "taser", "Taser"
    FIREARMS = "firearms", "Firearms"
    PUBLIC_ORDER = "public_order", "Public order"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse"
    CHILD_INTERVIEW = "child_interview", "Interviewing children"
    SEXUAL_OFFENCES = "sexual_offences", "Sexual offences"
    MENTAL_HEALTH = "mental_health", "Mental health"
    METHOD_OF_ENTRY = "method_of_entry", "Method of entry"
    SEARCH = "search", "Search for missing people"
    DOG_HANDLER = "dog_handler", "Dog handler"


def is_held(*, held_from: date, lapses_on: date | None, on: date) -> bool:
    """Say whether a skill is held on a London day; the day it lapses is the first without it."""
    return held_from <= on and (lapses_on is None or on < lapses_on)
