"""Who is it, where are they, and what fills the slots of their words? Chosen so that it fits the matter and the people's history."""

from dataclasses import dataclass, replace
from random import Random

from standfast.demo.gazetteer import DemoStreet, streets
from standfast.demo.narratives import Matter
from standfast.demo.people import DemoPerson, made_up_households, made_up_name, made_up_people, unknown_number

KNOWN_SHARE = {"999": 0.35, "101": 0.5, "online": 0.45, "counter": 0.4, "officer": 0.0}
GIVES_NAME = {"999": 0.7, "101": 0.9, "online": 0.85, "counter": 0.95, "officer": 0.0}
HISTORY_SHARE = 0.55
KNOWN_ALL_THE_SAME = 0.2  # of silent calls and misuse
NUMBER_WITHHELD = 0.06
NEAR_HOME = 0.7
OLDER_FROM = 55
YOUNG_TO = 35
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS = (
    "half seven",
    "ten to eight",
    "about nine",
    "quarter past ten",
    "half eleven",
    "twenty to four",
    "just after six",
)
_COLOURS = ("a silver", "a dark blue", "a white", "a red", "a grey", "a black", "a green")
_VEHICLES = ("hatchback", "estate car", "van", "pickup", "small four by four", "saloon")
_HISTORY_FOR = {
    "domestic_now": "domestic",
    "domestic_after": "domestic",
    "asb_vulnerable": "repeat_caller",
    "stalking": "stalked",
    "missing": "missing_child",
    "fraud": "fraud_victim",
    "break_in_after": "burgled",
    "suicide_now": "crisis",
    "mental_health": "crisis",
    "update_wanted": "burgled",
}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The people and the place of one contact. `person` is set when the force knows the caller; empty text is not given."""

    person: DemoPerson | None
    caller_name: str
    phone: str
    relation: str
    place_text: str
    lat: float | None
    lon: float | None
    street: DemoStreet
    number: int
    other: str
    child: str
    child_age: int
    weekday: str
    hour: str
    vehicle: str

    def slots(self) -> dict[str, str]:
        """Return what the slots of a text are filled with; a caller who gave no name never says it."""
        return {
            "name": self.caller_name or "a caller",
            "other": self.other,
            "child": self.child,
            "age": str(self.child_age),
            "number": str(self.number),
            "street": self.street.name,
            "town": self.street.place.name,
            "weekday": self.weekday,
            "hour": self.hour,
            "vehicle": self.vehicle,
        }

    def seen_at(self, scene: "Setting") -> "Setting":
        """Return the same caller, at the scene somebody else reported."""
        return replace(
            self,
            place_text=scene.place_text,
            lat=scene.lat,
            lon=scene.lon,
            street=scene.street,
            number=scene.number,
            vehicle=scene.vehicle,
        )


def choose_setting(rng: Random, *, seed: int, matter: Matter, channel: str) -> Setting:
    """Return who rings about the matter, and where it is."""
    person = _known_caller(rng, seed=seed, matter=matter, channel=channel)
    home = person.address if person else None
    street = home.street if home and matter.where == "home" else _street_near(rng, person)
    number = home.number if home and matter.where == "home" else rng.randint(1, 96)
    lat, lon = (home.lat, home.lon) if home and matter.where == "home" else _beside(rng, street)
    other, child, child_age = _people_around(rng, seed=seed, person=person)
    nowhere = matter.where == "none"
    return Setting(
        person=person,
        caller_name=_name_given(rng, person=person, matter=matter, channel=channel),
        phone=_number_shown(rng, person=person, channel=channel),
        relation=matter.relation,
        place_text="" if nowhere else _place_text(matter, street, number),
        lat=None if nowhere else lat,
        lon=None if nowhere else lon,
        street=street,
        number=number,
        other=other,
        child=child,
        child_age=child_age,
        weekday=rng.choice(_WEEKDAYS),
        hour=rng.choice(_HOURS),
        vehicle=f"{rng.choice(_COLOURS)} {rng.choice(_VEHICLES)}",
    )


def _known_caller(rng: Random, *, seed: int, matter: Matter, channel: str) -> DemoPerson | None:
    if matter.caller in {"none", "unknown"} and not (matter.caller == "unknown" and rng.random() < KNOWN_ALL_THE_SAME):
        return None
    people = [person for person in made_up_people(seed=seed) if person.phones and "child" not in person.traits]
    history = _HISTORY_FOR.get(matter.code)
    if history and rng.random() < HISTORY_SHARE:
        with_story = {person.household for person in made_up_people(seed=seed) if history in person.traits}
        touched = [person for person in people if person.household in with_story]
        if history != "missing_child":
            touched = [person for person in touched if history in person.traits]
        return rng.choice(touched) if touched else None
    if rng.random() >= KNOWN_SHARE[channel]:
        return None
    fitting = [person for person in people if _suits(person, matter.caller)]
    return rng.choice(fitting or people)


def _suits(person: DemoPerson, wanted: str) -> bool:
    if wanted == "older":
        return person.age >= OLDER_FROM
    if wanted == "young":
        return person.age <= YOUNG_TO
    return True


def _name_given(rng: Random, *, person: DemoPerson | None, matter: Matter, channel: str) -> str:
    if matter.caller in {"unknown", "none"} or rng.random() >= GIVES_NAME[channel]:
        return ""
    if person:
        return person.full_name
    given, family, _ = made_up_name(rng)
    return f"{given} {family}"


def _number_shown(rng: Random, *, person: DemoPerson | None, channel: str) -> str:
    if channel in {"counter", "officer"} or rng.random() < NUMBER_WITHHELD:
        return ""
    return person.phones[0] if person else unknown_number(rng)


def _people_around(rng: Random, *, seed: int, person: DemoPerson | None) -> tuple[str, str, int]:
    given, _, _ = made_up_name(rng)
    child, _, _ = made_up_name(rng)
    age = rng.randint(4, 15)
    if person:
        household = next(h for h in made_up_households(seed=seed) if h.key == person.household)
        for one in household.people:
            if "child" in one.traits:
                child, age = one.given_name, one.age
            elif one is not person:
                given = one.given_name
    return given, child, age


def _street_near(rng: Random, person: DemoPerson | None) -> DemoStreet:
    # People mostly ring about where they live and go.
    if person and rng.random() < NEAR_HOME:
        return rng.choice(
            [street for street in streets() if street.place.district == person.address.street.place.district]
        )
    return rng.choices(streets(), [street.place.population for street in streets()])[0]


def _beside(rng: Random, street: DemoStreet) -> tuple[float, float]:
    return round(street.lat + rng.uniform(-0.001, 0.001), 5), round(street.lon + rng.uniform(-0.0016, 0.0016), 5)


def _place_text(matter: Matter, street: DemoStreet, number: int) -> str:
    if matter.where == "town":
        return street.place.name
    if matter.where == "home":
        return f"{number} {street.name}, {street.place.name}, {street.postcode}"
    return f"{street.name}, {street.place.name}"
