"""What is kept of areas, the hexagons that find them, and named places?"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.places.rules.settlement import Settlement


class AreaKind(Choice):
    """What kind of area it is."""

    DISTRICT = "district", "District"
    CELL = "cell", "Hexagon"
    BOUNDARY = "boundary", "Imported boundary"


class PlaceKind(Choice):
    """What kind of place it is; the order is the order in which namesakes are offered."""

    CITY = "city", "City"
    TOWN = "town", "Town"
    VILLAGE = "village", "Village"
    ESTATE = "estate", "Estate"
    LANDMARK = "landmark", "Landmark"
    STREET = "street", "Street"


class Area(models.Model):
    """
    A piece of the force's ground: a district, a hexagon, or a boundary the force imported.

    An area without a boundary is exactly the hexagons that point at it. `source` says which file or release it came from.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=AreaKind.pairs())
    parent_code = models.CharField(max_length=40, blank=True)
    urban_rural = models.CharField(max_length=10, choices=Settlement.pairs(), blank=True)
    population = models.PositiveIntegerField(null=True)
    centre_lat = models.FloatField()
    centre_lon = models.FloatField()
    size_km2 = models.FloatField()
    boundary = models.JSONField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="places_an_area_has_a_code"),
            models.CheckConstraint(condition=Q(size_km2__gt=0), name="places_an_area_has_a_size"),
            models.CheckConstraint(
                condition=Q(centre_lat__range=(-90, 90), centre_lon__range=(-180, 180)),
                name="places_the_centre_of_an_area_is_on_earth",
            ),
        ]
        indexes = [models.Index(fields=["kind", "code"], name="places_areas_by_kind")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class AreaCell(models.Model):
    """One look-up hexagon that holds ground of an area. On a border several areas share one."""

    id = models.BigAutoField(primary_key=True)
    cell = models.CharField(max_length=16)
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="cells")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cell", "area"], name="places_a_cell_stands_once_for_an_area"),
        ]

    def __str__(self) -> str:
        return self.cell


class GazetteerEntry(models.Model):
    """
    A named place: a town, an estate, a street, a landmark.

    `within` is the town or estate a street lies in, empty for the rest. `folded` is the name as it is compared.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    within = models.CharField(max_length=200, blank=True)
    folded = models.CharField(max_length=400, db_collation="C")
    kind = models.CharField(max_length=10, choices=PlaceKind.pairs())
    area = models.ForeignKey(Area, null=True, on_delete=models.SET_NULL, related_name="+")
    lat = models.FloatField()
    lon = models.FloatField()
    population = models.PositiveIntegerField(default=0)
    urban_rural = models.CharField(max_length=10, choices=Settlement.pairs(), blank=True)
    words = models.GeneratedField(
        expression=SearchVector(F("folded"), config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name", "within"],
                name="places_a_place_stands_once_in_its_town",
            ),
        ]
        indexes = [GinIndex(fields=["words"], name="places_by_their_words")]

    def __str__(self) -> str:
        return f"{self.name}, {self.within}" if self.within else self.name
