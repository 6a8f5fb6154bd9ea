"""The order of the rooms and the rules of the house, read from the source."""

from __future__ import annotations

import ast
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "dts_research"
ROOMS = (
    "errors", "workspace", "schema", "protect", "intake", "store", "reference", "workbook",
    "analysis", "display", "reports", "reflection", "explore", "starter", "lab", "cli",
)  # fmt: skip
PURE = {"pathlib", "matplotlib", "dts_research.store", "dts_research.intake"}
FILE_HARD, FILE_WANTED = 400, 300
BODY_HARD, BODY_WANTED = 30, 25
ARGUMENTS_HARD, POSITIONAL_HARD = 8, 6
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc)(_|$)|^process_")
# Built by pieces, so that this file does not hold what it looks for.
LEAKS = {
    "a path of somebody's machine": ("/wo" + "rk/", "/home" + "/", "/ro" + "ot/", "C:" + "\\Users"),
    "the host of a registry": (
        "arti" + "factory", "nex" + "us.", "pypi" + ".org", " --index" + "-url",
    ),
    "words about how it was written": (
        "cla" + "ude", "anthro" + "pic", "open" + "ai", "chat" + "gpt", "co" + "pilot",
        "sub" + "agent", "sub-" + "agent", "language " + "model", "l" + "lm",
    ),
}  # fmt: skip


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def for_types_only(module: ast.Module) -> set[int]:
    """Lines of imports that only type checkers read."""
    blocks = [n for n in ast.walk(module) if isinstance(n, ast.If)]
    typing = [n for n in blocks if ast.unparse(n.test).endswith("TYPE_CHECKING")]
    return {node.lineno for block in typing for node in block.body}


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Full names of what a file imports, wherever the import stands."""
    package = name_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield (f"{module}.{alias.name}", node.lineno)


def own_imports(path: Path) -> Iterator[tuple[str, int]]:
    for module, line in imports(path):
        if module.split(".")[0] == "dts_research":
            yield module, line


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a body without its docstring."""
    body = function.body
    described = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    rest = body[1:] if described and len(body) > 1 else body
    return (rest[-1].end_lineno or 0) - rest[0].lineno + 1


