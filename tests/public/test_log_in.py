"""What may the public process's database log-in do? Execute its own functions, and nothing else."""

import psycopg
import pytest

from tests.public.conftest import Site


@pytest.fixture(scope="module")
def columns(site: Site) -> dict[str, str]:
    """A column of every table."""
    return dict(
        site.ask(
            "SELECT table_name, min(column_name) FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"
        )
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT {column} FROM {table}",
        "INSERT INTO {table} DEFAULT VALUES",
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
    ],
)
def test_no_table_can_be_read_or_written(site: Site, columns: dict[str, str], statement: str) -> None:
    assert {"public_draft", "intake_submission", "contact_contact"} <= set(columns)
    with psycopg.connect(site.urls["public"], autocommit=True) as public:
        for table, column in columns.items():
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                public.execute(statement.format(table=f'"{table}"', column=f'"{column}"').encode())


def test_only_its_own_functions_can_be_executed(site: Site) -> None:
    rows = site.ask(
        "SELECT p.proname, has_function_privilege(%s, p.oid, 'EXECUTE') FROM pg_proc p"
        " WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'trigger'::regtype",
        psycopg.conninfo.conninfo_to_dict(site.urls["public"])["user"],
    )
    assert {name for name, may in rows if may} == {
        "public_accept",
        "public_chat_beat",
        "public_chat_come_back",
        "public_chat_keep_code",
        "public_chat_leave",
        "public_chat_look",
        "public_chat_looks",
        "public_chat_open",
        "public_chat_say",
        "public_chat_standing",
        "public_chat_typing",
        "public_draft_end",
        "public_draft_keep",
        "public_draft_read",
        "public_ready",
    }


def test_it_cannot_send_as_another_source(site: Site) -> None:
    call = "SELECT public_accept('telephony', 'k', 'r', '999', now(), '{}', '\\x00', now(), NULL)"
    with (
        psycopg.connect(site.urls["public"], autocommit=True) as public,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        public.execute(call.encode())


def test_a_draft_is_reached_only_by_the_hash_of_its_token(site: Site) -> None:
    with psycopg.connect(site.urls["public"], autocommit=True) as public:
        public.execute("SELECT public_draft_keep(%s, %s, now())", [b"a" * 32, b"words"])
        other = public.execute("SELECT * FROM public_draft_read(%s, now())", [b"b" * 32]).fetchall()
        own = public.execute("SELECT * FROM public_draft_read(%s, now())", [b"a" * 32]).fetchall()
        assert (other, own) == ([], [(b"words", False)])
        public.execute("SELECT public_draft_end(%s, now())", [b"a" * 32])
        assert public.execute("SELECT public_draft_keep(%s, %s, now())", [b"a" * 32, b"words"]).fetchall() == [(False,)]
        assert public.execute("SELECT * FROM public_draft_read(%s, now())", [b"a" * 32]).fetchall() == [(b"", True)]
