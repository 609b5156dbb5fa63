import pytest

from incidents.rules.divisions import aliases_of, parent_code, stem_of


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("岭头山村委会", "岭头山村"),
        ("横岗村委会", "横岗村"),
        ("横岗村村委会", "横岗村"),
        ("富城村村民委员会", "富城村"),
        ("周垟村村委员会", "周垟村"),
        ("大山村委员会", "大山村"),
        ("慈江村", "慈江村"),
        ("墨香湖社区居委会", "墨香湖社区"),
        ("凤林社区居民委员会", "凤林社区"),
        ("邓家居委会", "邓家社区"),
        ("下涯居民委员会", "下涯社区"),
        ("清波门社区", "清波门社区"),
        ("崇仁镇", "崇仁镇"),
        ("萧山林场生活区", "萧山林场生活区"),
        ("居委会", "居委会"),
    ],
)
def test_writes_a_name_as_people_do(name: str, stem: str) -> None:
    assert stem_of(name) == stem


@pytest.mark.parametrize(
    ("code", "name", "aliases"),
    [
        ("331125201", "雾溪畲族乡", ["雾溪乡"]),
        ("331127", "景宁畲族自治县", ["景宁", "景宁县"]),
        ("4228", "恩施土家族苗族自治州", ["恩施", "恩施州"]),
        ("622926", "东乡族自治县", ["东乡族"]),
        ("330683", "嵊州市", ["嵊州"]),
        ("330604", "上虞区", ["上虞"]),
        ("3306", "绍兴市", ["绍兴"]),
        ("330683102", "崇仁镇", []),
        ("330683102343", "岭头山村委会", []),
        ("330110101001", "邓家居委会", ["邓家居委会"]),
        ("410122", "郊区", []),
    ],
)
def test_knows_the_other_names_that_follow_from_the_official_one(
    code: str, name: str, aliases: list[str]
) -> None:
    assert aliases_of(name, code=code) == aliases


@pytest.mark.parametrize(
    ("code", "parent"),
    [("33", ""), ("3306", "33"), ("330683", "3306"), ("330683102", "330683"), ("330683102343", "330683102")],
)
def test_finds_the_parent_in_the_code(code: str, parent: str) -> None:
    assert parent_code(code) == parent
