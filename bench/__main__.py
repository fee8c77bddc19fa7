"""`python -m bench [NAME …]`: measure all, or the named parts, and print one page."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from types import ModuleType

from bench import (
    batches,
    charts,
    course_export,
    exporting,
    importing,
    machine,
    opening,
    pixels,
    singles,
    starting,
    thingspeak,
    viewers,
    wall,
)
from bench.page import Figure, Section
from bench.served import OUT

PARTS: dict[str, ModuleType] = {
    "singles": singles,
    "thingspeak": thingspeak,
    "batches": batches,
    "viewers": viewers,
    "pixels": pixels,
    "starting": starting,
    "charts": charts,
    "wall": wall,
    "opening": opening,
    "exporting": exporting,
    "course_export": course_export,
    "importing": importing,
}
NO_NEW_PART_AFTER_S = 720
"""A whole run stays under a quarter of an hour; on a slow machine the last parts are left out."""


def main() -> None:
    wanted = _arguments()
    setting = machine.setting()
    machine.pin(machine.LOAD_CORE)
    print(f"Labfeed, measured on this machine: server on core {machine.SERVER_CORE}, load on core {machine.LOAD_CORE}.")
    print(setting.words(), end="\n\n", flush=True)
    began = time.monotonic()
    sections = list(_sections(wanted))
    print(f"Took {time.monotonic() - began:.0f} s. All figures: bench/out/results.json")
    OUT.mkdir(exist_ok=True)
    result = {"setting": asdict(setting), "sections": [asdict(section) for section in sections]}
    (OUT / "results.json").write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")


def _arguments() -> Sequence[str]:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="NAME", help=f"any of: {', '.join(PARTS)} (default: all)")
    parts: list[str] = parser.parse_args().parts
    if unknown := set(parts) - PARTS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return parts or list(PARTS)


def _sections(names: Sequence[str]) -> Iterator[Section]:
    """Measure one part after the other, and print each as soon as it is known."""
    began = time.monotonic()
    for name in names:
        is_late = time.monotonic() - began > NO_NEW_PART_AFTER_S
        section = Section(name, PARTS[name].TITLE, left_out="the time was over") if is_late else _section(name)
        print("\n".join(section.lines()), end="\n\n", flush=True)
        yield section


def _section(name: str) -> Section:
    measure: Callable[[], list[Figure]] = PARTS[name].measure
    try:
        return Section(name, PARTS[name].TITLE, measure())
    except (RuntimeError, OSError) as error:  # a server that fails in one part says nothing of the others
        return Section(name, PARTS[name].TITLE, left_out=str(error))


if __name__ == "__main__":
    main()
