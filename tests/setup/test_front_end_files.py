"""Are the built files whole, ours in look, and fit to be served under a strict policy?"""

import re
from pathlib import Path

import pytest
from setting_up.assets import COPIES, SHIPPED

STATIC = Path(__file__).resolve().parents[2] / "standfast/faces/screens/static"
BUILT = STATIC / "built"
SERVED = ["govuk.css", *COPIES]


@pytest.fixture(scope="module")
def sheet() -> str:
    return (BUILT / "govuk.css").read_text(encoding="utf-8")


def test_every_file_is_there_and_no_other() -> None:
    assert BUILT.is_dir(), "run `make assets`"
    assert {path.name for path in BUILT.iterdir()} == {*SERVED, "LICENCES.txt"}


@pytest.mark.parametrize("name", SERVED)
def test_no_file_asks_for_another_that_is_not_served(name: str) -> None:
    text = (BUILT / name).read_text(encoding="utf-8")
    assert "sourceMappingURL" not in text
    # An address that is only a fragment asks for no file, and one that a script puts together is the script's.
    assert not re.search(r"@import|url\((?!#|\$\{)", text)


def test_neither_the_font_nor_the_crown_of_government_is_taken(sheet: str) -> None:
    for word in ("GDS Transport", "@font-face", "crown", "crest", "govuk-header", "govuk-footer"):
        assert word not in sheet


def test_the_font_and_the_colours_are_our_tokens(sheet: str) -> None:
    ours = set(re.findall(r"(--[a-z0-9-]+):", (STATIC / "src/tokens.css").read_text(encoding="utf-8")))
    used = {name for name in re.findall(r"var\((--[a-z0-9-]+)", sheet) if "govuk" not in name}
    assert {"--font", "--accent", "--on-accent", "--focus"} <= used
    assert used <= ours


@pytest.mark.parametrize(
    "component",
    [
        *("back-link", "button", "checkboxes", "details", "error-message", "error-summary", "exit-this-page", "input"),
        *("notification-banner", "panel", "radios", "skip-link", "summary-list", "tag", "textarea", "warning-text"),
    ],
)
def test_the_components_our_pages_use_are_styled(sheet: str, component: str) -> None:
    assert f".govuk-{component}" in sheet


def test_the_licence_of_everything_shipped_is_beside_it() -> None:
    text = (BUILT / "LICENCES.txt").read_text(encoding="utf-8")
    for package in SHIPPED:
        assert f"{package} " in text
    assert len(re.findall(r"Permission|Redistributions of source code", text)) >= len(SHIPPED)
