"""Does the intake answer as its OpenAPI document says, whatever a generator thinks of?"""

import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.intake.chaos import Site, Web, site

pytestmark = pytest.mark.database

EXAMPLES = 150
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
PATHS = ("/api/v1/contacts", "/api/v1/calls/{source_ref}/events", "/api/v1/units/{callsign}/reports")
EXPECTED = {200, 201, 202, 400, 401, 409, 413, 415, 422, 429, 503}


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    with site() as made:
        yield made


@pytest.fixture(scope="module")
def web(place: Site) -> Web:
    made = place.web()
    made.start()
    return made


@pytest.fixture(scope="module")
def document(web: Web) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{web.port}/api/v1/openapi.json") as reply:
        found: dict[str, Any] = json.load(reply)
        return found


def test_the_document_names_every_address_and_every_answer(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == set(PATHS)
    assert {int(status) for status in document["paths"]["/api/v1/contacts"]["post"]["responses"]} >= EXPECTED


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_documented(
    place: Site, web: Web, document: dict[str, Any], path: str, mode: schemathesis.GenerationMode
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    # A NUL in a field the document does not know is refused too, which a schema cannot say.
    schema.config.generation.update(allow_x00=False)
    operation = schema[path]["POST"]
    answered: Counter[int] = Counter()

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        response = case.call(base_url=f"http://127.0.0.1:{web.port}", headers={"Authorization": f"Bearer {place.key}"})
        case.validate_response(response, checks=list(CHECKS))
        answered[response.status_code] += 1

    ask()
    taken = sum(answered[status] for status in (200, 201, 409))
    if mode is schemathesis.GenerationMode.POSITIVE:
        assert taken > EXAMPLES * 0.9, answered
    else:
        assert answered.total() - taken > EXAMPLES / 2, answered
