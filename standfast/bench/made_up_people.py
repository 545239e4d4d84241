"""
Which persons are searched for in the identity bench, and how are they misheard?

Everybody is made up from a seed: families at addresses, twins, strangers of the same name, names as unevenly common as in Britain.
The lists here were written apart from the look-up's own nickname table, which does not hold all of the short forms used here.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, count


def _listed(words: str) -> list[str]:
    return words.split()


GIVEN = _listed(
    "Oliver George Harry Jack Jacob Noah Charlie Muhammad Thomas Oscar William James Leo Alfie Henry Joshua Freddie Archie Ethan Isaac "
    "Alexander Joseph Edward Samuel Max Logan Lucas Daniel Theo Arthur Mohammed Benjamin Adam Finley Zachary David Dylan Luke Matthew "
    "Michael John Paul Andrew Mark Peter Stephen Steven Richard Robert Christopher Anthony Kevin Gary Ian Alan Brian Keith Graham Colin "
    "Derek Barry Kenneth Raymond Dennis Roy Terence Trevor Philip Simon Nigel Martin Jonathan Nicholas Stuart Neil Darren Lee Jason Craig "
    "Wayne Dean Carl Scott Gareth Ryan Liam Sean Aaron Nathan Ashley Callum Connor Jordan Kieran Imran Ali Ahmed Hassan Tariq Usman Piotr "
    "Tomasz Marek Olivia Amelia Emily Ava Isla Jessica Poppy Isabella Sophie Mia Ruby Lily Grace Evie Sophia Ella Scarlett Chloe Charlotte "
    "Freya Isabelle Phoebe Florence Alice Daisy Margaret Mary Susan Patricia Linda Christine Barbara Jean Janet Ann Carol Maureen Sandra "
    "Pauline Sheila Joan Dorothy Jacqueline Julie Karen Tracey Sharon Deborah Helen Jane Elizabeth Catherine Sarah Nicola Claire Lisa "
    "Michelle Samantha Rebecca Rachel Emma Laura Victoria Gemma Kelly Stephanie Natalie Jennifer Hannah Amy Lauren Danielle Bethany Megan "
    "Eleanor Georgia Abigail Lucy Molly Holly Katie Amber Aisha Fatima Zainab Priya Katarzyna Anna Agnieszka Valerie Beryl Doreen Hilary"
)
FAMILY = _listed(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood Jackson "
    "Clarke Patel Khan Harrison Clark Lewis Turner Hughes Edwards Hill Moore Cooper Ward Martin Morris Harris Baker Allen King Lee Scott "
    "Bennett Carter Phillips Watson Morgan Bailey Parker Cook Shaw Price Griffiths Young Marshall Simpson Cox Richardson Mitchell Bell "
    "Richards Adams Ellis Hussain Ahmed Begum Ali Mason Hunt Holmes Mills Palmer Rogers Gibson Matthews Knight Lloyd Stevens Barker Butler "
    "Russell Fisher Jenkins Murphy Barnes Powell Webb Pearson Chapman Reynolds Dixon Andrews Foster Harvey Stone Ford Burton Atkinson "
    "Fletcher Graham Howard Bradley Lawson Rhodes Gallagher Walsh Byrne Kelly Murray Kennedy Ryan Burns Stewart Campbell Anderson Reid "
    "Hamilton Wallace Singh Kaur Sharma Shah Akhtar Mahmood Malik Kowalski Nowak Wisniewski Bloor Colclough Machin Salt Brindley Wedgwood "
    "Adderley Boulton Cartlidge Tunnicliffe Shufflebotham Sherratt Podmore Rowley Heath Mellor Beech Proctor Leese Bourne Steele"
)
_FIRST_HALVES = _listed(
    "Ash Black Brad Broad Burn Carl Chad Charl Clay Cran Dal Darn East El Fair Far Gold Green Had Hales Ham Hart Hay Hol Hurst Kirk Lang "
    "Lin Long Mal Mar Mid Nor Oak Pen Pres Rad Red Rook Rush Sand Shel Stan Star Stock Strat Sut Thorn Tun Wal War Wes Whit Win Wool Wyn"
)
_LAST_HALVES = _listed(
    "bourne bridge brook burn bury by combe cote croft dale den don field ford gate grove ham head hill holt house hurst land ley low man "
    "mere more ness pool ridge shaw stead stock ston ter thorpe ton wall ward water way well wick wood worth yard"
)
_STREETS = _listed(
    "High Church Station Mill Park Victoria Queen King London Chapel Albert Meadow Grange Moor Canal Pottery Kiln Furnace"
)
_KINDS = _listed("Street Road Lane Close Avenue Drive")
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
SHORT_FORMS = {
    "William": "Bill Will Billy Liam",
    "Robert": "Bob Rob Bobby",
    "Richard": "Dick Rick Rich",
    "Elizabeth": "Liz Beth Betty Lizzie",
    "Margaret": "Maggie Peggy Meg Madge",
    "Catherine": "Kate Cathy Cath Katie",
    "Christopher": "Chris Kit",
    "Michael": "Mike Mick Micky",
    "Thomas": "Tom Tommy",
    "James": "Jim Jimmy Jamie",
    "John": "Jack Johnny",
    "Joseph": "Joe Joey",
    "Edward": "Ted Ed Eddie Ned",
    "Alexander": "Alex Sandy Xander",
    "Samuel": "Sam Sammy",
    "Samantha": "Sam Sammy",
    "Daniel": "Dan Danny",
    "Benjamin": "Ben Benny",
    "Matthew": "Matt Matty",
    "Andrew": "Andy Drew",
    "Anthony": "Tony Ant",
    "Stephen": "Steve Ste",
    "Steven": "Steve Stevie",
    "Kenneth": "Ken Kenny",
    "Raymond": "Ray",
    "Dennis": "Den Denny",
    "Terence": "Terry Tel",
    "Philip": "Phil Pip",
    "Jonathan": "Jon Jonny",
    "Nicholas": "Nick Nicky",
    "Stuart": "Stu",
    "Martin": "Marty",
    "David": "Dave Davy Dai",
    "Peter": "Pete",
    "Patricia": "Pat Trish Tricia",
    "Susan": "Sue Susie",
    "Christine": "Chris Chrissie Tina",
    "Barbara": "Barb Babs",
    "Jacqueline": "Jackie Jacqui",
    "Deborah": "Debbie Deb",
    "Dorothy": "Dot Dolly",
    "Victoria": "Vicky Tori",
    "Rebecca": "Becky Bex",
    "Rachel": "Rach",
    "Stephanie": "Steph",
    "Jennifer": "Jenny Jen",
    "Natalie": "Nat",
    "Abigail": "Abi Abby",
    "Eleanor": "Ellie Nell Nora",
    "Florence": "Flo Florrie",
    "Isabella": "Bella Izzy",
    "Charlotte": "Lottie Charlie",
    "Harry": "Haz",
    "George": "Georgie Dod",
    "Henry": "Harry Hal",
    "Joshua": "Josh",
    "Zachary": "Zac Zach",
    "Gareth": "Gaz",
    "Kevin": "Kev",
    "Derek": "Del",
    "Muhammad": "Mo Mohammad",
    "Katarzyna": "Kasia",
    "Agnieszka": "Aga",
    "Tomasz": "Tomek",
    "Valerie": "Val",
    "Hilary": "Hils",
    "Sharon": "Shaz",
    "Tracey": "Trace",
    "Maureen": "Mo",
    "Pauline": "Paula",
    "Sandra": "Sandy",
}
SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("wr", "r"),
    ("kn", "n"),
    ("ie", "y"),
    ("ey", "y"),
    ("ee", "ea"),
    ("ea", "ee"),
    ("ai", "ay"),
    ("ay", "ai"),
    ("ll", "l"),
    ("tt", "t"),
    ("ss", "s"),
    ("nn", "n"),
    ("mm", "m"),
    ("rr", "r"),
    ("th", "t"),
    ("gh", "g"),
    ("wh", "w"),
    ("x", "ks"),
    ("c", "k"),
    ("z", "s"),
    ("v", "ph"),
    ("i", "y"),
    ("y", "i"),
    ("er", "ar"),
    ("or", "er"),
    ("on", "en"),
    ("en", "an"),
    ("u", "oo"),
    ("l", "ll"),
)
NOISE = {"one_edit": 40, "two_edits": 20, "phonetic": 15, "swapped_names": 10, "nickname": 10, "wrong_birth_digit": 5}
_SIZES, _SIZE_WEIGHTS = (1, 2, 3, 4, 5, 6), (28, 34, 16, 14, 6, 2)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_TODAY = date(2026, 11, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeUpPerson:
    """Somebody made up, with what would be on record of them."""

    given: str
    family: str
    born_on: date
    numbers: tuple[str, ...]
    address_lines: str
    postcode: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Misheard:
    """What was told of somebody, with the noise it carries; `index` is the person's place among all made up."""

    index: int
    noise: str
    name: str
    born_on: date
    phone: str
    address_text: str
    postcode: str


