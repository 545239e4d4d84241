"""Where do tests run that need several connections at once?"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict


@pytest.fixture
def own_database(
    fresh_system: Callable[[], Any], django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A database of one's own, reached as the staff program reaches it, from as many threads as wanted."""
    system = fresh_system()
    parts = conninfo_to_dict(system.urls["staff"])
    with django_db_blocker.unblock():
        connection.close()
        for name, value in {"NAME": parts["dbname"], "USER": parts["user"], "PASSWORD": parts["password"]}.items():
            monkeypatch.setitem(connection.settings_dict, name, value)
        yield system
        connection.close()
