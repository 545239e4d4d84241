"""How moments, marks, tokens and templates are made, without a browser or a database."""

import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.faces.screens import times
from standfast.faces.screens.assets import asset
from standfast.faces.screens.jinja import govuk
from standfast.faces.screens.look import Density, Keys, Look, Theme
from standfast.faces.screens.marking import marked, marked_at
from standfast.faces.screens.telling import in_words, signed
from standfast.faces.screens.times import ClockState, count_down, met, paused, short_moment, span

NOW = datetime(2026, 11, 23, 21, 47, 8, tzinfo=UTC)
FACES = Path(times.__file__).parents[1]
SOURCE = FACES / "screens/static/src"
TEMPLATES = sorted(FACES.glob("**/templates/**/*.html"))
COMPONENTS = sorted((FACES / "screens/templates/components").glob("*.html"))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0:00"),
        (54, "0:54"),
        (718, "11:58"),
        (-54, "−0:54"),
        (3599, "59:59"),
        (3600, "1 h"),
        (7800, "2 h 10"),
        (-18000, "−5 h"),
        (86399, "23 h 59"),
        (86400, "1 day"),
        (-86400, "−1 day"),
        (19 * 86400, "19 days"),
    ],
)
def test_a_span_is_told_in_the_unit_that_fits(seconds: int, told: str) -> None:
    assert span(seconds) == told


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("danger_to_life: yes", "Danger to life: yes"),
        ("Words read (row CR-01, contact_risk/2026-04-01)", "Words read (row CR-01, contact risk of 1 April 2026)"),
        ("Duty “claim” met, 54 seconds before its limit", "Duty “claim” met, 0:54 before its limit"),
        ("Duty “claim” met, -1518 seconds before its limit", "Duty “claim” met, 25:18 after its limit"),
        ("Due 2026-11-23T22:00:00+00:00", "Due 22:00"),
        ("Said “2026-13-01”, and/or seen", "Said “2026-13-01”, and/or seen"),
        ("Read x/2026-99-99", "Read x/2026-99-99"),
    ],
)
def test_an_event_is_told_without_codes(stored: str, told: str) -> None:
    assert in_words(stored, now=NOW) == told


def test_a_sentence_that_names_its_doer_is_not_signed_twice() -> None:
    assert signed("Claimed by Asha Handler", by="Asha Handler") == "Claimed by Asha Handler"
    assert signed("Record opened", by="Asha Handler") == "Record opened · Asha Handler"
    assert signed("Call answered", by="") == "Call answered"


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 11, 23, 21, 59, tzinfo=UTC), "21:59"),
        (datetime(2026, 11, 28, 21, 45, tzinfo=UTC), "Sat 21:45"),
        (datetime(2026, 11, 30, 21, 45, tzinfo=UTC), "30 Nov"),
        (datetime(2027, 4, 1, 12, 0, tzinfo=UTC), "1 Apr 2027"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "2 Jul"),
    ],
)
def test_a_moment_is_told_as_briefly_as_is_clear_in_london(moment: datetime, told: str) -> None:
    assert short_moment(moment, now=NOW) == told


def test_a_limit_goes_from_on_time_through_warning_to_overdue() -> None:
    warn = NOW + timedelta(minutes=10)
    due = NOW + timedelta(minutes=15)
    states = [
        count_down(due, now=NOW + timedelta(minutes=m), warn_at=warn).state for m in (0, 9.99, 10, 14.9, 15, 15.1)
    ]
    on_time, warning, overdue = ClockState.ON_TIME, ClockState.WARNING, ClockState.OVERDUE
    assert states == [on_time, on_time, warning, warning, warning, overdue]


def test_a_duty_met_late_stays_visible_as_late() -> None:
    shown = met(NOW, met_at=NOW + timedelta(seconds=54), starts_at=NOW - timedelta(minutes=1))
    assert (shown.state, shown.figure, shown.word) == (ClockState.OVERDUE, "−0:54", "late, kept")
    in_time = met(NOW, met_at=NOW, starts_at=NOW - timedelta(seconds=31))
    assert (in_time.state, in_time.word) == (ClockState.MET, "in 0:31")
    assert paused("lab result").due_at == ""


def test_relative_time_always_comes_with_the_clock_time() -> None:
    assert times.ago(NOW - timedelta(seconds=5), now=NOW) == "just now, 21:47"
    assert times.ago(NOW - timedelta(minutes=2), now=NOW) == "2 min ago, 21:45"
    assert times.ago(NOW - timedelta(days=1), now=NOW) == "1 day ago, Sun 21:47"


@given(st.text(max_size=60), st.lists(st.text(max_size=8), max_size=4))
def test_marking_changes_no_word_and_lets_no_markup_through(text: str, words: list[str]) -> None:
    safe = marked(text, words)
    assert html.unescape(safe.replace("<mark>", "").replace("</mark>", "")) == text
    assert "<" not in safe.replace("<mark>", "").replace("</mark>", "")


