"""
Who lives in Knotshire? Made-up households with the history that makes a contact desk worth looking at.

Everything follows from a seed. Numbers come only from the ranges Ofcom keeps for drama: 07700 900000-900999 and 01632 960000-960999.
Ages count from one fixed day, so a person is the same person whichever day the demonstration runs.
"""

import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from random import Random

from standfast.demo.gazetteer import FOLDER, DemoStreet, streets

AGES_COUNT_FROM = date(2026, 4, 1)
HOUSEHOLDS = 190
KNOWN_MOBILES = 700  # the numbers from 07700 900700 on are left for callers nobody knows
KNOWN_LANDLINES = 400
OWN_PHONE_FROM = 11
ADULT = 18
TEENAGER = 12
RETIRED = 66
MOBILE_SHARE = 0.8
LANDLINE_SHARE = 0.35
SHARES_NAME = 0.8
TURNED_ROUND = 0.3
GOES_MISSING = 0.5
RINGS_OFTEN = 0.3
PLAIN_MARKER_SHARE = 0.06


@dataclass(frozen=True, kw_only=True)
class DemoAddress:
    """A dwelling."""

    lines: str
    postcode: str
    lat: float
    lon: float
    number: int
    street: DemoStreet


@dataclass(frozen=True, kw_only=True)
class DemoEarlier:
    """Something that happened before: its kind (contact, incident, crime), one sentence, and how many days before the start."""

    kind: str
    sentence: str
    days_before: int


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """A made-up person; `traits` says what they are in the demonstration for."""

    key: str
    given_name: str
    family_name: str
    sex: str
    born_on: date
    phones: tuple[str, ...]
    household: str
    address: DemoAddress
    traits: frozenset[str] = frozenset()
    markers: tuple[str, ...] = ()
    earlier: tuple[DemoEarlier, ...] = ()

    @property
    def full_name(self) -> str:
        """The name as it is read out."""
        return f"{self.given_name} {self.family_name}"

    @property
    def age(self) -> int:
        """Age in whole years on the day ages count from."""
        had_birthday = (AGES_COUNT_FROM.month, AGES_COUNT_FROM.day) >= (self.born_on.month, self.born_on.day)
        return AGES_COUNT_FROM.year - self.born_on.year - (not had_birthday)


@dataclass(frozen=True, kw_only=True)
class DemoHousehold:
    """The people at one address."""

    key: str
    address: DemoAddress
    people: tuple[DemoPerson, ...]


@dataclass(frozen=True)
class NameGroup:
    """Names that are met together, and the share of households that bear them."""

    share: float
    family: tuple[str, ...]
    female: tuple[str, ...]
    male: tuple[str, ...]


@dataclass(frozen=True)
class _Shape:
    """A way to live together: how often, the age range of each adult, how many children at most, and whether names are shared."""

    weight: int
    adults: tuple[tuple[int, int], ...]
    children: int = 0
    one_name: bool = True


@dataclass(frozen=True)
class _Kin:
    """What the people of one household share; `landline` may be empty."""

    group: NameGroup
    family: str
    address: DemoAddress
    landline: str


_SHAPES = (
    _Shape(5, ((24, 46), (24, 46)), children=3),
    _Shape(3, ((20, 44),), children=2),
    _Shape(4, ((66, 91),)),
    _Shape(3, ((58, 84), (58, 84))),
    _Shape(3, ((22, 60),)),
    _Shape(3, ((21, 38), (21, 38)), one_name=False),
    _Shape(1, ((19, 24), (19, 24), (19, 25)), one_name=False),
    _Shape(
        1,
        ((44, 58), (72, 90)),
    ),
)

_STORIES: dict[str, tuple[tuple[str, str, int], ...]] = {
    "domestic": (
        ("incident", "Domestic incident: argument, both parties spoken to, no complaint made", 300),
        ("incident", "Domestic incident: shouting reported by a neighbour, all quiet on arrival", 120),
        ("crime", "Common assault on a partner, no further action: evidential difficulties", 45),
    ),
    "repeat_caller": (
        ("contact", "Rang about young people at the door; advised to keep a diary", 80),
        ("contact", "Rang about shouting through the letter box; no unit free", 41),
        ("contact", "Rang about damaged flowers; passed to the neighbourhood team", 12),
        ("contact", "Rang about the same group; log closed without a visit", 5),
    ),
    "fraud_victim": (("crime", "Courier fraud; referred on, bank told", 210),),
    "missing_child": (
        ("incident", "Missing from home, found next morning at a friend's", 190),
        ("incident", "Missing from home, found in another town with an older person", 33),
    ),
    "stalked": (("crime", "Harassment without violence by a former partner; warning given", 95),),
    "burgled": (("crime", "Burglary: kitchen door forced, jewellery taken; no suspect", 28),),
    "crisis": (("incident", "Concern for safety: found at the bridge, taken to hospital", 66),),
}
_MARKERS = {
    "domestic": ("domestic_abuse",),
    "crisis": ("self_harm",),
    "stalked": ("protected_address",),
}
_STORY_CODES = ("", "domestic", "fraud_victim", "stalked", "burgled", "crisis")
_STORY_WEIGHTS = (45, 20, 6, 5, 9, 5)
_PLAIN_MARKERS = ("violent", "weapons", "dangerous_dog", "mental_health", "communication")


@cache
def name_groups() -> tuple[NameGroup, ...]:
    """Return the groups of names."""
    content = tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))
    return tuple(
        NameGroup(group["share"], tuple(group["family"]), tuple(group["female"]), tuple(group["male"]))
        for group in content["group"]
    )


@cache
def made_up_households(*, seed: int) -> tuple[DemoHousehold, ...]:
    """Return the households of Knotshire that the force knows: the same for the same seed."""
    return _Town(Random(f"people:{seed}")).households()


