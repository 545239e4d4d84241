"""Which attendance limit applies to an incident? A place nobody classified counts as town, which is stricter."""

from standfast.journey.assessment.rules.response_grade import ResponseGrade

RURAL = "rural"
REVIEWED_APART = frozenset({ResponseGrade.IMMEDIATE, ResponseGrade.PRIORITY})


def attendance_case(*, grade: ResponseGrade, urban_rural: str) -> str:
    """
    Return the case of the limit table for attending an incident without an agreed time.

    A scheduled or resolved matter that officers are sent to all the same is attended as a routine one.
    """
    if grade == ResponseGrade.IMMEDIATE:
        return "immediate_rural" if urban_rural == RURAL else "immediate_urban"
    return "priority" if grade == ResponseGrade.PRIORITY else "routine"


def review_case(grade: ResponseGrade) -> str:
    """Return the case of the limit table for reviewing the risk of an incident nobody attends yet."""
    return grade.value if grade in REVIEWED_APART else "any"
