"""How does a test take the database away from whoever is connected? They may connect again at once."""

from typing import Any

import psycopg


def cut_all(system: Any) -> None:
    """End every connection to a database (`admin_url`, `database`) but the one that asks."""
    with psycopg.connect(system.admin_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [system.database],
        )
