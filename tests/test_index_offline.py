"""The guard of conftest.py: what it refuses, and what it lets through."""

from __future__ import annotations

import socket

import pytest

ADDRESS = ("192.0.2.1", 9)  # TEST-NET-1, which nobody owns


def test_another_machine_is_refused_and_kept(outside):
    """connect, connect_ex and a name looked up are each refused, and each would fail the test."""
    with socket.socket() as one, pytest.raises(OSError, match="reached for the network"):
        one.connect(ADDRESS)
    with socket.socket() as two, pytest.raises(OSError, match="reached for the network"):
        two.connect_ex(ADDRESS)
    with pytest.raises(OSError, match="reached for the network"):
        socket.create_connection(("example.org", 443))
    assert outside == [ADDRESS, ADDRESS, "example.org"]
    outside.clear()


def test_this_machine_is_let_through(outside, tmp_path):
    """Loopback and Unix sockets work, by address and by name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("localhost", port)).close()
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", port)) == 0
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
    assert outside == []
