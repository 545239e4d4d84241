"""Does every table stand in the migrations as it stands in the models? Asked of the files alone, without a database."""

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

OURS = sorted(each.label for each in apps.get_app_configs() if each.name.startswith("standfast."))


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def lacking(loader: MigrationLoader, wanted: ProjectState) -> dict[str, list[str]]:
    """Return what a migration would still have to change, by capability."""
    changes = MigrationAutodetector(loader.project_state(), wanted).changes(graph=loader.graph)
    return {
        label: [operation.describe() for each in found for operation in each.operations]
        for label, found in changes.items()
        if label in OURS
    }


def test_no_model_has_changed_without_a_migration(loader: MigrationLoader) -> None:
    assert lacking(loader, ProjectState.from_apps(apps)) == {}


@pytest.mark.parametrize("label", OURS)
def test_the_migrations_of_a_capability_are_one_line(label: str, loader: MigrationLoader) -> None:
    assert len(loader.graph.leaf_nodes(label)) <= 1


def test_a_column_nobody_migrated_is_seen(loader: MigrationLoader) -> None:
    wanted = ProjectState.from_apps(apps)
    wanted.add_field("parties", "person", "forgotten", models.TextField(default=""), preserve_default=True)
    assert lacking(loader, wanted) == {"parties": ["Add field forgotten to person"]}
