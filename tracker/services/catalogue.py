"""The rules that the product comes with: ``tracker/data/rules.toml``, with where each number comes from."""

from pathlib import Path

from tracker.services.wanted import Wanted, read

_FILE = Path(__file__).parents[1] / "data" / "rules.toml"

CATALOGUE: tuple[Wanted, ...] = read(_FILE.read_text(encoding="utf-8"))
ICING_GRADE = next(wanted for wanted in CATALOGUE if wanted.code == "E01")
