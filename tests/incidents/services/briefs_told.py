"""The story of Shangyu and Shengzhou in words of our own, and the divisions that it names."""

from datetime import date
from typing import Final

from incidents.models import Organization
from tests.factories import make_division, make_organization

PUBLISHED: Final = date(2024, 2, 28)
STORY: Final = """国网上虞区供电公司支援嵊州抗冰抢险快报
2月26日，受寒潮和冻雨影响，国网上虞区供电公司派出13名骨干力量、三辆抢修车赶赴嵊州，开展线路通道清理和应急抢险。
当天，嵊州市崇仁镇岭头山村一条低压线路被冻雨压弯的竹子压断，导致停电，抢修人员正在清障。
2月26日夜间，横岗村山上气温降至零下5摄氏度，10千伏线路出现覆冰，最大厚度增至30毫米，导致线路停电。上虞供电公司连夜切除隔离故障点，到晚上9时10分，该线路恢复正常供电。
截至2月26日22时，10千伏线路停运2条，已恢复1条，停电1.2万户。
下一步，公司将加强辖区巡视频次。"""
HENGGANG: Final = ("330329100214", "331102200244", "331124204203")
DIVISIONS: Final = {
    "330604": "上虞区",
    "330683": "嵊州市",
    "330683102": "崇仁镇",
    "330683102343": "岭头山村村委会",
    "330329100214": "横岗村村委会",
    "331102200244": "横岗村村委会",
    "331124204203": "横岗村村委会",
}


def shangyu() -> Organization:
    """Return the company, with the divisions that its brief names."""
    for code, name in DIVISIONS.items():
        make_division(code, name)
    return make_organization(name="国网上虞区供电公司", short_name="上虞供电公司", division_id="330604")
