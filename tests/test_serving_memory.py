"""What the C library keeps of memory that is free: asked of itself, in a process of its own."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest
from conftest import ROOT

from serving.memory import give_back

PIECE = 4 << 20
ASKS = f"""
import ctypes
from serving.memory import keep_little

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "abcd"] + [("mapped", ctypes.c_size_t)]
    _fields_ += [(name, ctypes.c_size_t) for name in "efghi"]

c = ctypes.CDLL(None)
c.malloc.restype, c.mallinfo2.restype = ctypes.c_void_p, Info
c.free.argtypes = [ctypes.c_void_p]
if KEEPS_LITTLE:
    keep_little()
for _ in range(2):
    before = c.mallinfo2().mapped
    piece = c.malloc({PIECE})
    print(c.mallinfo2().mapped - before >= {PIECE}, end=" ")
    c.free(piece)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallinfo2"),
    reason="this is the C library of Linux from 2021 on",
)
@pytest.mark.parametrize(("keeps_little", "own"), [(False, "True False"), (True, "True True")])
def test_a_large_piece_goes_back_to_the_system_each_time(keeps_little, own):
    code = ASKS.replace("KEEPS_LITTLE", str(keeps_little))
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == own.split()


def test_memory_is_given_back_where_the_system_takes_it():
    give_back()
