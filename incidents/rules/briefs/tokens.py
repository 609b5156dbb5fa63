"""The pieces that a text is read as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from incidents.rules.briefs.clocks import Stated
from incidents.rules.briefs.gazetteer import KnownDivision
from incidents.rules.briefs.numerals import Number

NO_NAME: Final = frozenset(
    "的在到往赴向从由为被把将和与及对因受于至是有该各等了着过其条个已共未仍还经据"
    "，。；：、（）“”\n \"'《》·%~-/+℃"
)
"""Characters that no name of a place, line or organisation holds."""


class Kind(StrEnum):
    """What a piece is."""

    WORD = "word"
    QUANTITY = "quantity"
    VOLTAGE = "voltage"
    TIME = "time"
    LINE = "line"
    PLACE = "place"
    ORGANIZATION = "organization"
    LIST = "list"
    """、"""
    BREAK = "break"
    """，：（）"""
    STOP = "stop"
    """；"""
    END = "end"
    """。"""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit.

    Attributes:
        unit: Meaning of the unit word; empty if none follows.
        pack: The unit word, where supplies are counted in it.
        upper: The other end of a range.
        negative: A minus sign stands before it.
    """

    number: Number
    unit: str
    pack: str = ""
    upper: Decimal | None = None
    negative: bool = False

    @property
    def value(self) -> Decimal:
        """The number; 0 only if the text says so."""
        return self.number.value if self.number.value is not None else Decimal(0)


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line as a text names it."""

    name: str
    start: int
    end: int
    branch: str = ""
    pole_no: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One name of a chain like 嵊州市崇仁镇岭头山村; ``divisions`` are all that are called so."""

    word: str
    divisions: tuple[KnownDivision, ...] = ()


@dataclass(slots=True, eq=False)
class Token:
    """A piece of the text from ``start`` to ``end``; two are the same only if they are one."""

    kind: Kind
    start: int
    end: int
    text: str
    tags: Mapping[str, str] = field(default_factory=dict)
    quantity: Quantity | None = None
    voltage: Decimal | None = None
    time: Stated | None = None
    line: NamedLine | None = None
    parts: tuple[Part, ...] = ()

    def tag(self, category: str) -> str:
        """Return what the word means in a category; empty if nothing."""
        return self.tags.get(category, "")

    @property
    def unit(self) -> str:
        """Unit of a quantity; empty for everything else."""
        return self.quantity.unit if self.quantity else ""

    @property
    def is_village(self) -> bool:
        """Whether it names a village."""
        return bool(self.parts) and self.parts[-1].word.endswith(("村", "社区"))