def test_overlapping_marks_become_one() -> None:
    assert marked_at("outside again", [(0, 7), (5, 13)]) == "<mark>outside again</mark>"
    assert marked("He's got a KEY & <b>", ["key"]) == "He&#39;s got a <mark>KEY</mark> &amp; &lt;b&gt;"


@pytest.mark.parametrize("text", ["", "dark", "pink.dense.on", "dark.roomy.off.more", "\x00", "dark;roomy;on"])
def test_a_cookie_nobody_understands_is_the_default_look(text: str) -> None:
    assert Look.read(text) == Look()


def test_a_look_survives_its_cookie() -> None:
    for theme in Theme:
        look = Look(theme=theme, density=Density.ROOMY, keys=Keys.OFF)
        assert Look.read(str(look)) == look


# --- tokens ------------------------------------------------------------------------------------------------------------


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


def themes() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    sheet = (SOURCE / "tokens.css").read_text(encoding="utf-8")
    light, system_dark, chosen_dark = re.split(
        r"@media \(prefers-color-scheme: dark\)|:root\[data-theme=\"dark\"\]", sheet
    )
    return colours(light), colours(system_dark), colours(chosen_dark)


def contrast(one: str, other: str) -> float:
    """The ratio of the WCAG 2 formula."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT = [
    ("ink", "surface"),
    ("ink", "page"),
    ("ink-2", "surface"),
    ("ink-2", "selected"),
    ("ink-2", "sunken"),
    ("accent", "surface"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("bar-ink", "bar"),
    ("bar-ink-2", "bar"),
    ("bar-ink", "bar-line"),
    ("risk-immediate-ink", "risk-immediate"),
    ("risk-high-ink", "risk-high"),
    ("risk-medium-ink", "risk-medium"),
    ("clock-ontime", "surface"),
    ("clock-warning", "clock-warning-soft"),
    ("clock-overdue", "clock-overdue-soft"),
    ("clock-overdue", "surface"),
    ("clock-met", "clock-met-soft"),
    ("clock-paused", "clock-paused-soft"),
    ("mark-ink", "mark"),
    ("reply-ink", "reply"),
    ("note-ink", "note"),
    *(("map-word", on) for on in ("map-ground", "map-green", "map-built", "map-house", "map-water", "map-lane")),
]
EDGES = [
    ("line-strong", "surface"),
    ("risk-high-line", "surface"),
    ("risk-medium-line", "surface"),
    ("clock-overdue", "surface"),
    ("focus", "focus-edge"),
]


@pytest.mark.parametrize("theme", [0, 2], ids=["light", "dark"])
def test_every_pair_of_colours_can_be_read(theme: int) -> None:
    token = {**themes()[0], **themes()[theme]}
    poor = [(a, b, round(contrast(token[a], token[b]), 2)) for a, b in TEXT if contrast(token[a], token[b]) < 4.5]
    poor += [(a, b, round(contrast(token[a], token[b]), 2)) for a, b in EDGES if contrast(token[a], token[b]) < 3]
    assert not poor


def test_both_dark_themes_are_the_same_and_complete() -> None:
    light, system_dark, chosen_dark = themes()
    assert system_dark == chosen_dark
    assert system_dark.keys() == light.keys()


@pytest.mark.parametrize("sheet", sorted(SOURCE.glob("*.css")), ids=lambda sheet: sheet.name)
def test_no_sheet_but_the_tokens_names_a_colour(sheet: Path) -> None:
    if sheet.name == "tokens.css":
        return
    # Print goes to black on white, and a code to scan needs white paper, whatever the theme.
    rules = re.sub(r"@media print\{.*?\n\}|\.qr\{.*?\}", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules)


# --- templates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(FACES)))
def test_no_template_needs_what_the_content_policy_forbids(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=[\"']|javascript:|<style|hx-on", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "nonce=" in script
        assert "src=" in script


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_says_what_it_is_and_is_used(component: Path) -> None:
    text = component.read_text(encoding="utf-8")
    assert text.startswith("{# ")
    name = f"components/{component.name}"
    assert any(name in other.read_text(encoding="utf-8") for other in TEMPLATES if other != component), name


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    from django.template import engines
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        engines.all()[0].from_string("{{ nothing_of_that_name }}").render({})


def test_every_value_is_escaped() -> None:
    from django.template import engines

    assert engines.all()[0].from_string("{{ it }}").render({"it": "<b>"}) == "&lt;b&gt;"


def test_govuk_components_are_one_call_away_and_escape() -> None:
    made = govuk("button", {"text": "Send <now>"})
    assert "govuk-button" in made
    assert "Send &lt;now&gt;" in made


def test_the_address_of_a_file_holds_its_content() -> None:
    assert re.fullmatch(r"/static/src/tokens\.css\?v=[0-9a-f]{12}", asset("src/tokens.css"))
    with pytest.raises(FileNotFoundError):
        asset("src/nothing.css")