def made_up_people(*, persons: int, seed: int) -> list[MadeUpPerson]:
    """Return that many persons in households; about one in sixty is a twin, one in fifty a stranger with another's very name."""
    rng = random.Random(seed)
    families = [*FAMILY, *_made_up_families(rng)]
    draw = _Draw(
        rng=rng,
        families=families,
        family_weights=list(accumulate(1 / (rank + 12) for rank in range(len(families)))),
        given_weights=list(accumulate(1 / (rank + 25) for rank in range(len(GIVEN)))),
        given=rng.sample(GIVEN, len(GIVEN)),
    )
    people: list[MadeUpPerson] = []
    for house in count():
        people += _household(draw, house)
        if len(people) >= persons:
            break
    people = people[:persons]
    for index in rng.sample(range(persons), persons // 50):
        namesake = people[rng.randrange(persons)]
        people[index] = replace(people[index], given=namesake.given, family=namesake.family)
    return people


def misheard(people: list[MadeUpPerson], indexes: list[int], *, seed: int) -> Iterator[Misheard]:
    """
    Yield what is told of these persons, noise in the settled shares.

    Name and birth date are always told; a postcode or whole address by half, a tenth of them since moved; a number by three in ten,
    of which six in ten are on record for the person.
    """
    rng = random.Random(seed)
    for index, kind in zip(indexes, _kinds(people, indexes, rng), strict=True):
        person = people[index]
        told_phone = rng.random() < 0.3
        known = told_phone and person.numbers and rng.random() < 0.6
        home = people[rng.randrange(len(people))] if rng.random() < 0.1 else person
        place = rng.random()
        yield Misheard(
            index=index,
            noise=kind,
            name=_noisy_name(person, kind, rng),
            born_on=_wrong_digit(person.born_on, rng) if kind == "wrong_birth_digit" else person.born_on,
            phone=person.numbers[0] if known else _mobile(rng) if told_phone else "",
            address_text=home.address_lines if place < 0.25 else "",
            postcode=home.postcode if place < 0.5 else "",
        )


def _kinds(people: list[MadeUpPerson], indexes: list[int], rng: random.Random) -> list[str]:
    # Only a name that has short forms can be told by one: those kinds go to such persons first, so that the shares hold.
    shares = NOISE.items()
    drawn = [kind for kind, share in shares for _ in range(round(len(indexes) * share / sum(NOISE.values())))]
    drawn = (drawn + ["one_edit"] * len(indexes))[: len(indexes)]
    places = rng.sample(range(len(indexes)), len(indexes))
    places.sort(key=lambda place: people[indexes[place]].given not in SHORT_FORMS)
    nicknames = drawn.count("nickname")
    rest = [kind for kind in drawn if kind != "nickname"]
    rng.shuffle(rest)
    chosen = dict(zip(places, ["nickname"] * nicknames + rest, strict=True))
    return [chosen[place] for place in range(len(indexes))]


@dataclass(frozen=True, kw_only=True)
class _Draw:
    rng: random.Random
    families: list[str]
    family_weights: list[float]
    given: list[str]
    given_weights: list[float]

    def a_family(self) -> str:
        return self.rng.choices(self.families, cum_weights=self.family_weights)[0]

    def a_given(self) -> str:
        return self.rng.choices(self.given, cum_weights=self.given_weights)[0]


def _made_up_families(rng: random.Random) -> list[str]:
    made = {first + last for first in _FIRST_HALVES for last in _LAST_HALVES}
    made |= {
        f"{family}{ending}" for family in FAMILY for ending in ("son", "man", "s", "ley", "field") if len(family) < 7
    }
    return rng.sample(sorted(made - set(FAMILY)), len(made - set(FAMILY)))


def _household(draw: _Draw, house: int) -> list[MadeUpPerson]:
    rng, family = draw.rng, draw.a_family()
    size = rng.choices(_SIZES, weights=_SIZE_WEIGHTS)[0]
    landline = f"+441782{rng.randrange(100000, 999999)}" if rng.random() < 0.35 else ""
    lines, postcode = _address(house, rng)
    members: list[MadeUpPerson] = []
    for place in range(size):
        adult = place < 2
        age = rng.randrange(18 * 365, 92 * 365) if adult else rng.randrange(0, 25 * 365)
        born_on = _TODAY - timedelta(days=age)
        if place > 2 and rng.random() < 0.12:
            born_on = members[-1].born_on
        mobile = (_mobile(rng),) if rng.random() < (0.75 if adult else 0.3) else ()
        members.append(
            MadeUpPerson(
                given=_other_given(draw, members, born_on),
                family=draw.a_family() if place == 1 and rng.random() < 0.3 else family,
                born_on=born_on,
                numbers=(*mobile, landline) if landline and adult else mobile,
                address_lines=lines,
                postcode=postcode,
            )
        )
    return members


def _other_given(draw: _Draw, members: list[MadeUpPerson], born_on: date) -> str:
    given = draw.a_given()
    while any(each.given == given and each.born_on == born_on for each in members):
        given = draw.a_given()
    return given


def _address(house: int, rng: random.Random) -> tuple[str, str]:
    # Fifteen homes in a row share a street and a postcode.
    row = house // 15
    street = f"{_STREETS[row % len(_STREETS)]} {_KINDS[row // len(_STREETS) % len(_KINDS)]}"
    number = house % 15 * 2 + 1
    letters = _LETTERS[row % 20] + _LETTERS[row // 20 % 20]
    postcode = f"ST{row // 4000 + 1} {row // 400 % 10}{letters}"
    return f"{'Flat 2, ' if rng.random() < 0.05 else ''}{number} {street}", postcode


def _mobile(rng: random.Random) -> str:
    return f"+447{rng.randrange(400_000_000, 999_999_999)}"


def _noisy_name(person: MadeUpPerson, kind: str, rng: random.Random) -> str:
    given, family = person.given, person.family
    if kind == "nickname":
        return f"{rng.choice(SHORT_FORMS[given].split())} {family}"
    if kind == "swapped_names":
        return f"{family} {given}"
    if kind == "phonetic":
        return f"{given} {_respelt(family, rng)}" if rng.random() < 0.6 else f"{_respelt(given, rng)} {family}"
    for _ in range({"one_edit": 1, "two_edits": 2}.get(kind, 0)):
        if rng.random() * (len(given) + len(family)) < len(given):
            given = _edited(given, rng)
        else:
            family = _edited(family, rng)
    return f"{given} {family}"


def _edited(word: str, rng: random.Random) -> str:
    place, letter = rng.randrange(len(word)), rng.choice(_ALPHABET)
    kind = rng.choice("dist") if len(word) > 2 else "i"
    if kind == "d":
        return word[:place] + word[place + 1 :]
    if kind == "i":
        return word[:place] + letter + word[place:]
    if kind == "s":
        return word[:place] + letter + word[place + 1 :]
    place = min(place, len(word) - 2)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _respelt(word: str, rng: random.Random) -> str:
    small = word.lower()
    fitting = [(old, new) for old, new in SOUNDS if old in small]
    if not fitting:
        return word + "e"
    old, new = rng.choice(fitting)
    return small.replace(old, new, 1).capitalize()


def _wrong_digit(day: date, rng: random.Random) -> date:
    digits = f"{day:%Y%m%d}"
    while True:
        place = rng.randrange(2, 8)
        wrong = digits[:place] + rng.choice("0123456789") + digits[place + 1 :]
        try:
            found = date.fromisoformat(f"{wrong[:4]}-{wrong[4:6]}-{wrong[6:]}")
        except ValueError:
            continue
        if found != day:
            return found


@dataclass(frozen=True, kw_only=True)
class SearchCase:
    """Who is put on record, by place among `people`, and what is told of some who are on record and some who are not."""

    people: list[MadeUpPerson]
    on_record: list[int]
    told: list[Misheard]


def search_case(people: list[MadeUpPerson], *, first: int, last: int, searches: int, seed: int) -> SearchCase:
    """Return a case over `people[first:last]`: a sixth of those searched for are kept off the record, their families on it."""
    rng = random.Random(seed)
    places = rng.sample(range(first, last), searches)
    unknown = set(places[: searches // 6])
    return SearchCase(
        people=people,
        on_record=[place for place in range(first, last) if place not in unknown],
        told=list(misheard(people, places, seed=seed + 1)),
    )