def at(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_every_room_has_its_place_in_the_order() -> None:
    found = {room_of(name_of(path)) for path in sources()} - {""}
    assert found <= set(ROOMS), f"rooms out of the order: {sorted(found - set(ROOMS))}"


def test_a_room_imports_only_from_itself_and_the_rooms_above() -> None:
    order = {room: rank for rank, room in enumerate(ROOMS)}
    wrong = [
        f"{at(path, line)} imports {module}"
        for path in sources()
        for module, line in own_imports(path)
        if room_of(name_of(path)) and order.get(room_of(module), -1) > order[room_of(name_of(path))]
    ]
    assert not wrong, "\n".join(wrong)


def test_schema_imports_nothing_but_errors() -> None:
    wrong = [
        f"{at(path, line)} imports {module}"
        for path in (PACKAGE / "schema").rglob("*.py")
        for module, line in own_imports(path)
        if room_of(module) not in ("schema", "errors")
    ]
    assert not wrong, "\n".join(wrong)


def test_the_pure_rooms_touch_no_file_no_store_no_plot() -> None:
    pure = [
        *(PACKAGE / "schema").rglob("*.py"),
        PACKAGE / "protect" / "disclosure.py",
        *(PACKAGE / "analysis").rglob("*.py"),
    ]
    wrong = [
        f"{at(path, line)} imports {module}"
        for path in pure
        for module, line in imports(path)
        if any(module == banned or module.startswith(f"{banned}.") for banned in PURE)
    ]
    assert not wrong, "\n".join(wrong)


def test_analysis_prints_nothing_and_display_alone_draws() -> None:
    printing = [
        at(path, node.lineno)
        for path in (PACKAGE / "analysis").rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert not printing
    drawing = [
        at(path, line)
        for path in sources()
        for module, line in imports(path)
        if module.startswith("matplotlib") and room_of(name_of(path)) not in ("display", "explore")
    ]
    assert not drawing, "\n".join(drawing)


def test_no_import_cycle_between_modules() -> None:
    modules = {name_of(path) for path in sources()}
    edges: dict[str, set[str]] = defaultdict(set)
    for path in sources():
        unread = for_types_only(parsed(path))
        for module, line in own_imports(path):
            if line in unread:
                continue
            target = module if module in modules else module.rpartition(".")[0]
            # A package that gathers the names of its own modules is no cycle.
            if target in modules and not name_of(path).startswith(target):
                edges[name_of(path)].add(target)
    cycle = find_cycle(edges)
    assert not cycle, " -> ".join(cycle)


def find_cycle(edges: dict[str, set[str]]) -> list[str]:
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        done.add(node)
        return next((c for n in sorted(edges.get(node, ())) if (c := visit(n, [*path, node]))), [])

    return next((c for node in sorted(edges) if (c := visit(node, []))), [])


def test_files_stay_short() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    long = [f"{at(p, n)}" for p, n in sizes.items() if n > FILE_WANTED]
    if long:
        warnings.warn(f"files above {FILE_WANTED} lines: {', '.join(long)}", stacklevel=1)
    assert not [at(p, n) for p, n in sizes.items() if n > FILE_HARD]


def test_functions_stay_short() -> None:
    sizes = [(at(p, f.lineno), f.name, body_lines(f)) for p in sources() for f in functions(p)]
    long = [f"{where} {name} ({n})" for where, name, n in sizes if n > BODY_WANTED]
    if long:
        warnings.warn(f"bodies above {BODY_WANTED} lines: {', '.join(long)}", stacklevel=1)
    assert not [f"{where} {name} ({n})" for where, name, n in sizes if n > BODY_HARD]


def test_functions_take_few_arguments() -> None:
    wrong = []
    for path in sources():
        for function in functions(path):
            if any("main.command" in ast.unparse(d) for d in function.decorator_list):
                continue  # a command takes its options, which are named
            given = function.args
            named = [a for a in (*given.posonlyargs, *given.args) if a.arg not in ("self", "cls")]
            if len(named) + len(given.kwonlyargs) > ARGUMENTS_HARD or len(named) > POSITIONAL_HARD:
                wrong.append(f"{at(path, function.lineno)} {function.name}")
    assert not wrong, "\n".join(wrong)


def test_names_say_what_a_thing_is() -> None:
    modules = [p.stem for p in sources()] + [p.name for p in PACKAGE.rglob("*") if p.is_dir()]
    assert not [name for name in modules if FORBIDDEN_NAMES.search(name)]
    named = [f"{at(p, f.lineno)} {f.name}" for p in sources() for f in functions(p)
             if f.name.startswith("process_")]  # fmt: skip
    assert not named


def public(path: Path) -> Iterator[tuple[ast.AST, str, int]]:
    """The module and everything public that it defines, methods included."""
    module = parsed(path)
    yield module, "module", 1
    scopes: list[tuple[ast.AST, str]] = [(module, "")]
    while scopes:
        scope, prefix = scopes.pop()
        for node in getattr(scope, "body", []):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if node.name.startswith("_"):
                continue
            yield node, f"{prefix}{node.name}", node.lineno
            if isinstance(node, ast.ClassDef):
                scopes.append((node, f"{node.name}."))


def test_everything_public_says_what_it_does() -> None:
    missing = [
        f"{at(path, line)} {name}"
        for path in sources()
        for node, name, line in public(path)
        if not ast.get_docstring(node)  # type: ignore[arg-type]
    ]
    assert not missing, "\n".join(missing)


def test_everything_has_type_hints() -> None:
    missing = []
    for path in sources():
        for function in functions(path):
            given = function.args
            named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
            bare = [a.arg for a in named if a.annotation is None and a.arg not in ("self", "cls")]
            if bare or (function.returns is None and function.name != "__init__"):
                missing.append(f"{at(path, function.lineno)} {function.name} {bare}")
    assert not missing, "\n".join(missing)


def test_no_error_is_swallowed() -> None:
    wrong = []
    for path in sources():
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            wide = node.type is None or getattr(node.type, "id", "") in (
                "Exception",
                "BaseException",
            )
            silent = all(isinstance(n, ast.Pass | ast.Continue) for n in node.body)
            if node.type is None or (wide and silent):
                wrong.append(at(path, node.lineno))
    assert not wrong, "\n".join(wrong)


def written() -> list[Path]:
    """Every text file of the repository that people write."""
    kinds = {
        ".py",
        ".md",
        ".toml",
        ".json",
        ".ipynb",
        ".csv",
        ".po",
        ".typ",
        ".css",
        ".yml",
        ".txt",
    }
    folders = (
        "dts_research",
        "tests",
        "notebooks",
        "docs",
        "benchmarks",
        "tools",
        "data/demo/inbox",
    )
    inside = [
        p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in kinds and p.is_file()
    ]
    top = [p for p in ROOT.iterdir() if p.is_file() and (p.suffix in kinds or p.name == "Makefile")]
    ci = [p for p in (ROOT / ".ci").iterdir() if p.is_file() and p.suffix != ".lock"]
    skipped = {".ipynb_checkpoints", "files", "__pycache__"}
    return [p for p in (*inside, *top, *ci) if not skipped & set(p.parts)]


@pytest.mark.parametrize("what", sorted(LEAKS))
def test_nothing_leaks(what: str) -> None:
    pattern = re.compile("|".join(re.escape(word) for word in LEAKS[what]), re.IGNORECASE)
    if what.startswith("words"):
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, LEAKS[what]))})s?\b", re.IGNORECASE)
    found = []
    for path in written():
        text = path.read_text(encoding="utf-8", errors="replace")
        for match in pattern.finditer(text):
            if not allowed(path, text, match):
                found.append(f"{at(path, text.count(chr(10), 0, match.start()) + 1)} {match[0]}")
    assert not found, "\n".join(found)


def allowed(path: Path, text: str, match: re.Match[str]) -> bool:
    """A first name is no tool; the lists of names that are masked hold it."""
    return match[0] == "Cla" + "ude" and ("protect" in path.parts or "names" in path.stem)


def test_plain_imports_stay_light() -> None:
    """The command line answers at once: pandas and matplotlib come when they are needed."""
    top = [node for node in parsed(PACKAGE / "cli" / "__init__.py").body
           if isinstance(node, ast.Import | ast.ImportFrom)]  # fmt: skip
    text = " ".join(ast.unparse(node) for node in top)
    assert not re.search(r"\b(pandas|matplotlib|papermill|nbconvert|workbook)\b", text)
