"""What .ci/run and .ci/release call: that it fails where it checked nothing, and leaves nothing out."""

from __future__ import annotations

import pytest
from torture.__main__ import Count, _told


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"tried": 3}, 0, ""),
        ({"tried": 0}, 1, "NOT TRIED: calls that fail"),
        ({"tried": 3, "lost": ["sync, call 2"]}, 1, "NOT SURVIVED: sync, call 2"),
    ],
)
def test_torture_that_tried_nothing_of_a_kind_has_failed(capsys, more, code, said):
    """As one has that lost something."""
    counts = [Count("kills", tried=1), Count("calls that fail", **more)]
    assert _told(counts) == code
    assert said in capsys.readouterr().out
