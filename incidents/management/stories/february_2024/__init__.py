"""The cold wave of February 2024 as two newspaper stories tell it: Lishui, and Shangyu's help for Shengzhou.

What the stories say is kept with their words; what they do not say stays empty, with that as the reason. The
year is not theirs: it follows from other articles on the same page.
"""

from typing import Final

from django.db import transaction

from incidents.choices import OrganizationLevel, StormHazard
from incidents.journal import Actor
from incidents.management.stories.february_2024 import lishui, shangyu
from incidents.management.stories.parts import organization
from incidents.models import Storm
from incidents.services import storms

SLUG: Final = "february-2024"


@transaction.atomic
def play(*, by: Actor) -> Storm | None:
    """Tell both stories; None if they were told before.

    Args:
        by: Who tells them, after the fact: nothing in them raises an alert.
    """
    if Storm.objects.filter(slug=SLUG).exists():
        return None
    county, city = OrganizationLevel.COUNTY, OrganizationLevel.CITY
    top = organization("国网浙江省电力有限公司", OrganizationLevel.PROVINCE, code="33", by=by)
    of_lishui = organization(
        "国网丽水供电公司", city, parent=top, code="3311", short_name="国网丽水市供电公司", by=by
    )
    shaoxing = organization("国网绍兴供电公司", city, parent=top, code="3306", by=by)
    of_shangyu = organization(
        "国网上虞区供电公司", county, parent=shaoxing, code="330604", short_name="上虞供电公司", by=by
    )
    of_shengzhou = organization("国网嵊州市供电公司", county, parent=shaoxing, code="330683", by=by)
    storm = storms.open(
        slug=SLUG,
        name="2024年2月寒潮雨雪冰冻",
        hazard=StormHazard.MIXED,
        organizations=[of_lishui, of_shangyu, of_shengzhou],
        started_at=None,
        remark="报道只说“连日来”；唯一的日期是2月26日，年份由同页文章推断。",
        by=by,
    )
    lishui.tell(storm, of_lishui, by)
    shangyu.tell(storm, of_shangyu, of_shengzhou, by)
    return storm
