"""How does a test get a database of its own? As a copy of one that was migrated and that nobody speaks to."""

import psycopg
from psycopg import sql


def pristine(database: str) -> str:
    """Return the name of the copy of a database that was migrated and never used."""
    return f"{database}_pristine"


def copy_database(server_url: str, source: str, copy: str) -> None:
    """Copy a database nobody is connected to, grants included."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(source)))
