"""A process starts with settings it understands and secrets of its own, or says in one sentence what is wrong."""

import pytest

from standfast.config.environment import BadEnvironment, Environment, read_environment, refuse_missing_secrets


def test_an_unknown_or_misspelt_setting_is_refused_by_its_name() -> None:
    with pytest.raises(BadEnvironment, match="STANDFAST_HOTS is no variable of Standfast; is STANDFAST_HOSTS meant"):
        read_environment({"STANDFAST_HOTS": "localhost"})


@pytest.mark.parametrize(("name", "value"), [("POOL_SIZE", "none"), ("PROCESS", "stuff"), ("DEMO", "perhaps")])
def test_a_setting_of_the_wrong_kind_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(BadEnvironment, match=f"STANDFAST_{name}"):
        read_environment({f"STANDFAST_{name}": value})


@pytest.mark.parametrize("missing", ["secret_key", "reference_secret"])
def test_a_serving_process_without_a_secret_does_not_start(missing: str) -> None:
    secrets = {"secret_key": "a", "reference_secret": "b", missing: ""}
    with pytest.raises(BadEnvironment, match=missing.upper()):
        refuse_missing_secrets(Environment(process="intake", **secrets))
    refuse_missing_secrets(Environment(process="intake", secret_key="a", reference_secret="b"))
