"""The sentences of a report in Chinese."""

from datetime import datetime

from tracker.mail.report_words import damage_named
from tracker.rules.report_clock import ZONE
from tracker.rules.report_numbers import LineClass, Numbers, Support, Tally
from tracker.rules.report_sums import by_voltage

_HOW = {"tripped": "跳闸", "switched_off": "拉停"}


def head(company: str, as_of: datetime) -> str:
    """Return the beginning."""
    return f"截至{_at(as_of)}，{company}"


def join(beginning: str, parts: list[str], end: str) -> str:
    """Return the whole."""
    return beginning + "；".join(parts or ["无停电"]) + "。" + end


def tail(next_due_at: datetime | None, remark: str) -> str:
    """Return the end."""
    words = f"下一步：{remark.rstrip('。')}。" if remark else ""
    return words + (f"下次报告{_at(next_due_at)}。" if next_due_at else "")


def essentials(numbers: Numbers) -> list[str]:
    """Return what even the short form says, the gravest first."""
    found = [_lines(kv, classes) for kv, classes in by_voltage(numbers.lines).items()]
    found += _tally("停电", "户", numbers.customers, unknown="起停电户数不明")
    if not found and numbers.outages.affected:
        found += _tally("停电", "起", numbers.outages)
    forces = numbers.forces
    sent = [f"{forces.person_trips}人次"] if forces.person_trips else []
    sent += [f"车辆{forces.vehicle_trips}台次"] if forces.vehicle_trips else []
    return found + ([f"累计投入{'、'.join(sent)}"] if sent else [])


def standard(numbers: Numbers) -> list[str]:
    """Return what the standard form adds."""
    found = _tally("停电台区", "个", numbers.areas, unknown="起停电台区数不明")
    found += _tally("低压故障", "起", numbers.low_voltage)
    found += _tally("涉及乡镇", "个", numbers.towns)
    found += _tally("涉及行政村", "个", numbers.villages)
    forces = numbers.forces
    if forces.teams:
        heads = "人数不明" if forces.persons is None else f"{forces.persons}人"
        more = (
            f"（另有{forces.persons_unknown}支人数不明）" if forces.persons and forces.persons_unknown else ""
        )
        cars = f"、车辆{forces.vehicles}辆" if forces.vehicles else ""
        generators = f"（含发电车{forces.generator_cars}辆）" if forces.generator_cars else ""
        found.append(f"现有抢修队伍{forces.teams}支{heads}{more}{cars}{generators}")
    if numbers.on_generator:
        found.append(f"发电机临时供电{numbers.on_generator}户（未计入已恢复）")
    return found


def details(numbers: Numbers) -> list[str]:
    """Return what the full form adds."""
    found = []
    if numbers.important is not None:
        found.append(f"重要用户受影响{numbers.important.hit}户，全部电源停电{numbers.important.out}户")
    broken = [f"{damage_named(each.kind, 'zh-hans')}{each.found}处" for each in numbers.damage if each.found]
    broken += [
        f"{damage_named(each.kind, 'zh-hans')}{each.unknown}起数量不明"
        for each in numbers.damage
        if each.unknown
    ]
    found += [f"设备受损：{'、'.join(broken)}"] if broken else []
    found += _support("外单位支援", numbers.support_in)
    found += _support("支援外单位", numbers.support_out)
    if numbers.hazards.affected:
        found.append(f"发现隐患{numbers.hazards.affected}处，已消除{numbers.hazards.restored}处")
    if numbers.explained:
        found.append(f"另有{numbers.explained}起由上级停电引起，未重复计数")
    return found


def _lines(kv: str, classes: list[LineClass]) -> str:
    total = sum(each.tally.affected for each in classes)
    back = sum(each.tally.restored for each in classes)
    known = [f"{_HOW[each.how]}{each.tally.affected}条" for each in classes if each.how in _HOW]
    apart = f"（{'、'.join(known)}）" if known else ""
    return f"{kv}千伏线路停运{total}条{apart}，已恢复{back}条"


def _tally(name: str, unit: str, tally: Tally, *, unknown: str = "") -> list[str]:
    missing = f"{tally.unknown}{unknown}" if unknown and tally.unknown else ""
    if not tally.affected:
        return [missing] if missing else []
    words = f"{name}{tally.affected}{unit}，已恢复{tally.restored}{unit}"
    words += f"，尚有{tally.remaining}{unit}" if tally.remaining else ""
    return [words + (f"（另有{missing}）" if missing else "")]


def _support(name: str, support: Support) -> list[str]:
    if not support.teams:
        return []
    words = f"{name}{support.teams}支"
    words += f"{support.persons}人" if support.persons is not None else "人数不明"
    words += f"、车辆{support.vehicles}辆" if support.vehicles is not None else ""
    return [words]


def _at(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local.month}月{local.day}日{local.hour}时" + (f"{local.minute}分" if local.minute else "")
