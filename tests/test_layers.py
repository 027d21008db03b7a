"""The arrows between modules, read off their imports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "rag", "page", "serving")
FILES = [
    *(path for package in PACKAGES for path in sorted(ROOT.glob(f"{package}/**/*.py"))),
    *sorted(ROOT.glob("tabs/*.py")),
    ROOT / "app.py",
]


@dataclass(frozen=True)
class Import:
    """One import: the file it stands in, the absolute module, the function around it."""

    file: str
    module: str
    inside: str | None

    @property
    def package(self) -> str:
        return self.module.split(".")[0]


def imports_of(path: Path, root: Path = ROOT) -> list[Import]:
    file = path.relative_to(root).as_posix()
    here = file.removesuffix(".py").split("/")

    def walk(node: ast.AST, inside: str | None) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(file, name.name, inside) for name in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = here[: len(here) - child.level] if child.level else []
                module = ".".join([*base, *filter(None, [child.module])])
                yield Import(file, module, inside)
                yield from (Import(file, f"{module}.{name.name}", inside) for name in child.names)
            elif isinstance(child, ast.Call) and ast.unparse(child.func).endswith(
                ("import_module", "__import__")
            ):
                named = child.args[0].value if isinstance(child.args[0], ast.Constant) else "?"
                yield Import(file, str(named), inside)
            name = child.name if isinstance(child, ast.FunctionDef) else inside
            yield from walk(child, name)

    return list(walk(ast.parse(path.read_text(encoding="utf-8")), None))


IMPORTS = [found for path in FILES for found in imports_of(path)]


def test_imports_are_read_absolute_with_the_function_around_them(tmp_path):
    """Relative, lazy and dynamic imports are all seen, so that the tests below can be trusted."""
    path = tmp_path / "index" / "parse" / "text.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "from ..dates import x\nfrom . import labels\n"
        "def f():\n    import rag.cli\n    importlib.import_module('app')\n",
        encoding="utf-8",
    )
    assert [(found.module, found.inside) for found in imports_of(path, tmp_path)] == [
        ("index.dates", None),
        ("index.dates.x", None),
        ("index.parse", None),
        ("index.parse.labels", None),
        ("rag.cli", "f"),
        ("app", "f"),
    ]


@pytest.mark.parametrize(
    ("package", "above"),
    [
        ("index", {"rag", "page", "serving", "tabs", "app"}),
        ("rag", {"page", "tabs"}),
        ("page", {"app", "serving", "tabs", "gradio"}),
        ("serving", {"app", "tabs", "gradio"}),
        ("tabs", {"app", "serving"}),
    ],
)
def test_nothing_flows_back(package, above):
    """files -> index -> rag -> page -> tabs and serving -> app; of these only tabs knows gradio."""
    back = [i for i in IMPORTS if i.file.startswith(f"{package}/") and i.package in above]
    assert back == []


def test_rag_knows_app_only_to_serve_it():
    """Nothing flows back into rag, but that commands start a server when they are run."""
    back = [i for i in IMPORTS if i.file.startswith("rag/") and i.package in ("app", "serving")]
    assert {(i.file, i.inside, i.package) for i in back} == {
        ("rag/cli/serving.py", "serve", "app"),
        *(
            ("rag/cli/serving.py", name, "serving")
            for name in ("serve", "mcp", "add_user", "remove_user")
        ),
    }


@pytest.mark.parametrize(
    ("package", "owner"),
    [
        ("faiss", "index/vectors.py"),
        ("selectolax", "index/parse/containers/html_blocks.py"),
        ("pypdfium2", "index/parse/containers/pdf_file.py"),
        ("docx", "index/parse/containers/docx.py"),
        ("yaml", "index/parse/text/front_matter.py"),
        ("sentence_transformers", "index/embed.py"),
        ("tokenizers", "index/encoder.py"),
        ("sqlite3", "index/database.py"),
        ("filelock", "index/lock.py"),
        ("nupunkt", "index/sentences.py"),
        ("charset_normalizer", "index/parse/decode.py"),
        ("httpx", "rag/llm.py"),
        ("watchfiles", "index/watch.py"),
        ("tiktoken", "rag/tokens.py"),
        ("mcp", "serving/tools.py"),
        ("python_multipart", "serving/uploads.py"),
    ],
)
def test_each_outside_package_has_one_importer(package, owner):
    """What can change under us is known in one place."""
    assert {found.file for found in IMPORTS if found.package == package} == {owner}


def test_only_the_index_and_the_stemmers_know_tantivy():
    files = {found.file for found in IMPORTS if found.package == "tantivy"}
    assert files == {"index/lexical.py", "index/stems.py"}


def test_only_those_that_load_models_know_torch_and_transformers():
    named = "rag/reader/named_model.py"
    assert {found.file for found in IMPORTS if found.package == "torch"} == {named}
    files = {found.file for found in IMPORTS if found.package == "transformers"}
    assert files == {"index/embed.py", named}


def test_only_the_page_itself_knows_gradio():
    files = {found.file for found in IMPORTS if found.package == "gradio"}
    assert {file for file in files if not file.startswith("tabs/")} == {"app.py"}


def test_only_what_serves_knows_starlette():
    files = {found.file for found in IMPORTS if found.package == "starlette"}
    assert {file.rpartition("/")[0] for file in files} == {"serving"}


def test_only_the_command_line_knows_typer():
    """Arguments and exit codes are its business alone."""
    files = {found.file for found in IMPORTS if found.package == "typer"}
    assert {file.rpartition("/")[0] for file in files} == {"rag/cli"}


def test_only_the_store_on_milvus_may_know_pymilvus():
    """Milvus is an extra: where it is used at all, it is used there."""
    files = {found.file for found in IMPORTS if found.package == "pymilvus"}
    assert files == {"index/milvus_cluster.py"}


@pytest.mark.parametrize("file", ["index/types.py", "index/errors.py"])
def test_types_and_errors_need_nothing_but_python(file):
    """The values and errors that cross modules import only the standard library and each other."""
    allowed = sys.stdlib_module_names | {"index"}
    modules = [found.module for found in IMPORTS if found.file == file]
    assert [m for m in modules if m.split(".")[0] not in allowed] == []
    ours = {".".join(m.split(".")[:2]) for m in modules if m.startswith("index")}
    assert ours <= {"index.types", "index.errors"}


def test_heavy_packages_are_imported_when_needed():
    """torch comes with the first text to embed, not with `turncite --help`."""
    heavy = {"sentence_transformers", "transformers", "torch"}
    assert [i for i in IMPORTS if i.package in heavy and i.inside is None] == []
