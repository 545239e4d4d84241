"""The frame in a real Chromium: it runs under its own content policy, by keyboard, and without script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from standfast.faces.screens.times import span
from tests.looking import faults_of
from tests.web.conftest import StaffSite

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, staff_site: StaffSite) -> Iterator[Open]:
    """Open a page as the person of a role; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "/", role: str = "administrator", *, planting: bool = False, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        if not planting:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{staff_site.address}/sign-in")
        if role:
            page.click(f"button[value={role}]")
            page.goto(staff_site.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def test_the_open_menu_keeps_nobody_out(opened: Open) -> None:
    page = opened("/people")
    page.click("summary")
    assert faults_of(page) == []


def test_the_browser_counts_as_the_server_does(opened: Open) -> None:
    page = opened("/components")
    numbers = [*range(-7300, 7300, 61), 3599, 3600, 86399, 86400, 90000, -86400, 1_700_000]
    counted = page.evaluate(
        "async (all) => { const {span} = await import('/static/src/countdown.js'); return all.map(span) }", numbers
    )
    assert counted == [span(number) for number in numbers]


def test_a_countdown_goes_overdue_and_is_said_once(opened: Open) -> None:
    page = opened("/components")
    page.clock.install()
    page.reload()
    shown = page.locator(".clock.warning").first
    assert shown.locator("b").inner_text().startswith("0:5")
    page.clock.run_for(70_000)
    over = page.locator(".clock.overdue b", has_text="−0:1")
    assert over.count() >= 1
    assert "overdue" in page.locator("[data-announcer]").inner_text()


HARMLESS = [
    "<tr data-row='1'><td>fine</td></tr>",
    "<p>say “on the way” = yes</p>",
    "<p>he typed javascript:alert(1) and &lt;b onclick=alert(1)&gt;, then &lt;script&gt;</p>",
    "<input value='come at once=now onclick=later javascript:now <script>'>",
    '<textarea>style=x onerror=y <script>1</script> <a href="javascript:alert(1)"></textarea>',
    "<a href='/contact/javascript:alert' title=\"once=1 style='x'\">x</a>",
    "<svg><use href='/static/src/sprite.svg#i-dot'/></svg>",
    "<form action='/desk' method='post'><button hx-post='/desk/next'>Next</button></form>",
]
HOSTILE = [
    "<script>1</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><a><animate attributeName=href values=javascript:alert(1) /></a></svg>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<button hx-post='javascript:alert(1)'>x</button>",
    "<button hx-on:click='alert(1)'>x</button>",
    "<iframe src=x></iframe>",
    "<p style='color:red'>x</p>",
    "<style>p{color:red}</style>",
    "<base href=x>",
    "<template><p><script>1</script></p></template>",
    "<template><template><img src=x onerror=alert(1)></template></template>",
    "<div><template shadowrootmode=closed><p>x</p></template></div>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
]
PARSED = """(all) => all.map((text) => {
  const tried = [() => new DOMParser().parseFromString(text, "text/html")];
  if (Document.parseHTMLUnsafe) tried.push(() => Document.parseHTMLUnsafe(text));
  return tried.map((parse) => { try { parse(); return "passed" } catch { return "refused" } });
})"""


def test_a_fragment_is_judged_by_its_elements_and_attributes_not_by_its_words(opened: Open) -> None:
    page = opened("/components", planting=True)
    for fragments, verdict in ((HARMLESS, {"passed"}), (HOSTILE, {"refused"})):
        verdicts = page.evaluate(PARSED, fragments)
        assert not [fragment for fragment, given in zip(fragments, verdicts, strict=True) if set(given) != verdict]
    plain = "() => { try { document.createElement('div').innerHTML = '<b>x</b>'; return 'passed' } catch { return 'refused' } }"
    assert page.evaluate(plain) == "refused", "a string nobody vouched for reaches no sink"
    second = "() => { try { trustedTypes.createPolicy('other', {}); return 'made' } catch { return 'refused' } }"
    assert page.evaluate(second) == "refused", "there is one policy and no second"


def test_everything_is_reached_by_keyboard(opened: Open) -> None:
    page = opened("/people")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "command"
    page.keyboard.type("comp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/components")


def test_single_keys_work_in_a_list_only_and_can_be_switched_off(opened: Open, staff_site: StaffSite) -> None:
    page = opened("/people")
    page.keyboard.press("n")
    assert page.url.endswith("/people"), "no list has focus"
    page.locator("[data-list]").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('[data-row]').dataset.row") == "administrator"
    page.locator("input#words").focus()
    page.keyboard.press("n")
    assert page.input_value("input#words") == "n", "a key is never taken from a field"
    page.locator("[data-list]").focus()
    page.keyboard.press("?")
    assert "Add a person" in page.locator("dialog").inner_text()
    page.keyboard.press("Escape")
    page.locator("[data-list]").focus()
    page.keyboard.press("n")
    page.wait_for_url("**/people/add")
    page.goto(staff_site.address + "/people")
    page.click("summary")
    page.check("input[name=keys][value=off]")
    page.click("text=Keep these settings")
    page.locator("[data-list]").focus()
    page.keyboard.press("n")
    assert page.url.endswith("/people")


def test_theme_and_density_work_without_script(opened: Open) -> None:
    page = opened("/people", java_script_enabled=False)
    page.click("summary")
    page.check("input[name=theme][value=dark]")
    page.check("input[name=density][value=roomy]")
    page.click("text=Keep these settings")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.get_attribute("html", "data-density") == "roomy"


def test_accounts_are_changed_without_script(opened: Open, staff_site: StaffSite) -> None:
    page = opened("/people/planner", java_script_enabled=False)
    page.click("text=Change roles…")
    page.click("text=Change roles >> nth=-1")
    assert "Your reason is kept" in page.locator(".error-summary").inner_text()
    page.check("input[value=trainer]")
    page.fill("textarea", "Helps with training")
    page.click("button.primary")
    assert "Trainer, Planner" in page.locator("dl").inner_text()


LIST = """
<div id="list" data-live="queue" data-list tabindex="0"><table><tbody>%s</tbody></table></div>
"""
ROW = '<tr data-row="{0}"{1}><td><a href="#{0}" class="what">{0}</a></td></tr>'


def swap(page: Page, rows: list[tuple[str, str]]) -> None:
    """Let the page take a fresh fragment of these rows as htmx would."""
    page.evaluate(
        """(html) => {
          const target = document.getElementById("list");
          const detail = {target, shouldSwap: true};
          document.dispatchEvent(Object.assign(new CustomEvent("htmx:beforeSwap", {detail})));
          if (!detail.shouldSwap) return;
          target.replaceWith(new DOMParser().parseFromString(html, "text/html").body.firstElementChild);
          document.dispatchEvent(new CustomEvent("htmx:afterSwap", {detail}));
        }""",
        LIST % "".join(ROW.format(key, " data-immediate" if risk == "immediate" else "") for key, risk in rows),
    )


def test_a_refresh_keeps_focus_and_new_rows_wait_unless_immediate(opened: Open) -> None:
    page = opened("/people")
    page.evaluate(
        "html => document.getElementById('main').replaceChildren(new DOMParser().parseFromString(html, 'text/html').body)",
        LIST % "".join(ROW.format(key, "") for key in "abc"),
    )
    page.locator("[data-row=b] a").focus()
    swap(page, [("now", "immediate"), ("new", ""), ("a", ""), ("b", ""), ("c", ""), ("newer", "")])
    assert page.evaluate("document.activeElement.textContent") == "b"
    assert page.locator("[data-row=now]").is_visible()
    assert not page.locator("[data-row=new]").is_visible()
    assert page.locator(".new-rows").inner_text() == "2 new, show"
    assert "Immediate: now" in page.locator("[data-announcer]").inner_text()
    swap(page, [("now", ""), ("new", ""), ("a", ""), ("b", ""), ("newer", "")])
    assert page.locator(".new-rows").inner_text() == "2 new, 1 gone, show", "what waited goes on waiting"
    page.click(".new-rows")
    assert page.locator("[data-row=newer]").is_visible()


def test_a_fragment_somebody_types_in_is_not_swapped(opened: Open) -> None:
    page = opened("/people")
    page.evaluate(
        "html => document.getElementById('main').replaceChildren(new DOMParser().parseFromString(html, 'text/html').body)",
        '<div id="list" data-live="queue"><form><input name="words"></form></div>',
    )
    page.fill("#list input", "half a sentence")
    swap(page, [("a", "")])
    assert page.input_value("#list input") == "half a sentence"
