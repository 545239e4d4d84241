"""Do JSON lines go in and answers come out, a bad line reported and the rest assessed?"""

import json

import pytest

from standfast.science.detector import lexicon, lines


def test_an_answer_has_the_agreed_shape() -> None:
    answer = lines.assess_json({"id": "a1", "text": "my bf just smashed my fone and hes downstairs"})
    assert set(answer) == {"id", "flags", "urgency", "attention"}
    assert answer["id"] == "a1"
    assert {"strand", "score", "because"} == set(answer["flags"][0])
    assert all(flag["strand"] in lexicon.STRANDS and 0.01 <= flag["score"] < 1 for flag in answer["flags"])
    assert "he_is_here" in answer["urgency"]
    assert 0.8 <= answer["attention"] < 1
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"id": "x"},
        {"text": "x"},
        {"id": None, "text": "x"},
        {"id": "x", "text": 5},
        {"id": True, "text": "x"},
        [],
        None,
        "x",
    ],
)
def test_a_record_of_the_wrong_shape_is_refused(record: object) -> None:
    with pytest.raises(lines.BadRecord, match="expected"):
        lines.assess_json(record)  # type: ignore[arg-type]


def test_bad_lines_are_reported_and_the_rest_goes_on() -> None:
    given = [
        '{"id": 1, "text": "he strangled me"}\n',
        "not json\n",
        "\n",
        b'{"id": 2, "text": "\xff"}\n',
        '{"id": 3}\n',
        "[" * 100_000,
        '{"id": 4, "text": "hello"}',
    ]
    found = list(lines.assess_stream(given))
    errors = [each for each in found if isinstance(each, lines.LineError)]
    assert [each.line for each in errors] == [2, 4, 5, 6]
    assert all("expected" in str(each) for each in errors)
    assert [each["id"] for each in found if isinstance(each, dict)] == [1, 4]


def test_a_stream_is_read_as_it_comes() -> None:
    taken = []

    def endless():
        for number in range(1_000_000):
            taken.append(number)
            yield json.dumps({"id": number, "text": "x"})

    stream = lines.assess_stream(endless())
    assert next(stream)["id"] == 0
    assert len(taken) == 1
