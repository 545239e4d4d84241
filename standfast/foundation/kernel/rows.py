"""How is the one row looked up that a key can find?"""

from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet

ModelT = TypeVar("ModelT", bound=Model)


def one_of(rows: QuerySet[ModelT]) -> ModelT | None:
    """
    Return the one row there can be by a unique key, or None.

    Unlike `first`, it asks for no order: the database need not be told how to sort one row, nor may it be misled to walk a table in
    that order.
    """
    try:
        return rows.get()
    except ObjectDoesNotExist:
        return None
