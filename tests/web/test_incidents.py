"""What do the pages show of an incident, its clocks and what was known when it opened?"""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from markupsafe import escape

from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.kernel import clock
from standfast.foundation.people.access import WORKER
from standfast.foundation.people.roles import Role
from standfast.journey.incidents import operations, queries
from tests.entering import account, actor_of, signed_in
from tests.incidents.steps import IMMEDIATE, PRIORITY, opened_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher() -> Client:
    return signed_in(account(Role.DISPATCHER))


@pytest.fixture
def reference() -> str:
    made: str = _opened().reference
    return made


def _opened(**given: object) -> object:
    now = given.pop("now", clock.now())
    return opened_incident(by=actor_of(Role.CONTACT_OFFICER), now=now, **given)  # type: ignore[arg-type]


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_nothing_open_says_how_an_incident_opens(dispatcher: Client) -> None:
    assert "No incident is open" in text(dispatcher.get("/incidents"))


def test_open_incidents_stand_by_danger_then_by_time_left(dispatcher: Client) -> None:
    newer = _opened(answers=PRIORITY, ago=timedelta(minutes=3)).reference  # type: ignore[attr-defined]
    older = _opened(answers=PRIORITY, ago=timedelta(minutes=50)).reference  # type: ignore[attr-defined]
    worst = _opened(words="He has a knife and says he will kill her", answers=IMMEDIATE).reference  # type: ignore[attr-defined]
    page = text(dispatcher.get("/incidents"))
    assert page.index(worst) < page.index(older) < page.index(newer)
    only = text(dispatcher.get("/incidents?grade=immediate"))
    assert worst in only
    assert older not in only


def test_a_script_gets_the_rows_only(dispatcher: Client, reference: str) -> None:
    fresh = text(dispatcher.get("/incidents", headers={"HX-Request": "true"}))
    assert reference in fresh
    assert "<html" not in fresh


def test_an_incident_shows_its_clocks_its_grade_and_what_was_carried_over(dispatcher: Client) -> None:
    incident = _opened(words="He hit me and the children are crying, he is outside now", answers=IMMEDIATE)
    page = text(dispatcher.get(f"/incidents/{incident.reference}"))  # type: ignore[attr-defined]
    assert "from the first contact; it never moves" in page
    assert "Attend, by the force&#39;s own clock" in page
    assert "Review the waiting risk" in page
    assert str(escape(incident.grade_because)) in page  # type: ignore[attr-defined]
    assert "Domestic abuse" in page
    assert "Incident opened" in page


def test_opening_it_is_itself_an_event(dispatcher: Client, reference: str) -> None:
    dispatcher.get(f"/incidents/{reference}")
    newest = eventlog.timeline(about=reference)[0]
    assert (newest.kind, newest.by_ref) == ("incidents.incident.read", actor_of(Role.DISPATCHER).ref)


def test_the_risk_is_reviewed_while_it_waits(dispatcher: Client, reference: str) -> None:
    path = f"/incidents/{reference}/review"
    refused = dispatcher.post(path, {"found": "", "level": "high"})
    assert refused.status_code == 422
    assert dispatcher.post(path, {"found": "Rang back: he is at the door", "level": "high"}).status_code == 302
    page = text(dispatcher.get(f"/incidents/{reference}"))
    assert "Rang back: he is at the door" in page
    assert queries.get_incident(reference=reference, by=actor_of(Role.DISPATCHER)).risk in {"high", "immediate"}


def test_who_may_only_read_is_offered_no_review(reference: str) -> None:
    clerk = signed_in(account(Role.BUREAU_CLERK))
    assert "Review the risk…" not in text(clerk.get(f"/incidents/{reference}"))
    assert clerk.post(f"/incidents/{reference}/review", {"found": "x", "level": "high"}).status_code == 403


def test_an_incident_that_does_not_exist_is_not_found(dispatcher: Client) -> None:
    assert dispatcher.get("/incidents/ZZZZ-ZZZZ-ZZZZ-ZZ").status_code == 404


def test_a_partner_agency_sees_no_incidents(reference: str) -> None:
    agency = signed_in(account(Role.PARTNER))
    assert agency.get("/incidents").status_code == 403
    assert agency.get(f"/incidents/{reference}").status_code == 403


def test_a_reference_is_read_however_it_is_written(dispatcher: Client, reference: str) -> None:
    assert dispatcher.get(f"/incidents/{reference.lower().replace('-', '')}").status_code == 200


def test_the_list_takes_as_many_queries_for_six_as_for_one(dispatcher: Client, reference: str) -> None:
    dispatcher.get("/incidents")
    one = counted(dispatcher, "/incidents")
    for _ in range(5):
        _opened()
    assert counted(dispatcher, "/incidents") == one
    assert one <= 14


