"""How does somebody without a script use the public pages? As a plain browser would: links, forms and cookies."""

import html
import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

ANSWERS: dict[str, dict[str, str]] = {
    "device": {"device": "yes"},
    "now": {"now": "no"},
    "topic": {"topic": "taken"},
    "words": {"words": "My bicycle was taken from the shed"},
    "place": {"place": "12 Made Up Road"},
    "time": {"time": "last night"},
    "you": {"name": "Ann Other", "phone": "01632 960001"},
    "reach": {"reach": "only_so", "reach_how": "text only, weekdays 9 to 3"},
}


@dataclass(kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str
    path: str

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.text, re.DOTALL)
        return html.unescape(found[1]) if found else ""

    @property
    def reference(self) -> str:
        found = re.search(r'class="reference">([^<]+)<', self.text)
        assert found, self.text
        return found[1]

    def hidden(self) -> dict[str, str]:
        return {
            name: html.unescape(value)
            for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.text)
        }

    def action(self) -> str:
        found = re.search(r'<form method="post" action="([^"]+)"', self.text)
        return html.unescape(found[1]) if found else self.path


@dataclass(kw_only=True)
class Visitor:
    """A browser without script: keeps cookies, sends forms, follows redirects inside the site."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    page: Answer | None = None

    def get(self, path: str, *, follow: bool = True) -> Answer:
        return self._asked("GET", path, follow=follow)

    def send(self, path: str = "", *, follow: bool = True, **fields: str) -> Answer:
        """Send the form that is shown, with these answers."""
        assert self.page
        given = {**self.page.hidden(), **fields}
        return self._asked("POST", path or self.page.action(), body=urlencode(given), follow=follow)

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Ask once, as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        standing = {"Host": f"localhost:{self.port}", **({"Cookie": cookies} if cookies else {}), **self.headers}
        connection.request(method, path, body=body or None, headers={**standing, **headers})
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self._take_cookie(value)
        found = {name.lower(): value for name, value in response.getheaders()}
        connection.close()
        return Answer(status=response.status, headers=found, text=text, path=path)

    def walk(self, *, to: str = "/form/check", **changed: dict[str, str]) -> Answer:
        """Answer every question up to a page."""
        page = self.get("/form/device")
        while urlsplit(page.path).path != to:
            step = page.action().split("/")[2].partition("?")[0]
            answers = {} if page.action().endswith("/note") else {**ANSWERS, **changed}[step]
            page = self.send(**answers)
            assert page.status == 200, (page.status, page.text)
        return page

    def _asked(self, method: str, path: str, *, body: str = "", follow: bool) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self.page = self.request(method, path, body.encode(), **kind)
        where = self.page.headers.get("location", "")
        if follow and self.page.status in {301, 302, 303} and where.startswith("/"):
            return self._asked("GET", where, follow=True)
        return self.page

    def _take_cookie(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            self.flags[name] = line
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
