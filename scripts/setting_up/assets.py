"""How are the front-end files made? npm packages by lock file, one style sheet by Sass, files copied by name; whole or not at all."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from setting_up import stamps
from setting_up.node import Node, find_node
from setting_up.places import BUILT, NODE_MODULES, ROOT, STATE, STATIC
from setting_up.problem import SetUpProblem
from setting_up.running import run, run_over_network, told

SHEET = STATIC / "src" / "govuk.scss"
COPIES = {
    "govuk-frontend.js": "govuk-frontend/dist/govuk/govuk-frontend.min.js",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet.js": "leaflet/dist/leaflet.js",
    "protomaps-leaflet.js": "protomaps-leaflet/dist/protomaps-leaflet.js",
}
"""What is served, by the name it gets → where npm put it."""
MODULES = {"protomaps-leaflet.js": "protomapsL"}
"""What is a script that sets a name, and is served as a module that gives what the name stands for: our policy lets only modules in."""
SHIPPED = (
    *("govuk-frontend", "htmx.org", "leaflet", "protomaps-leaflet"),
    # What protomaps-leaflet's one file holds besides its own.
    *("@mapbox/point-geometry", "@mapbox/vector-tile", "@protomaps/basemaps", "color2k", "fflate", "pbf", "pmtiles"),
    *("potpack", "quickselect", "rbush"),
)
"""The packages whose text ends up in what we serve."""
MIT = Path(__file__).with_name("mit.txt")
BSD = Path(__file__).with_name("bsd-3.txt")
HOLDERS = {
    "@protomaps/basemaps": "Copyright 2019-2023 Protomaps LLC, Kelso Cartography",
    "pmtiles": "Copyright 2021 Protomaps LLC",
}
"""Whose rights packages under that licence without a copy of it are, as their repositories say."""
NPM = ("ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error")
PATIENCE = (
    "--fetch-retries=2",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
    "--fetch-timeout=120000",
)
INPUTS = [ROOT / "package.json", ROOT / "package-lock.json", SHEET, MIT, BSD, Path(__file__)]


def build() -> None:
    """
    Build the front-end files, if any of what they are made from has changed.

    :raises SetUpProblem: if a package lacks what we serve of it, or a program fails
    """
    digest = stamps.digest_of(files=INPUTS)
    if stamps.is_done("assets", digest) and BUILT.is_dir():
        return
    stamps.forget("assets")
    node = find_node()
    _install_packages(node)
    with told("build the front-end files"):
        _replace(BUILT, _compile(node))
    stamps.mark_done("assets", digest)


def _install_packages(node: Node) -> None:
    digest = stamps.digest_of(files=[ROOT / "package.json", ROOT / "package-lock.json"])
    if stamps.is_done("npm", digest) and NODE_MODULES.is_dir():
        return
    stamps.forget("npm")
    with told("install the front-end packages"):
        run_over_network([*node.npm, *NPM, *PATIENCE], variables=node.variables)
    stamps.mark_done("npm", digest)


def _compile(node: Node) -> Path:
    made = STATE / "built"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    sass = [node.program, str(NODE_MODULES / "sass" / "sass.js"), "--no-source-map", "--style=compressed"]
    run([*sass, f"--load-path={NODE_MODULES}", str(SHEET), str(made / "govuk.css")], variables=node.variables)
    for name, source in COPIES.items():
        (made / name).write_text(_as_served(name, _without_map(NODE_MODULES / source)), encoding="utf-8")
    (made / "LICENCES.txt").write_text("\n\n".join(map(_licence, SHIPPED)), encoding="utf-8")
    return made


def _without_map(path: Path) -> str:
    """Neither maps nor pictures of packages are served: a browser would ask in vain, and a strict static store would refuse the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SetUpProblem(
            f"{path.relative_to(ROOT)} is not in its package any more: see COPIES in assets.py."
        ) from None
    text = text.partition("//# sourceMappingURL=")[0].rstrip() + "\n"
    return re.sub(r"url\((?!#)[^)]*\)", "none", text) if path.suffix == ".css" else text


def _as_served(name: str, text: str) -> str:
    given = MODULES.get(name)
    if given and f"var {given}=" not in text:
        raise SetUpProblem(f"{name} does not set {given} any more: see MODULES in assets.py.")
    return f"{text}export default {given};\n" if given else text


def _licence(package: str) -> str:
    folder = NODE_MODULES / package
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    own = next(iter(sorted(folder.glob("LICEN[CS]E*"))), None)
    text = own.read_text(encoding="utf-8") if own else _standard_text(about, folder)
    home = about.get("homepage") or f"https://www.npmjs.com/package/{package}"
    return f"{about['name']} {about['version']} ({about['license']})\n{home}\n\n{text.strip()}\n"


def _standard_text(about: dict[str, Any], folder: Path) -> str:
    """Return what the package says of its licence, and that licence's text: the package has no copy of it."""
    if about["license"] == "BSD-3-Clause" and about["name"] in HOLDERS:
        return f"{HOLDERS[about['name']]}\n\n{BSD.read_text(encoding='utf-8')}"
    if about["license"] != "MIT":
        raise SetUpProblem(
            f"The licence of {about['name']} is now {about['license']}, and the package has no copy of it."
        )
    said = (folder / "README.md").read_text(encoding="utf-8").partition("## Licence")[2].partition("\n## ")[0]
    return f"{said.strip()}\n\n{MIT.read_text(encoding='utf-8')}"


def _replace(place: Path, made: Path) -> None:
    """A rename each way: who looks sees the old files, the new ones, or for an instant none, never half of them."""
    old = STATE / "built-before"
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    made.rename(place)
    shutil.rmtree(old, ignore_errors=True)
