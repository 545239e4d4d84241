"""Which parts of which pages does an event concern? Topics are names only: what changed is fetched by the page, with its own permission."""

from collections.abc import Iterable

# Events by the beginning of their kind that change what the desk lists, counts or times, and what the subject of such an event is.
SUBJECTS = {
    "contact.": ("contact",),
    "assessment.": ("contact",),
    "obligations.": ("contact", "chat", "referral", "incident"),
    "triage.": ("contact", "referral"),
    "incidents.": ("incident",),
    "chat.": ("chat", "contact"),
    "intake.chat.": ("chat",),
}
# That somebody looked at a record changes nothing anybody else sees.
UNSEEN = frozenset(
    {
        "contact.contact.opened",
        "triage.referral.opened",
        "incidents.incident.read",
        "chat.conversation.read",
        "chat.conversation.watched",
        "parties.person.opened",
    }
)
DESK = "desk"
CHAT = "chat:"
"""What the duties of a chat are about begins so."""


def topics_of(changes: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the topics of events given as (kind, subject): `desk`, and such as `contact:REFERENCE` for the record itself."""
    found: set[str] = set()
    for kind, about in changes:
        subjects = next((found for start, found in SUBJECTS.items() if kind.startswith(start)), ())
        if subjects and kind not in UNSEEN:
            found |= {DESK, *(f"{subject}:{about.removeprefix(CHAT)}" for subject in subjects)}
    return frozenset(found)
