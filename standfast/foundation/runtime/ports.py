"""Can we listen where we are told to?"""

import socket

from standfast.foundation.runtime.problems import RuntimeProblem


def require_free_ports(ports: dict[str, int], *, host: str = "127.0.0.1") -> None:
    """
    Let ports pass that nobody listens on, given by the option that changes each.

    :raises RuntimeProblem: if one cannot be ours, naming the option, or two are the same
    """
    for option, port in ports.items():
        if list(ports.values()).count(port) > 1:
            raise RuntimeProblem(f"Port {port} is given twice; use {option} for another.")
        if not 0 < port < 65536:
            raise RuntimeProblem(f"Port {port} does not exist; use {option} with a number from 1 to 65535.")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                # Only listening meets a server that lets its own workers bind the same port.
                probe.listen(1)
            except PermissionError:
                raise RuntimeProblem(f"Port {port} is for the administrator only; use {option} for another.") from None
            except OSError:
                raise RuntimeProblem(f"Port {port} is taken by another program; use {option} for another.") from None
