"""The contact page: every act is a plain form, nothing typed is lost, and nobody looks without a trace."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from standfast.foundation.eventlog.queries import timeline
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.parties import operations as parties
from standfast.foundation.people.access import WORKER
from standfast.foundation.people.roles import Role
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment import queries as assessments
from standfast.journey.assessment.rules.thrive import Limb
from standfast.journey.contact import operations, queries
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState
from tests.builders import SAFE_ANSWERS, claimed_contact, filed_contact, graded_contact, write_thrive
from tests.entering import account, actor_of, signed_in
from tests.incidents.steps import opened_incident

pytestmark = pytest.mark.django_db
GRAVE = "he put his hands round my neck last night, hes outside again, my kids are upstairs"
HX = {"HX-Request": "true"}


@pytest.fixture
def asha() -> Client:
    return signed_in(account(Role.CONTACT_OFFICER))


@pytest.fixture
def mine() -> str:
    """A contact the officer has in hand."""
    return claimed_contact(by=actor_of(Role.CONTACT_OFFICER), now=clock.now(), words=GRAVE).reference


def text_of(response: Any) -> str:
    return str(response.content.decode())


def marks_of(page: str, part: str) -> dict[str, str]:
    """What the form of a part sends along: the marks of what was read."""
    inside = page.split(f'id="marks-{part}"', 1)[1].split("</span>", 1)[0]
    return dict(re.findall(r'name="(was_\w+)" value="(\w*)"', inside))


def stored(reference: str) -> Any:
    return queries.get_contact(reference=reference, by=actor_of(Role.CONTACT_OFFICER))


# --- taking and opening ------------------------------------------------------------------------------------------------


def test_a_call_is_a_record_before_anything_is_typed_and_the_cursor_is_in_the_words(asha: Client) -> None:
    page = asha.post("/contact", {"channel": "999"}, follow=True)
    reference = page.redirect_chain[-1][0].rsplit("/", 1)[1]
    assert stored(reference).state == ContactState.IN_HAND
    assert re.search(r'<textarea[^>]*id="words"[^>]*data-focus', text_of(page))


def test_a_channel_nobody_offers_is_refused(asha: Client) -> None:
    assert asha.post("/contact", {"channel": "online"}).status_code == 422
    assert asha.post("/contact", {}).status_code == 422


def openings(reference: str) -> int:
    return sum(line.kind == "contact.contact.opened" for line in timeline(about=reference))


def test_opening_is_recorded_once_however_often_the_page_comes_back(asha: Client, mine: str) -> None:
    asha.get(f"/contact/{mine}")
    asha.post(f"/contact/{mine}/note", {"text": "rang off"}, follow=True)
    asha.get(f"/contact/{mine}", headers=HX)
    asha.get(f"/contact/{mine}")
    assert openings(mine) == 1
    signed_in(account(Role.INSPECTOR)).get(f"/contact/{mine}")
    assert openings(mine) == 2


def test_a_part_asked_for_by_itself_is_an_opening_too(mine: str) -> None:
    signed_in(account(Role.INSPECTOR)).get(f"/contact/{mine}", headers=HX)
    assert openings(mine) == 1


def test_coming_back_later_is_another_opening(asha: Client, mine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asha.get(f"/contact/{mine}")
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(timedelta(minutes=11).total_seconds()))
    asha.get(f"/contact/{mine}")
    assert openings(mine) == 2


def test_a_reference_is_understood_however_it_is_written_and_an_unknown_one_is_not(asha: Client, mine: str) -> None:
    assert asha.get(f"/contact/{mine.lower().replace('-', '')}").status_code == 200
    assert asha.get("/contact/0000-0000-0000-00").status_code == 404
    assert asha.post("/contact/0000-0000-0000-00/note", {"text": "x"}).status_code == 404


def test_a_page_with_more_on_it_asks_no_more_questions(asha: Client, mine: str) -> None:
    by, now = actor_of(Role.CONTACT_OFFICER), clock.now()
    asha.get(f"/contact/{mine}")
    few = _count(asha, mine)
    write_thrive(mine, by=by, now=now)
    for number in range(6):
        operations.add_note(reference=mine, text=f"line {number}", by=by, now=now)
        answer = Answer.YES if number % 2 else Answer.NO
        assessment.answer_question(reference=mine, question="weapon", answer=answer, by=by, now=now)
    assert _count(asha, mine) <= few + 1


def _count(client: Client, reference: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/contact/{reference}")
    return len(seen)


# --- typing ------------------------------------------------------------------------------------------------------------


def test_words_are_saved_while_typing_and_what_they_raise_comes_back(asha: Client) -> None:
    reference = asha.post("/contact", {"channel": "101"})["Location"].rsplit("/", 1)[1]
    marks = marks_of(text_of(asha.get(f"/contact/{reference}")), "words")
    given = {"part": "words", "words": GRAVE, "kind": "Domestic", **marks}
    saved = asha.post(f"/contact/{reference}/fill", given, headers=HX)
    assert saved.status_code == 200
    assert stored(reference).words == GRAVE
    assert 'id="saved-words"' in text_of(saved)
    assert "<mark>hes outside" in text_of(saved)
    assert "<textarea" in text_of(saved).split('id="part-words"')[1], "the part itself, for pages nobody types in"
    again = {**given, "words": GRAVE + " hurry", **marks_of(text_of(saved), "words")}
    assert asha.post(f"/contact/{reference}/fill", again, headers=HX).status_code == 200
    assert stored(reference).words.endswith("hurry")


def test_somebody_elses_newer_words_are_never_overwritten_and_both_are_shown(asha: Client, mine: str) -> None:
    read = marks_of(text_of(asha.get(f"/contact/{mine}")), "words")
    amir = signed_in(account(Role.CONTACT_OFFICER, username="amir"))
    theirs = {"part": "words", "words": "THEIRS", **marks_of(text_of(amir.get(f"/contact/{mine}")), "words")}
    assert amir.post(f"/contact/{mine}/fill", theirs).status_code == 302
    for headers in ({}, HX):
        conflict = asha.post(f"/contact/{mine}/fill", {"part": "words", "words": "MINE", **read}, headers=headers)
        assert conflict.status_code == 409
        assert "THEIRS" in text_of(conflict)
        assert "Your words are kept" in text_of(conflict)
        assert stored(mine).words == "THEIRS"
    assert "MINE</textarea>" in text_of(asha.post(f"/contact/{mine}/fill", {"part": "words", "words": "MINE", **read}))


@pytest.mark.parametrize(("button", "kept"), [("over", "MINE"), ("join", "THEIRS\nMINE")])
def test_a_conflict_is_decided_by_a_person(asha: Client, mine: str, button: str, kept: str) -> None:
    read = marks_of(text_of(asha.get(f"/contact/{mine}")), "words")
    _fill_as_worker(mine, words="THEIRS")
    given = {"part": "words", "words": "MINE", **read}
    conflict = text_of(asha.post(f"/contact/{mine}/fill", given))
    decided = re.search(rf'name="{button}" value="(\w+)"', conflict)
    assert decided
    assert asha.post(f"/contact/{mine}/fill", {**given, button: decided[1]}).status_code == 302
    assert stored(mine).words == kept


def test_a_decision_over_words_that_changed_once_more_is_asked_again(asha: Client, mine: str) -> None:
    read = marks_of(text_of(asha.get(f"/contact/{mine}")), "words")
    _fill_as_worker(mine, words="THEIRS")
    given = {"part": "words", "words": "MINE", **read}
    decided = re.search(r'name="over" value="(\w+)"', text_of(asha.post(f"/contact/{mine}/fill", given)))
    assert decided
    _fill_as_worker(mine, words="NEWER STILL")
    assert asha.post(f"/contact/{mine}/fill", {**given, "over": decided[1]}).status_code == 409
    assert stored(mine).words == "NEWER STILL"


def _fill_as_worker(reference: str, **values: str) -> None:
    by = actor_of(Role.CONTACT_SUPERVISOR)
    version = stored(reference).version
    operations.fill_in_contact(reference=reference, values=values, version=version, by=by, now=clock.now())


def test_another_field_that_a_colleague_saved_is_no_conflict(asha: Client, mine: str) -> None:
    read = marks_of(text_of(asha.get(f"/contact/{mine}")), "words")
    _fill_as_worker(mine, caller_name="Jade Salt")
    assert asha.post(f"/contact/{mine}/fill", {"part": "words", "words": "new", **read}).status_code == 302
    assert (stored(mine).words, stored(mine).caller_name) == ("new", "Jade Salt")


def test_a_birth_date_that_is_none_is_refused_beside_what_was_typed(asha: Client, mine: str) -> None:
    given = {"part": "caller", "caller_name": "Jade Salt", "caller_born_on": "31/02/1990"}
    refused = asha.post(f"/contact/{mine}/fill", given)
    assert refused.status_code == 422
    assert 'value="31/02/1990"' in text_of(refused)
    assert 'value="Jade Salt"' in text_of(refused)
    assert "Write the birth date as day, month, year" in text_of(refused)
    assert 'href="#form-fill-caller"' in text_of(refused)
    part = asha.post(f"/contact/{mine}/fill", given, headers=HX)
    assert part.status_code == 422
    assert "<input" not in text_of(part), "what is typed elsewhere is not touched"


def test_who_it_may_be_is_shown_while_typing_and_nothing_is_saved(asha: Client, mine: str) -> None:
    now = clock.now()
    person = parties.add_person(facts=parties.NewPerson(given_names="Jade", family_name="Salt"), by=WORKER, now=now)
    parties.add_phone(person_ref=person.reference, number="07700900642", safe_to_call=Answer.YES, by=WORKER, now=now)
    given = {"part": "caller", "caller_name": "Jade Salt", "caller_phone": "07700 900642", "caller_born_on": "3/"}
    shown = asha.post(f"/contact/{mine}/look-up", given, headers=HX)
    assert shown.status_code == 200
    assert "Jade Salt" in text_of(shown)
    assert "Same telephone number" in text_of(shown)
    assert stored(mine).caller_name == ""
    link = {"person": person.reference, "level": "certain"}
    assert asha.post(f"/contact/{mine}/link", link).status_code == 302
    assert stored(mine).person.reference == person.reference
    asha.post(f"/contact/{mine}/link", {"person": ""})
    assert stored(mine).person is None


def test_a_place_that_is_offered_brings_its_point(asha: Client, mine: str) -> None:
    page = text_of(asha.get(f"/contact/{mine}"))
    given = {"part": "place", "place_text": "16 Sow", "chosen_place": "52.5|-1.7|16 Sowbrook Lane, Oxwater"}
    assert asha.post(f"/contact/{mine}/fill", {**given, **marks_of(page, "place")}).status_code == 302
    assert (stored(mine).place_text, stored(mine).lat, stored(mine).lon) == ("16 Sowbrook Lane, Oxwater", 52.5, -1.7)
    broken = {**given, "chosen_place": "here|there|x"}
    assert asha.post(f"/contact/{mine}/fill", broken).status_code == 422


def test_what_is_typed_never_becomes_html(asha: Client, mine: str) -> None:
    page = marks_of(text_of(asha.get(f"/contact/{mine}")), "words")
    asha.post(f"/contact/{mine}/fill", {"part": "words", "words": "<script>alert(1)</script>", **page})
    asha.post(f"/contact/{mine}/note", {"text": "<img src=x onerror=alert(1)>"})
    shown = text_of(asha.get(f"/contact/{mine}"))
    assert "<script>alert" not in shown
    assert "<img" not in shown


# --- judging -----------------------------------------------------------------------------------------------------------


def test_a_machines_suggestion_is_shown_as_one_and_only_a_person_confirms(asha: Client, mine: str) -> None:
    page = text_of(asha.get(f"/contact/{mine}"))
    assert "Machine suggestion" in page
    assert "only a person confirms" in page
    assert not re.search(r"Confirmed</b>", page)
    asha.post(f"/contact/{mine}/flag/confirm", {"strand": "domestic_abuse"})
    page = text_of(asha.get(f"/contact/{mine}"))
    assert "Machine suggestion, confirmed by a person" in page
    limbs = assessments.view_assessment(reference=mine, by=actor_of(Role.CONTACT_OFFICER), now=clock.now()).limbs
    assert not limbs, "nothing a machine found stands as an officer's words"


def test_a_suggestion_is_dismissed_with_a_reason_only(asha: Client, mine: str) -> None:
    refused = asha.post(f"/contact/{mine}/flag/dismiss", {"strand": "domestic_abuse", "reason": " "})
    assert refused.status_code == 422
    assert 'id="dismiss-domestic_abuse" open' in text_of(refused)
    assert asha.post(
        f"/contact/{mine}/flag/dismiss", {"strand": "domestic_abuse", "reason": "They are brothers"}
    ).has_header("Location")
    assert "Dismissed: They are brothers" in text_of(asha.get(f"/contact/{mine}"))


def test_a_person_adds_a_vulnerability_they_see(asha: Client, mine: str) -> None:
    asha.post(f"/contact/{mine}/flag", {"strand": "carer_strain"})
    assert "Seen by a person" in text_of(asha.get(f"/contact/{mine}"))
    assert asha.post(f"/contact/{mine}/flag", {"strand": "no_such"}).status_code == 422


def test_a_limb_without_words_is_refused_and_what_was_typed_is_kept(asha: Client, mine: str) -> None:
    empty = asha.post(f"/contact/{mine}/limb", {"limb": "harm", "text": " ", "level": "high"})
    assert empty.status_code == 422
    assert "a tick is not an assessment" in text_of(empty)
    no_level = asha.post(f"/contact/{mine}/limb", {"limb": "harm", "text": "broken wrist", "level": ""})
    assert no_level.status_code == 422
    assert "broken wrist</textarea>" in text_of(no_level)
    assert "Choose a level for this limb" in text_of(no_level)


def test_a_grade_waits_for_thrive_and_says_what_is_missing(asha: Client) -> None:
    reference = _plain(asha)
    refused = asha.post(f"/contact/{reference}/grade")
    assert refused.status_code == 422
    assert "Write Threat, Harm, Risk, Vulnerability before you confirm the grade" in text_of(refused)


def _plain(client: Client) -> str:
    return str(client.post("/contact", {"channel": "counter"})["Location"].rsplit("/", 1)[1])


def test_anyone_who_grades_may_raise_and_only_a_supervisor_lowers(asha: Client) -> None:
    reference = _plain(asha)
    write_thrive(reference, by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    assert asha.post(f"/contact/{reference}/grade/raise", {"grade": "immediate", "reason": " "}).status_code == 422
    raised = asha.post(f"/contact/{reference}/grade/raise", {"grade": "immediate", "reason": "I hear a fight"})
    assert raised.status_code == 302
    assert "I hear a fight" in text_of(asha.get(f"/contact/{reference}"))
    assert asha.post(f"/contact/{reference}/grade/lower", {"grade": "routine", "reason": "x"}).status_code == 403
    assert "Lower…" not in text_of(asha.get(f"/contact/{reference}"))
    sana = signed_in(account(Role.CONTACT_SUPERVISOR))
    assert sana.post(f"/contact/{reference}/grade/lower", {"grade": "routine", "reason": "TV on"}).status_code == 302


def test_a_grade_that_a_new_fact_outgrew_is_said_over_everything(asha: Client) -> None:
    by = actor_of(Role.CONTACT_OFFICER)
    graded = graded_contact(by=by, now=clock.now())
    asha.post(f"/contact/{graded.reference}/answer", {"question": "happening_now", "answer": "yes"})
    page = text_of(asha.get(f"/contact/{graded.reference}"))
    assert "Assess again." in page
    assert "Confirm grade 1" in page


def test_questions_are_asked_most_dangerous_first_with_keys(asha: Client) -> None:
    page = text_of(asha.get(f"/contact/{_plain(asha)}"))
    asked = page.split('id="ask-list"')[1].split('id="all-questions"')[0]
    assert re.findall(r'data-key="(\d)"', asked) == [str(key) for key in range(1, 10)]
    assert "Is anyone&#39;s life in danger?" in asked.split("</fieldset>")[0]


def test_advice_is_offered_and_recorded_as_read_out(asha: Client, mine: str) -> None:
    asha.post(f"/contact/{mine}/advice", {"advice": "SAFE-DA"})
    page = text_of(asha.get(f"/contact/{mine}"))
    assert re.search(r"Read out</span>.*Do not confront them", page)


# --- keeping, handing over, ending -------------------------------------------------------------------------------------


def test_a_contact_is_handed_back_with_a_summary_that_stands_in_its_log(asha: Client, mine: str) -> None:
    asha.post(f"/contact/{mine}/hand-back", {"summary": "Rang off, ring again at nine"})
    assert stored(mine).state == ContactState.WAITING
    assert "Rang off, ring again at nine" in text_of(asha.get(f"/contact/{mine}"))


def test_the_second_to_claim_is_told_who_was_first(asha: Client) -> None:
    reference = filed_contact(now=clock.now()).reference
    amir = signed_in(account(Role.CONTACT_OFFICER, username="amir"))
    assert amir.post(f"/contact/{reference}/claim").status_code == 302
    late = asha.post(f"/contact/{reference}/claim")
    assert late.status_code == 422
    assert "Amir claimed this contact" in text_of(late)


def test_a_supervisor_takes_over_with_a_reason(mine: str) -> None:
    sana = signed_in(account(Role.CONTACT_SUPERVISOR))
    assert "Take over…" in text_of(sana.get(f"/contact/{mine}"))
    assert sana.post(f"/contact/{mine}/take-over", {"reason": ""}).status_code == 422
    assert sana.post(f"/contact/{mine}/take-over", {"reason": "Off duty"}).status_code == 302
    assert stored(mine).owner.username == "contact.supervisor"


def test_a_contact_is_closed_and_opened_again_with_reasons(asha: Client) -> None:
    reference = _plain(asha)
    assert asha.post(f"/contact/{reference}/close", {"ending": "advice_given", "reason": ""}).status_code == 422
    asha.post(f"/contact/{reference}/close", {"ending": "advice_given", "reason": "Told about the diary"})
    page = text_of(asha.get(f"/contact/{reference}"))
    assert "Closed." in page
    assert "Told about the diary" in page
    asha.post(f"/contact/{reference}/reopen", {"reason": "Rang again"})
    assert stored(reference).state == ContactState.WAITING


def test_a_review_is_recorded(asha: Client) -> None:
    graded = graded_contact(by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    assert asha.post(f"/contact/{graded.reference}/review", {"reason": " "}).status_code == 422
    assert asha.post(f"/contact/{graded.reference}/review", {"reason": "Rang, all quiet"}).status_code == 302
    assert "Risk reviewed: Rang, all quiet" in text_of(asha.get(f"/contact/{graded.reference}"))


def test_who_may_only_read_is_offered_no_form_but_the_searches() -> None:
    reference = filed_contact(now=clock.now(), words=GRAVE).reference
    page = text_of(signed_in(account(Role.INSPECTOR)).get(f"/contact/{reference}"))
    assert set(re.findall(r'id="form-(?!fill)([\w-]+)"', page)) == set()
    assert "readonly" in page
    assert "Save" not in page


# --- the whole way, with plain forms only ------------------------------------------------------------------------------


def test_from_the_desk_to_an_incident_without_any_script(asha: Client) -> None:
    reference = filed_contact(now=clock.now(), words=GRAVE, channel=Channel.CALL_101).reference
    page = text_of(asha.get("/desk"))
    action = re.search(r'action="(/contact/[^"]+/claim)"', page)
    assert action
    assert asha.post(action[1])["Location"] == f"/contact/{reference}"
    for question, answer in {**SAFE_ANSWERS, "happening_now": Answer.YES}.items():
        asha.post(f"/contact/{reference}/answer", {"question": question, "answer": answer.value})
    for limb in Limb:
        asha.post(f"/contact/{reference}/limb", {"limb": limb.value, "text": "said so", "level": Risk.HIGH.value})
    assert asha.post(f"/contact/{reference}/grade").status_code == 302
    page = text_of(asha.get(f"/contact/{reference}"))
    assert "Proposed: Send officers" in page
    assert asha.post(f"/contact/{reference}/route", {"need": "none"}).status_code == 302
    assert "Send officers" in text_of(asha.get(f"/contact/{reference}"))


def test_a_route_that_is_closed_is_refused_with_the_rule_that_closes_it(asha: Client) -> None:
    by = actor_of(Role.CONTACT_OFFICER)
    graded = graded_contact(by=by, now=clock.now(), words=GRAVE, answers={"happening_now": Answer.YES})
    given = {"route": "no_police_role", "reason": "quiet now", "need": "none"}
    refused = asha.post(f"/contact/{graded.reference}/route/choose", given)
    assert refused.status_code == 422
    assert "is closed" in text_of(refused)
    assert 'value="quiet now"' in text_of(refused)


def test_an_appointment_needs_its_time(asha: Client) -> None:
    by = actor_of(Role.CONTACT_OFFICER)
    graded = graded_contact(by=by, now=clock.now())
    given = {"route": "appointment", "reason": "they asked", "need": "none"}
    assert asha.post(f"/contact/{graded.reference}/route/choose", given).status_code == 422
    start, until = (f"{clock.now() + timedelta(days=2):%Y-%m-%d}T{hour}:00" for hour in (12, 14))
    agreed = asha.post(f"/contact/{graded.reference}/route/choose", {**given, "slot_from": start, "slot_until": until})
    assert agreed.status_code == 302


# --- an incident already? ----------------------------------------------------------------------------------------------


def test_an_open_incident_near_in_place_and_time_is_offered_while_the_contact_is_taken(asha: Client) -> None:
    now, by = clock.now(), actor_of(Role.CONTACT_OFFICER)
    where: dict[str, object] = {"text": "Sowbrook Lane", "lat": 52.80, "lon": -2.10}
    open_one = opened_incident(by=by, now=now, place=where, words="A crash at the lights\nShe is bleeding")
    near: dict[str, object] = {"text": "The lights on the B5013", "lat": 52.802, "lon": -2.10}
    taken = claimed_contact(by=by, now=now, place=near, words="Two cars, at the lights")
    page = text_of(asha.get(f"/contact/{taken.reference}"))
    assert "An incident already?" in page
    assert "0.2 km away · told 7 min earlier" in page
    assert "“A crash at the lights”" in page
    assert f"/incidents/{open_one.reference}" in page
    assert "An incident already?" in text_of(asha.get(f"/contact/{taken.reference}", headers=HX))
    far = claimed_contact(by=by, now=now, place={"text": "Elsewhere", "lat": 53.4, "lon": -2.10})
    assert "An incident already?" not in text_of(asha.get(f"/contact/{far.reference}"))
    # What became an incident itself is merged there, not offered here.
    assert "An incident already?" not in text_of(asha.get(f"/contact/{open_one.journey}"))