@cache
def made_up_people(*, seed: int) -> tuple[DemoPerson, ...]:
    """Return everybody in the made-up households."""
    return tuple(person for household in made_up_households(seed=seed) for person in household.people)


def made_up_name(rng: Random) -> tuple[str, str, str]:
    """Return the given name, family name and sex of somebody nobody knows."""
    group = rng.choices(name_groups(), [group.share for group in name_groups()])[0]
    sex = rng.choice(("female", "male"))
    return rng.choice(group.female if sex == "female" else group.male), rng.choice(group.family), sex


def unknown_number(rng: Random) -> str:
    """Return a drama number that belongs to nobody the force knows."""
    if rng.random() < MOBILE_SHARE:
        return f"07700 900{rng.randrange(KNOWN_MOBILES, 1000):03d}"
    return f"01632 960{rng.randrange(KNOWN_LANDLINES, 1000):03d}"


@dataclass
class _Town:
    # Deals out streets, numbers and stories to households, one after the other, from one random stream.
    rng: Random
    mobiles: list[str] = field(default_factory=list)
    landlines: list[str] = field(default_factory=list)
    taken: set[tuple[str, str, int]] = field(default_factory=set)

    def households(self) -> tuple[DemoHousehold, ...]:
        self.mobiles = [f"07700 900{number:03d}" for number in range(KNOWN_MOBILES)]
        self.landlines = [f"01632 960{number:03d}" for number in range(KNOWN_LANDLINES)]
        self.rng.shuffle(self.mobiles)
        self.rng.shuffle(self.landlines)
        return tuple(self._household(f"H{number:03d}") for number in range(1, HOUSEHOLDS + 1))

    def _household(self, key: str) -> DemoHousehold:
        rng = self.rng
        shape = rng.choices(_SHAPES, [shape.weight for shape in _SHAPES])[0]
        group = rng.choices(name_groups(), [group.share for group in name_groups()])[0]
        landline = self.landlines.pop() if rng.random() < LANDLINE_SHARE else ""
        kin = _Kin(group, rng.choice(group.family), self._address(), landline)
        people = []
        for place, ages in enumerate(shape.adults):
            shares = shape.one_name and (place == 0 or rng.random() < SHARES_NAME)
            bearer = kin if shares else replace(kin, family=rng.choice(group.family))
            people.append(self._person(f"{key}-{place + 1}", kin=bearer, age=rng.randint(*ages), sex=self._sex(place)))
        for child in range(rng.randint(0, shape.children)):
            person = self._person(f"{key}-C{child + 1}", kin=kin, age=rng.randint(1, 16), sex=self._sex(child))
            people.append(replace(person, traits=frozenset({"child"})))
        return DemoHousehold(key=key, address=kin.address, people=self._with_story(people))

    def _sex(self, place: int) -> str:
        # Mostly a woman and a man under one roof, and often enough not.
        return ("female", "male")[(place + (self.rng.random() < TURNED_ROUND)) % 2]

    def _person(self, key: str, *, kin: "_Kin", age: int, sex: str) -> DemoPerson:
        mobile = (self.mobiles.pop(),) if age >= OWN_PHONE_FROM else ()
        landline = (kin.landline,) if kin.landline and age >= ADULT else ()
        return DemoPerson(
            key=key,
            given_name=self.rng.choice(kin.group.female if sex == "female" else kin.group.male),
            family_name=kin.family,
            sex=sex,
            born_on=AGES_COUNT_FROM - timedelta(days=round(age * 365.2425) + self.rng.randrange(1, 364)),
            phones=mobile + landline,
            household=key.split("-", maxsplit=1)[0],
            address=kin.address,
        )

    def _address(self) -> DemoAddress:
        # Few homes a street in the demonstration, so draw until a number is free.
        while True:
            street = self.rng.choices(streets(), [street.place.population for street in streets()])[0]
            number = self.rng.randint(1, 96)
            if (spot := (street.name, street.place.name, number)) not in self.taken:
                self.taken.add(spot)
                break
        return DemoAddress(
            lines=f"{number} {street.name}, {street.place.name}",
            postcode=street.postcode,
            lat=round(street.lat + self.rng.uniform(-0.0009, 0.0009), 5),
            lon=round(street.lon + self.rng.uniform(-0.0015, 0.0015), 5),
            number=number,
            street=street,
        )

    def _with_story(self, people: list[DemoPerson]) -> tuple[DemoPerson, ...]:
        adults = [person for person in people if "child" not in person.traits]
        teenagers = [person for person in people if "child" in person.traits and person.age >= TEENAGER]
        about = adults[0]
        story = self.rng.choices(_STORY_CODES, _STORY_WEIGHTS)[0]
        if teenagers and self.rng.random() < GOES_MISSING:
            story, about = "missing_child", teenagers[0]
        elif about.age >= RETIRED and self.rng.random() < RINGS_OFTEN:
            story = "repeat_caller"
        elif story == "domestic" and len(adults) == 1:
            story = ""
        return tuple(self._touched(person, story if person is about else "") for person in people)

    def _touched(self, person: DemoPerson, story: str) -> DemoPerson:
        markers = _MARKERS.get(story, ())
        if not story and person.age >= ADULT and self.rng.random() < PLAIN_MARKER_SHARE:
            markers = (self.rng.choice(_PLAIN_MARKERS),)
        earlier = tuple(
            DemoEarlier(kind=kind, sentence=sentence, days_before=max(2, days + self.rng.randint(-3, 9)))
            for kind, sentence, days in _STORIES.get(story, ())
        )
        traits = person.traits | ({story} if story else set())
        return replace(person, traits=traits, markers=markers, earlier=earlier)