def test_one_incident_takes_few_queries(dispatcher: Client, reference: str) -> None:
    assert counted(dispatcher, f"/incidents/{reference}") <= 28


def test_the_clock_time_is_shown_with_what_is_left(dispatcher: Client, now: datetime) -> None:
    incident = _opened(ago=timedelta(minutes=10))
    page = text(dispatcher.get(f"/incidents/{incident.reference}"))  # type: ignore[attr-defined]
    assert 'data-due="' in page
    assert "left</span>" in page


def counted(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


# --- two that are one ---------------------------------------------------------------------------------------------------


WHERE: dict[str, object] = {"text": "Sowbrook Lane", "lat": 52.80, "lon": -2.10}


def a_pair() -> tuple[str, str]:
    """The references of an earlier incident and a later, graver one at the same place."""
    earlier = _opened(answers=PRIORITY, ago=timedelta(minutes=9), place=WHERE, words="Two cars crashed")
    later = _opened(answers=IMMEDIATE, ago=timedelta(minutes=4), place=WHERE, words="A crash!\nHe is bleeding")
    return earlier.reference, later.reference  # type: ignore[attr-defined]


def test_what_is_near_is_offered_with_distance_time_and_first_line(dispatcher: Client) -> None:
    earlier, later = a_pair()
    page = text(dispatcher.get(f"/incidents/{earlier}"))
    assert "Same incident?" in page
    assert "0.0 km away · told 5 min later · same words for the place" in page
    assert "“A crash!”" in page
    assert "He is bleeding" not in page
    assert f"/incidents/{earlier}/merge?other={later}" in page
    assert f"/incidents/{earlier}/link?other={later}" in page
    board = text(dispatcher.get(f"/dispatch?incident={earlier}"))
    assert "1 open incident is near in place and time" in board


def test_a_merge_is_looked_at_then_done_then_parted_and_both_references_lead_on(dispatcher: Client) -> None:
    earlier, later = a_pair()
    path = f"/incidents/{later}/merge"
    looked = text(dispatcher.get(f"{path}?other={earlier}"))
    assert " km from each other, " in looked
    assert " min between the first contacts" in looked
    assert f"{later} is closed as merged into {earlier}" in looked
    assert "graded immediate instead of priority" in looked
    seen = looked.split('name="seen" value="')[1].split('"')[0]
    given = {"other": earlier, "seen": seen, "reason": ""}
    assert "Say how you know." in text(refused := dispatcher.post(path, given))
    assert refused.status_code == 422
    done = dispatcher.post(path, {**given, "reason": "Same number plates"})
    assert done["Location"] == f"/incidents/{earlier}"
    kept, gone = (text(dispatcher.get(f"/incidents/{each}")) for each in (earlier, later))
    assert "Merged into this:" in kept
    assert "Same number plates" in kept
    assert "What is done about it is done there." in gone
    assert f"/incidents/{earlier}" in gone
    # Whoever has the merged one chosen on the board is shown the one that is kept.
    assert f'href="/incidents/{earlier}"' in text(dispatcher.get(f"/dispatch?incident={later}"))
    parting = f"/incidents/{later}/part"
    assert "What happens" in text(dispatcher.get(parting))
    assert dispatcher.post(parting, {"reason": ""}).status_code == 422
    assert dispatcher.post(parting, {"reason": "Other number plates"})["Location"] == f"/incidents/{later}"
    assert "Merged into this:" not in text(dispatcher.get(f"/incidents/{earlier}"))
    assert "nothing to part" in text(dispatcher.get(parting))


def test_a_call_back_promised_to_the_merged_ones_caller_is_still_asked_for(dispatcher: Client) -> None:
    earlier, later = a_pair()
    operations.escalate_incident(reference=later, by=WORKER, now=clock.now() + timedelta(minutes=14))
    dispatcher.post(f"/incidents/{later}/merge", {"other": earlier, "seen": "", "reason": "Same crash"})
    page = text(dispatcher.get(f"/incidents/{earlier}"))
    assert "Its caller is still to be called back" in page
    assert f"/dispatch/incidents/{later}/call-back" in page
    dispatcher.post(f"/dispatch/incidents/{later}/call-back", {"words": "Told him we are on the way"})
    page = text(dispatcher.get(f"/incidents/{earlier}"))
    assert "still to be called back" not in page
    assert "Told him we are on the way" in page


def test_a_page_that_is_old_does_not_merge_unseen_changes(dispatcher: Client) -> None:
    earlier, later = a_pair()
    looked = text(dispatcher.get(f"/incidents/{later}/merge?other={earlier}"))
    seen = looked.split('name="seen" value="')[1].split('"')[0]
    dispatcher.post(f"/incidents/{later}/review", {"found": "Rang back: worse", "level": "high"})
    answer = dispatcher.post(f"/incidents/{later}/merge", {"other": earlier, "seen": seen, "reason": "Same"})
    assert answer.status_code == 409
    assert "changed since you looked" in text(answer)


def test_what_may_not_be_merged_says_why_and_offers_a_link(dispatcher: Client) -> None:
    earlier, later = a_pair()
    by = actor_of(Role.DISPATCHER)
    offer = operations.Offer(incident=later, to_desk="west", reason="Their side")
    operations.offer_incident(offer=offer, by=by, now=clock.now())
    page = text(dispatcher.get(f"/incidents/{earlier}/merge?other={later}"))
    assert "They cannot be merged now." in page
    assert "Link them instead" in page
    given = {"other": later, "reason": "Same street"}
    assert dispatcher.post(f"/incidents/{earlier}/merge", given).status_code == 422
    assert dispatcher.post(f"/incidents/{earlier}/link", given).status_code == 302
    assert "Undo this link" in text(dispatcher.get(f"/incidents/{later}"))
    assert "linked already" in text(dispatcher.post(f"/incidents/{later}/link", {**given, "other": earlier}))
    assert dispatcher.post(f"/incidents/{later}/unlink", {"other": earlier, "reason": "No"}).status_code == 302
    assert "Undo this link" not in text(dispatcher.get(f"/incidents/{later}"))


@pytest.mark.parametrize("typed", ["", "nonsense", "QQQQ-QQQQ-QQQQ-QQ", "itself"])
def test_another_incident_is_named_by_its_reference_or_asked_for(
    typed: str, dispatcher: Client, reference: str
) -> None:
    other = reference if typed == "itself" else typed
    for page in ("merge", "link", "unlink"):
        answer = dispatcher.get(f"/incidents/{reference}/{page}", {"other": other})
        assert answer.status_code == (422 if typed else 200)
        assert "Which other incident" in text(answer)
        assert dispatcher.post(f"/incidents/{reference}/{page}", {"other": other, "reason": "x"}).status_code == 422


def test_a_second_matter_is_split_off(dispatcher: Client, reference: str) -> None:
    path = f"/incidents/{reference}/split"
    assert "runs from the same first contact" in text(dispatcher.get(path))
    assert dispatcher.post(path, {"kind": "", "reason": "x"}).status_code == 422
    made = dispatcher.post(path, {"kind": "Fence broken", "reason": "The caller told of two things"})["Location"]
    assert "this was split from it" in text(dispatcher.get(made))
    assert "Fence broken" in text(dispatcher.get(f"/incidents/{reference}"))


def test_who_does_not_dispatch_is_offered_no_merge_and_sees_what_belongs_together(dispatcher: Client) -> None:
    earlier, later = a_pair()
    officer = signed_in(account(Role.RESPONSE_OFFICER))
    assert "Same incident?" not in text(officer.get(f"/incidents/{earlier}"))
    dispatcher.post(f"/incidents/{later}/merge", {"other": earlier, "seen": "", "reason": "Same crash"})
    page = text(officer.get(f"/incidents/{earlier}"))
    assert "Merged into this:" in page
    assert "Part them again" not in page
    for each in ("merge", "part", "link", "unlink", "split"):
        assert officer.get(f"/incidents/{later}/{each}").status_code == 403


# --- what is done from the page -----------------------------------------------------------------------------------------


def test_an_incident_is_closed_from_its_page_by_two_people_and_opened_again(dispatcher: Client, reference: str) -> None:
    page = text(dispatcher.get(f"/incidents/{reference}"))
    for each in ("log", "call-back", "close"):
        assert f"/dispatch/incidents/{reference}/{each}" in page
    given = {"code": "caller_cancelled", "reason": "Rang back, bike found"}
    assert dispatcher.post(f"/dispatch/incidents/{reference}/close", given).status_code == 302
    second = signed_in(account(Role.DISPATCH_SUPERVISOR))
    page = text(second.get(f"/incidents/{reference}"))
    assert "Closing asked for by Dispatcher" in page
    assert "Rang back, bike found" in page
    assert second.post(f"/dispatch/incidents/{reference}/close/agree").status_code == 302
    page = text(second.get(f"/incidents/{reference}"))
    assert "Closed: Rang back, bike found" in page
    assert f"/dispatch/incidents/{reference}/reopen" in page
    assert "/close" not in page


def test_who_only_reads_sees_the_log_and_is_offered_nothing_to_do(dispatcher: Client, reference: str) -> None:
    dispatcher.post(f"/dispatch/incidents/{reference}/log", {"words": "Gate code is with the neighbour"})
    page = text(signed_in(account(Role.BUREAU_CLERK)).get(f"/incidents/{reference}"))
    assert "Gate code is with the neighbour" in page
    assert f"/dispatch/incidents/{reference}/" not in page
