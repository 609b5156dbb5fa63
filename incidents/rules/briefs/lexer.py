"""From uniform text to tokens, in one pass; what no rule knows is passed over."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from incidents.rules.briefs.gazetteer import Gazetteer
from incidents.rules.briefs.lines import line_at, pole_at
from incidents.rules.briefs.numerals import Number, number_at, with_bounds
from incidents.rules.briefs.organizations import organizations_in
from incidents.rules.briefs.places import Places
from incidents.rules.briefs.times import time_at
from incidents.rules.briefs.tokens import Kind, Part, Quantity, Token
from incidents.rules.briefs.vocabulary import Vocabulary

_MARKS: Final = {
    "、": Kind.LIST, "，": Kind.BREAK, "：": Kind.BREAK, "（": Kind.BREAK, "）": Kind.BREAK, "；": Kind.STOP,
    "。": Kind.END, "\n": Kind.END, "·": Kind.LIST, "/": Kind.LIST,
}  # fmt: skip
_FRESH: Final = frozenset("，。；：、（）“”\n在赴往到援从至对向由和与及经驻受")
_LOW_KV: Final = Decimal("0.4")
_LOW_VOLTS: Final = frozenset((Decimal(220), Decimal(380), Decimal(400)))
_LOW_SPELLINGS: Final = frozenset((Decimal("0.38"), Decimal("0.22"), Decimal("0.4")))
_FROM: Final = ("及以上", "以上", "及以下", "以下")
_BEHIND_NUMBERS: Final = frozenset(("unit", "pack"))
_JOINTS: Final = ("~", "-", "至", "到")


class Lexer:
    """One reading of one text."""

    def __init__(self, text: str, vocabulary: Vocabulary, gazetteer: Gazetteer) -> None:
        """Prepare what the whole text is asked for once."""
        self._text = text
        self._words = vocabulary.meanings
        self._lengths = vocabulary.lengths
        self.places = Places(text, gazetteer)
        self._lines = gazetteer.lines()
        self._seen: set[str] = set()
        self._sibling = False
        endings = [
            (word, means["organization"]) for word, means in self._words.items() if "organization" in means
        ]
        named = organizations_in(text, endings, frozenset(gazetteer.high()))
        self._organizations = {each.start: each for each in named}

    def tokens(self) -> list[Token]:
        """Return the tokens in order."""
        found: list[Token] = []
        place = 0
        while place < len(self._text):
            self._sibling = len(found) > 1 and found[-1].kind == Kind.LIST and found[-2].kind == Kind.LINE
            token = self._token(place, found[-1] if found else None)
            if token is None:
                place += 1
                continue
            found.append(token)
            place = token.end
        return found

    def _token(self, place: int, last: Token | None) -> Token | None:
        mark = _MARKS.get(self._text[place])
        if mark:
            return self._make(mark, place, place + 1)
        return (
            self._organization(place)
            or self._name_like_a_number(place)
            or self._pole(place)
            or self._time(place)
            or self._number(place)
            or self._line(place, last)
            or self._place(place, last)
            or self._word(place)
        )

    def _make(self, kind: Kind, start: int, end: int, tags: Mapping[str, str] | None = None) -> Token:
        return Token(kind, start, end, self._text[start:end], tags or {})

    def _organization(self, place: int) -> Token | None:
        found = self._organizations.get(place)
        if found is None:
            return None
        tags = {"organization": found.means} | ({"named": "yes"} if found.has_name else {})
        return self._make(Kind.ORGANIZATION, place, found.end, tags)

    def _name_like_a_number(self, place: int) -> Token | None:
        """Return a place or a line whose name begins like a number: 四明山镇, 百丈线."""
        if self._text[place].isascii() or number_at(self._text, place) is None:
            return None
        line = self._line(place, None) if self._sibling or self._is_seen(place) else None
        found = None if line else self.places.chain_at(place, fresh=False)
        return self._placed(place, *found) if found else line

    def _is_seen(self, place: int) -> bool:
        """Say whether a line that the text has named stands at a place."""
        return bool(self._seen) and any(
            self._text[place:end] in self._seen for end in range(place + 3, place + 8)
        )

    def _pole(self, place: int) -> Token | None:
        first = self._text[place]
        found = pole_at(self._text, place) if first == "#" or first.isdecimal() else None
        return self._make(Kind.WORD, place, found[1], {"pole": found[0]}) if found else None

    def _time(self, place: int) -> Token | None:
        found = time_at(self._text, place)
        if found is None or (found.period and not found.has_day and self._is_word(place, found.end)):
            return None
        token = self._make(Kind.TIME, place, found.end)
        token.time = found
        return token

    def _is_word(self, place: int, end: int) -> bool:
        """Say whether a longer word begins where a period of the day would: 夜巡, 早日."""
        return any(self._text[place:stop] in self._words for stop in range(end + 1, end + 3))

    def _number(self, place: int) -> Token | None:
        number = number_at(self._text, place)
        if number is None or (number.value is not None and self._is_longer_word(place, number.end)):
            return None
        number = with_bounds(self._text, number)
        voltage = self._voltage(place, number)
        if voltage:
            return voltage
        number, upper = self._range(number)
        unit, pack, end = self._unit(number.end)
        if unit == "celsius" and upper is None:
            upper, end = self._other_temperature(end)
        token = self._make(Kind.QUANTITY, place, end)
        negative = self._text[place - 1 : place] == "-" and not self._text[place - 2 : place - 1].isdecimal()
        token.quantity = Quantity(number, unit, pack, upper, negative=bool(negative))
        return token

    def _is_longer_word(self, place: int, end: int) -> bool:
        """Say whether a word that only begins with a numeral stands here: 一线, 万家灯火."""
        if self._text[place].isascii():
            return False
        tags = self._longest_word(place)
        return tags is not None and "plain" in tags[1] and tags[0] > end

    def _voltage(self, place: int, number: Number) -> Token | None:
        unit, _, end = self._unit(number.end)
        if unit not in ("kv", "volt") or number.value is None:
            return None
        kv: Decimal | None = number.value
        if unit == "volt":
            kv = _LOW_KV if number.value in _LOW_VOLTS else None
        elif number.value in _LOW_SPELLINGS:
            kv = _LOW_KV
        above = next((word for word in _FROM if self._text.startswith(word, end)), "")
        token = self._make(Kind.VOLTAGE, place, end + len(above))
        token.voltage = None if above else kv
        return token

    def _range(self, number: Number) -> tuple[Number, Decimal | None]:
        """Return the number and the other end of a range: ``5~12``, ``10至15``, ``-2℃~-6``."""
        text = self._text
        joint = next((word for word in _JOINTS if text.startswith(word, number.end)), "")
        second_at = number.end + len(joint)
        if not joint or second_at >= len(text):
            return number, None
        second_at += text[second_at] == "-"
        second = number_at(text, second_at) if second_at < len(text) else None
        if second is None or second.value is None or not self._unit(second.end)[0]:
            return number, None
        return Number(number.value, number.start, second.end, number.digits, number.roughly), second.value

    def _other_temperature(self, place: int) -> tuple[Decimal | None, int]:
        """Return the other end of ``-2℃~1℃`` and where it ends."""
        text = self._text
        joint = next((word for word in _JOINTS if text.startswith(word, place)), "")
        at = place + len(joint)
        sign = -1 if text[at : at + 1] == "-" else 1
        at += sign < 0
        second = number_at(text, at) if joint and at < len(text) else None
        if second is None or second.value is None or self._unit(second.end)[0] != "celsius":
            return None, place
        return sign * second.value, self._unit(second.end)[2]

    def _unit(self, place: int) -> tuple[str, str, int]:
        """Return meaning, word of a supply's unit and end of the unit at a place."""
        blank = self._text[place : place + 1] == " "
        place += blank
        for length in self._lengths.get(self._text[place : place + 1], ()):
            word = self._text[place : place + length]
            tags = self._words.get(word)
            if tags and ("unit" in tags or "pack" in tags):
                return tags.get("unit", ""), word if "pack" in tags else "", place + len(word)
        return "", "", place

    def _line(self, place: int, last: Token | None) -> Token | None:
        behind = self._sibling or (last is not None and last.kind == Kind.VOLTAGE and last.end == place)
        fresh = place == 0 or self._text[place - 1] in _FRESH or (last is not None and last.end == place)
        if not behind and not fresh:
            return None
        found = line_at(self._text, place, behind_voltage=behind, known=self._lines, seen=self._seen)
        if found is None:
            return None
        self._seen.add(found.name)
        token = self._make(Kind.LINE, place, found.end)
        token.line = found
        return token

    def _place(self, place: int, last: Token | None) -> Token | None:
        if not "一" <= self._text[place] <= "龥":
            return None
        tags = self._longest_word(place)
        if tags and "anaphor" in tags[1]:
            token = self._make(Kind.PLACE, place, tags[0], tags[1])
            token.parts = (Part(token.text),)
            return token
        fresh = place == 0 or self._text[place - 1] in _FRESH or (last is not None and last.end == place)
        found = self.places.chain_at(place, fresh=fresh and not tags)
        if found is None:
            return None
        return self._placed(place, *found)

    def _placed(self, place: int, parts: tuple[Part, ...], end: int) -> Token:
        token = self._make(Kind.PLACE, place, end)
        token.parts = parts
        return token

    def _longest_word(self, place: int) -> tuple[int, Mapping[str, str]] | None:
        for length in self._lengths.get(self._text[place], ()):
            word = self._text[place : place + length]
            tags = self._words.get(word)
            if tags and not tags.keys() <= _BEHIND_NUMBERS:
                return place + len(word), tags
        return None

    def _word(self, place: int) -> Token | None:
        found = self._longest_word(place)
        return self._make(Kind.WORD, place, found[0], found[1]) if found else None
