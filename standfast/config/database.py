"""How does a database get its tables and its grants? The only way: migrate as the migrator, then apply the grants as data."""

from typing import cast

import psycopg
from django.core.management import call_command
from django.db import connection

from standfast.config.grants import apply_grants


def migrate_and_grant(*, prefix: str = "") -> None:
    """
    Bring the connected database to this release and make its log-ins hold exactly the listed privileges.

    `prefix` is the part before `_staff` in the names of the log-ins: by default the name of the database.
    """
    call_command("migrate", verbosity=0)
    # The sign-in limiter counts in Django's database cache, whose table no migration makes. Made before the grants, or nobody may use it.
    call_command("createcachetable", verbosity=0)
    connection.ensure_connection()
    raw = cast(psycopg.Connection, connection.connection)
    apply_grants(raw, prefix=prefix or connection.settings_dict["NAME"])
