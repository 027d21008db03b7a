"""Each part of the ranking that the ablation leaves out can be left out."""

from __future__ import annotations

import pytest
from conftest import by_signs

from benchmarks.ablation import PARTS


@pytest.mark.parametrize("part", PARTS)
def test_a_search_without_a_part_still_finds(library, part):
    with PARTS[part]():
        assert by_signs(library).search("How much does the tram cost?")
