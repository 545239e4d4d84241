"""Can a program ask, for somebody signed in, where the contact of a reference stands, and is it told no as programs read it?"""

from typing import Any

import pytest

from standfast.cli.filing import FILERS
from standfast.foundation.intake import operations as intake
from standfast.foundation.kernel import clock
from standfast.foundation.people.access import WORKER
from standfast.foundation.people.roles import Role
from tests.builders import claimed_contact
from tests.entering import account, actor_of, signed_in
from tests.web.intake_steps import receive

pytestmark = pytest.mark.django_db


def ask(reference: str, role: Role | None = Role.CONTACT_OFFICER) -> Any:
    return signed_in(account(role)).get(f"/api/v1/contacts/{reference}")


def test_a_contact_is_stored_until_it_is_filed() -> None:
    reference = receive("k", now=clock.now(), words="He is at the door")
    before = ask(reference)
    assert before.status_code == 200
    assert before["Content-Type"] == "application/json"
    assert (before.json()["reference"], before.json()["state"], before.json()["channel"]) == (
        reference,
        "stored",
        "101",
    )
    intake.file_waiting(filers=FILERS, by=WORKER, now=clock.now())
    assert ask(reference.lower()).json() == {**before.json(), "state": "filed"}


def test_a_contact_taken_at_pick_up_is_filed_from_the_first_second() -> None:
    contact = claimed_contact(by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    assert ask(contact.reference).json()["state"] == "filed"


def problem(response: Any, status: int) -> str:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    found = response.json()
    assert found["status"] == status
    assert found["expected"]
    assert found["instance"].removeprefix("urn:standfast:request:")
    return str(found["type"])


@pytest.mark.parametrize("reference", ["0000-0000-0000-00", "nonsense", "%E2%80%8B"])
def test_an_unknown_reference_is_a_problem(reference: str) -> None:
    assert problem(ask(reference), 404) == "urn:standfast:problem:not_found"


def test_a_role_that_reads_no_contacts_is_told_so_whether_there_is_one_or_not() -> None:
    reference = receive("k", now=clock.now(), words="He is at the door")
    for asked in (reference, "0000-0000-0000-00"):
        assert problem(ask(asked, Role.TRAINER), 403) == "urn:standfast:problem:not_allowed"


def test_nobody_is_told_to_sign_in(client: Any) -> None:
    assert problem(client.get("/api/v1/contacts/0000-0000-0000-00"), 401) == "urn:standfast:problem:sign_in"
