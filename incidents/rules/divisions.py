"""Names of administrative divisions: what official lists write, and what people write.

A list calls a village by its committee (岭头山村委会); people say 岭头山村.
"""

import re
from typing import Final

PARENT_LENGTH: Final = {2: 0, 4: 2, 6: 4, 9: 6, 12: 9}
"""Digits of a division's code → digits of its parent's (GB/T 2260, NBS statistical codes)."""

_COMMITTEES: Final = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
    ("村民委员会", "村"),
    ("村村委员会", "村"),
    ("村委员会", "村"),
    ("村委会", "村"),
)
_NATIONALITIES: Final = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|"
    "纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|"
    "鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
_OF_A_NATIONALITY: Final = re.compile(rf"(?<=..)(?:(?:{_NATIONALITIES})族)+(?:自治)?(?=[乡镇县州旗])")
_KIND: Final = re.compile(r"(?:自治|特别行政)?[省市县区州旗]$")
_SHORTEST_NAME: Final = 2


def parent_code(code: str) -> str:
    """Return the code of the division above; empty above a province.

    Args:
        code: 2, 4, 6, 9 or 12 digits.
    """
    return code[: PARENT_LENGTH[len(code)]]


def stem_of(name: str) -> str:
    """Return the name as people write it, without its committee.

    A village whose own name ends in 村 keeps one: 横岗村村委会 and 横岗村委会 are both 横岗村.

    Args:
        name: Official name.
    """
    for committee, kind in _COMMITTEES:
        base = name.removesuffix(committee)
        if base not in (name, ""):
            return base if base.endswith(kind) else base + kind
    return name


def aliases_of(name: str, *, code: str) -> list[str]:
    """Return what else a division is called, where that follows from its name.

    Without the nationality (雾溪畲族乡 → 雾溪乡) at any level; without the kind of division (嵊州市 → 嵊州)
    down to the county. Villages and towns keep their kind: 崇仁 may be the town or a village in it. The
    official name itself where the stem is not its beginning (邓家居委会, stem 邓家社区), so that a search
    for what a text begins with finds it.

    Args:
        name: Official name.
        code: Its code, for the level.
    """
    plain = _OF_A_NATIONALITY.sub("", name)
    names = {plain}
    if len(code) <= 6:  # noqa: PLR2004 - a county's code
        names.add(_KIND.sub("", plain))
    names.discard(name)
    if not name.startswith(stem_of(name)):
        names.add(name)
    return sorted(other for other in names if len(other) >= _SHORTEST_NAME)
