"""Faults, one at each place where something is written, and whether all is there afterwards.

`acts` has what is done to a library and what must be true of it before, amid and after; `forking`
does that in a process of its own, in which a fault strikes; `damage` harms the files of an index;
`shim.c` makes faults of the operating system. `python -m torture` (`make torture`) tries
them all, as far as the time goes; tests/test_index_faults.py tries those that are quick.
"""
