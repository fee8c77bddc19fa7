"""How hard the fault tests try: FAULTS_TIMES=10 kills and cuts ten times as often, FAULTS_SEED repeats a run."""

from __future__ import annotations

import os
import secrets

TIMES = int(os.environ.get("FAULTS_TIMES") or 1)


def choose_seed() -> int:
    """The seed of this run, printed so that a failure shows how to have the same blows again."""
    seed = int(os.environ.get("FAULTS_SEED") or secrets.randbelow(1_000_000))
    print(f"FAULTS_SEED={seed} repeats this run")  # noqa: T201 (pytest shows it beneath a failure)
    return seed
