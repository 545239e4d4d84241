"""A port that cannot be ours is told before anything starts, with the option that changes it."""

import socket

import pytest

from standfast.foundation.runtime.ports import require_free_ports
from standfast.foundation.runtime.problems import RuntimeProblem


def test_a_taken_port_names_its_option_and_a_free_one_passes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RuntimeProblem, match=f"Port {port} is taken by another program; use --staff-port"):
            require_free_ports({"--staff-port": port})
    require_free_ports({"--staff-port": port})


def test_one_port_wanted_twice_is_refused() -> None:
    with pytest.raises(RuntimeProblem, match="Port 8000 is given twice"):
        require_free_ports({"--staff-port": 8000, "--public-port": 8000})


@pytest.mark.parametrize("port", [0, -1, 70000])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(RuntimeProblem, match="does not exist"):
        require_free_ports({"--staff-port": port})
