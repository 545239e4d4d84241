"""
Which database log-in may do what to which table? Applied after every migration: what is not listed here is revoked.

Public and intake may execute their SQL functions and nothing else. Staff and worker may not change the event log, nor what intake
received. The sealer writes only seals; the auditor only reads.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

READ = "SELECT"
ADD = "SELECT, INSERT"
WRITE = "SELECT, INSERT, UPDATE"
WRITE_AND_REMOVE = "SELECT, INSERT, UPDATE, DELETE"

# Table prefix → what staff and worker may do. The longest prefix that fits wins.
STAFF: dict[str, str] = {
    "eventlog_entry": ADD,
    "eventlog_": READ,
    "people_": WRITE,
    "places_": WRITE_AND_REMOVE,
    "parties_": WRITE_AND_REMOVE,
    "parties_correction": ADD,
    "obligations_": WRITE,
    "contact_": WRITE,
    "assessment_": WRITE,
    "chat_": WRITE,
    "chat_mark": ADD,
    "chat_private_note": ADD,
    "triage_": WRITE,
    "triage_thresholdtest": ADD,
    "triage_routedecision": ADD,
    "incidents_": WRITE,
    "incidents_review": ADD,
    "incidents_logentry": ADD,
    "incidents_escalation": ADD,
    "training_": WRITE,
    "resourcing_": ADD,
    "intake_": READ,
    "intake_conflict": WRITE,
    # Lines are added by the function that gives out places; what is said of a chat beside its words is written here.
    "intake_chat_thread": WRITE,
    "intake_chat_presence": WRITE,
    "intake_chat_filing": ADD,
    "intake_source": WRITE,
    "django_session": WRITE_AND_REMOVE,
    "django_cache": WRITE_AND_REMOVE,
    "django_content_type": READ,
    "django_migrations": READ,
    "account_": WRITE_AND_REMOVE,
    "mfa_": WRITE_AND_REMOVE,
}
WORKER: dict[str, str] = {
    **STAFF,
    "people_": READ,
    "django_session": WRITE_AND_REMOVE,
    "intake_filing": WRITE,
    "intake_chat_filing": WRITE,
    "intake_chat_standing": WRITE,
}
SEALER: dict[str, str] = {
    "eventlog_entry": READ,
    "eventlog_seal": ADD,
    "eventlog_checkpoint": ADD,
    "django_migrations": READ,
}
AUDITOR: dict[str, str] = {"": READ}

TABLES_OF: dict[str, dict[str, str]] = {
    "staff": STAFF,
    "worker": WORKER,
    "sealer": SEALER,
    "auditor": AUDITOR,
    "public": {},
    "intake": {},
}
# SQL functions by name prefix, and who may execute them.
FUNCTIONS_OF: dict[str, tuple[str, ...]] = {
    "intake": ("intake_",),
    "public": ("public_",),
    "worker": ("intake_",),
    "staff": ("intake_chat_add",),
    "sealer": (),
    "auditor": (),
}


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One privilege list on one table for one role."""

    role: str
    table: str
    privileges: str


def grants_for(tables: list[str]) -> list[Grant]:
    """Return every grant on these tables, by role and table."""
    found = []
    for role, rules in TABLES_OF.items():
        for table in tables:
            fitting = [prefix for prefix in rules if table.startswith(prefix)]
            if fitting:
                found.append(Grant(role=role, table=table, privileges=rules[max(fitting, key=len)]))
    return found


def apply_grants(connection: psycopg.Connection, *, prefix: str) -> None:
    """Make the log-ins `<prefix>_<role>` hold exactly the listed privileges on the tables and functions that exist."""
    tables = _names(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    functions = _names(
        connection, "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    with connection.transaction():
        for role, rules in TABLES_OF.items():
            login = sql.Identifier(f"{prefix}_{role}")
            for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
                connection.execute(
                    sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}").format(sql.SQL(kind), login)
                )
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(login))
            if rules:
                connection.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(login))
            for function in functions:
                if function.startswith(FUNCTIONS_OF[role]) and FUNCTIONS_OF[role]:
                    connection.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(sql.SQL(function), login))
        for grant in grants_for(tables):
            connection.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(
                    sql.SQL(grant.privileges),
                    sql.Identifier("public", grant.table),
                    sql.Identifier(f"{prefix}_{grant.role}"),
                )
            )
        # Functions are executable by everybody unless this is said.
        connection.execute("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC")


def _names(connection: psycopg.Connection, query: str) -> list[str]:
    return [row[0] for row in connection.execute(query).fetchall()]
