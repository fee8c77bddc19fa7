"""The product's own source files, for tests that read them."""

from __future__ import annotations

from pathlib import Path

from tests.processes import ROOT

NOT_THE_PRODUCT = {"tests", "bench", "tools", "docs", "assets", "var"}


def product_sources() -> dict[str, Path]:
    """Dotted name → file, for every module of the product."""
    files = [*ROOT.glob("*.py")]
    for folder in ROOT.iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in NOT_THE_PRODUCT:
            files += folder.rglob("*.py")
    return {dotted_name(file): file for file in files}


def dotted_name(file: Path) -> str:
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")
