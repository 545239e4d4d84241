"""What does the rules browser say of policy, and what does a table decide on facts of one's own?"""

from pathlib import Path

import pytest
from django.test import Client

from standfast.faces.web.rules.pages import compare_editions
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.choices import Answer, Choice
from standfast.foundation.kernel.days import london_day
from standfast.foundation.kernel.tables.conditions import Field
from standfast.foundation.kernel.tables.decision import DecisionEdition
from standfast.foundation.kernel.tables.facts import load_tables, read_facts
from standfast.foundation.kernel.tables.files import read_policy_file
from standfast.foundation.people.roles import Role
from tests.entering import account, signed_in


class Verdict(Choice):
    """What the table of this test decides."""

    GO = "go", "Go"
    STAY = "stay", "Stay"


HEAD = '[table]\ndecides = "a walk"\neffective_from = {day}\nowner = "Nobody"\nsource = "This test"\n'
OLD = HEAD + (
    '[[row]]\nid = "W1"\nwhen = {{ rain = "yes" }}\nthen = "stay"\nbecause = "It rains"\n'
    '[[row]]\nid = "W2"\nwhen = {{ rain = "not_known" }}\nthen = "stay"\nbecause = "Nobody looked"\n'
    '[[row]]\nid = "W9"\nthen = "go"\nbecause = "Nothing keeps you"\n'
)
NEW = HEAD + (
    '[[row]]\nid = "W1"\nwhen = {{ rain = "yes" }}\nthen = "go"\nbecause = "You have a coat"\n'
    '[[row]]\nid = "W3"\nwhen = {{ rain = "no" }}\nthen = "go"\nbecause = "It is dry"\n'
    '[[row]]\nid = "W9"\nthen = "go"\nbecause = "Nothing keeps you"\n'
)


def edition(folder: Path, day: str, text: str) -> DecisionEdition[Verdict]:
    path = folder / f"{day}.toml"
    path.write_text(text.format(day=day), encoding="utf-8")
    fields = {"rain": Field("rain", Answer, 0)}
    return DecisionEdition("walk", read_policy_file(path), fields, Verdict)


def test_an_edition_says_what_it_took_out_added_and_changed(tmp_path: Path) -> None:
    changes = compare_editions(edition(tmp_path, "2026-04-01", OLD), edition(tmp_path, "2026-10-01", NEW))
    assert [(each.what, each.id) for each in changes] == [("Taken out", "W2"), ("Added", "W3"), ("Changed", "W1")]
    assert changes[2].before == "Rain: yes → Stay: It rains"
    assert changes[2].after == "Rain: yes → Go: You have a coat"


def test_an_edition_that_reads_the_same_changed_nothing(tmp_path: Path) -> None:
    assert compare_editions(edition(tmp_path, "2026-04-01", OLD), edition(tmp_path, "2026-10-01", OLD)) == []


def test_facts_left_out_are_not_known() -> None:
    facts = read_facts(load_tables()["police_threshold"].facts, {"crime": "yes"})
    assert (facts.crime, facts.danger_to_life) == (Answer.YES, Answer.NOT_KNOWN)


@pytest.fixture
def trainer(db: None) -> Client:
    return signed_in(account(Role.TRAINER))


def test_every_table_of_the_program_can_be_read(trainer: Client) -> None:
    listed = trainer.get("/rules").content.decode()
    for name, table in load_tables().items():
        assert f'href="/rules/{name}"' in listed
        page = trainer.get(f"/rules/{name}")
        assert page.status_code == 200, name
        for row in table.editions.all[-1].rows[:3]:
            assert str(getattr(row, "id", "")) in page.content.decode()


def test_a_table_names_its_owner_its_source_and_its_day(trainer: Client) -> None:
    edition = load_tables()["response_grade"].editions.all[-1]
    page = trainer.get("/rules/response_grade").content.decode()
    for said in (edition.owner, "1 April 2026", "In force", "first edition"):
        assert said in page


def test_a_table_is_tried_and_says_why_and_what_would_change_it(trainer: Client) -> None:
    answers = {"crime": "no", "danger_to_life": "no", "serious_harm": "no", "police_assumed": "no"}
    page = trainer.get("/rules/police_threshold/try", {**answers, "statutory_duty": "no", "on": "2026-11-23"})
    told = page.content.decode()
    assert "Not for the police" in told
    assert "What would change it" in told
    assert "Crime yes: The police keep it" in told


@pytest.mark.parametrize("name", [name for name, table in load_tables().items() if hasattr(table, "decide")])
def test_every_deciding_table_decides_on_no_facts_at_all(trainer: Client, name: str) -> None:
    page = trainer.get(f"/rules/{name}/try", {"on": "2026-11-23"})
    assert page.status_code == 200
    assert "It decides" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"on": "last week"}, "Write the day as 2026-11-23."),
        ({"on": "1999-01-01"}, "No edition of"),
        ({"on": "2026-11-23", "crime": "perhaps"}, "perhaps"),
    ],
)
def test_facts_that_make_no_sense_are_refused_with_a_sentence(
    trainer: Client, given: dict[str, str], said: str
) -> None:
    page = trainer.get("/rules/police_threshold/try", given)
    assert page.status_code == 422
    assert said in page.content.decode()


@pytest.mark.parametrize("path", ["/rules/nothing", "/rules/partner/try", "/rules/partner?edition=1999-01-01"])
def test_a_table_or_edition_that_is_not_there_is_not_found(trainer: Client, path: str) -> None:
    assert trainer.get(path).status_code == 404


@pytest.mark.django_db
def test_a_partner_agency_reads_no_rules() -> None:
    assert signed_in(account(Role.PARTNER)).get("/rules").status_code == 403


def test_the_day_is_todays_when_none_is_given(trainer: Client) -> None:
    page = trainer.get("/rules/police_threshold/try", {"crime": "yes"})
    assert page.status_code == 200
    assert london_day(clock.now()).isoformat() in page.content.decode()


def test_what_was_left_out_is_shown_as_what_it_counted_as(trainer: Client) -> None:
    page = trainer.get("/rules/police_threshold/try", {"crime": "no"}).content.decode()
    asked = page.split('id="id_danger_to_life"')[1].split("</select>")[0]
    assert '<option value="not_known" selected>' in asked
