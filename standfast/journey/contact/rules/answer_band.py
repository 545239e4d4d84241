"""How fast was a call answered? The bands are exact: 10.000 seconds is still in time."""

from datetime import datetime, timedelta

from standfast.foundation.kernel.choices import Choice

TEN_SECONDS = timedelta(seconds=10)
SIXTY_SECONDS = timedelta(seconds=60)
SHORT_ABANDON = timedelta(seconds=5)


class AnswerBand(Choice):
    """What became of a call that was presented."""

    IN_TEN = "in_ten", "Answered within 10 s"
    TEN_TO_SIXTY = "ten_to_sixty", "Answered after 10 to 60 s"
    OVER_SIXTY = "over_sixty", "Answered after more than 60 s"
    ABANDONED = "abandoned", "Abandoned"
    ABANDONED_EARLY = "abandoned_early", "Abandoned within 5 s"
    WAITING = "waiting", "Still waiting"


def answer_band(
    *,
    presented_at: datetime,
    answered_at: datetime | None,
    abandoned_at: datetime | None,
) -> AnswerBand:
    """
    Return the band of a call from its raw stamps: up to and with 10 s, up to and with 60 s, over.

    A call abandoned in under 5 s is counted apart: nobody could have answered it.
    """
    if answered_at is not None:
        waited = answered_at - presented_at
        if waited <= TEN_SECONDS:
            return AnswerBand.IN_TEN
        return AnswerBand.TEN_TO_SIXTY if waited <= SIXTY_SECONDS else AnswerBand.OVER_SIXTY
    if abandoned_at is not None:
        return AnswerBand.ABANDONED_EARLY if abandoned_at - presented_at < SHORT_ABANDON else AnswerBand.ABANDONED
    return AnswerBand.WAITING
