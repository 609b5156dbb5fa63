"""The vocabularies of the watch; codes are stored, labels are shown and translated in ``locale/``."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DutyRole(TextChoices):
    """Who is told, by the letters of the rule catalogue."""

    DUTY_OFFICER = "D", _("Duty officer")  # 值班员
    CREW_LEADER = "L", _("Crew leader")  # 班长
    STATION_HEAD = "S", _("Head of the supply station")  # 供电所所长
    OPERATIONS = "O", _("Distribution operations chief")  # 运检（配电）主管
    CONTROL = "C", _("Grid control")  # 调控
    MARKETING = "M", _("Marketing and 95598")  # 营销
    EMERGENCY = "E", _("Emergency office")  # 应急办
    DEPUTY_MANAGER = "V", _("Deputy general manager")  # 分管副总
    GENERAL_MANAGER = "G", _("General manager")  # 总经理
    UPPER_OFFICE = "U", _("Emergency office of the upper company")  # 市公司应急办
    REGULATOR_LIAISON = "N", _("Regulator liaison")  # 监管联络人: drafts only, a person sends


class Severity(TextChoices):
    """How much an alert weighs, lightest first; warning and critical never wait for the morning."""

    INFO = "info", _("Information")
    NOTICE = "notice", _("Notice")
    WARNING = "warning", _("Warning")
    CRITICAL = "critical", _("Critical")


class RuleOrigin(TextChoices):
    """Who set a version of a rule."""

    CATALOGUE = "catalogue", _("Catalogue of the product")
    COMPANY = "company", _("Company")


class QuietPolicy(TextChoices):
    """Whether mails wait from 22:00 to 06:00; those of warning and critical alerts never do."""

    SEVERITY = "severity", _("Information and notices wait for the morning")
    NEVER = "never", _("Nothing waits")


class StormPolicy(TextChoices):
    """What becomes of a rule's mails in a storm of alerts; critical ones are always sent singly."""

    SEVERITY = "severity", _("Critical singly, the rest in a digest")
    SINGLE = "single", _("Always singly")
    DIGEST = "digest", _("Always in the digest")


class ThresholdKind(TextChoices):
    """Whose threshold it is."""

    NATIONAL = "national", _("National, an event grade")
    COMPANY = "company", _("Company, a response level")


class ResponseLevel(TextChoices):
    """Level of an event or a response; the colours are fixed to the numbers."""

    FOUR = "IV", _("Level IV (blue)")
    THREE = "III", _("Level III (yellow)")
    TWO = "II", _("Level II (orange)")
    ONE = "I", _("Level I (red)")


class AreaType(TextChoices):
    """Kind of area that State Council Order 599 grades by."""

    PROVINCE = "province", _("Province, load from 20,000 MW")
    CAPITAL = "capital", _("Provincial capital, load from 2,000 MW")
    CITY_LARGE = "city_large", _("Prefecture city, load from 600 MW")
    CITY_SMALL = "city_small", _("Prefecture city, load below 600 MW")
    COUNTY_LARGE = "county_large", _("County-level city, load from 150 MW")
    COUNTY_SMALL = "county_small", _("County-level city, load below 150 MW")


class Measure(TextChoices):
    """What a threshold is held against."""

    LOAD_LOST_PCT = "load_lost_pct", _("Load lost (%)")
    CUSTOMERS_OUT_PCT = "customers_out_pct", _("Customers out (%)")
    ICING_RATIO = "icing_ratio", _("Highest icing ratio of a section")
    LINES_OUT = "lines_out", _("10 and 20 kV lines out")
    HV_LINES_OUT = "hv_lines_out", _("35 and 110 kV lines out")
    EHV_LINES_OUT = "ehv_lines_out", _("Lines of 220 kV and above out")
    KEY_USER_OUT_MIN = "key_user_out_min", _("Special or first-grade user out (min)")
    SUPPORT_REQUESTS = "support_requests", _("Requests for outside support")
    NATIONAL_SHARE = "national_share", _("Share of a national threshold (%)")
    WEATHER_WARNING = "weather_warning", _("Weather warning (1 blue to 4 red)")


class ResponseState(TextChoices):
    """Where a response stands; only a person starts, changes and ends one."""

    PROPOSED = "proposed", _("Proposed")
    EXPIRED = "expired", _("Proposal ran out")
    WITHDRAWN = "withdrawn", _("Proposal withdrawn, condition gone")
    DECLINED = "declined", _("Declined")
    STARTED = "started", _("In force")
    ENDED = "ended", _("Ended")


class RotationPattern(TextChoices):
    """How the people of a rotation follow each other; what it means is in ``rules/rotations.py``."""

    DAILY = "daily", _("24 hours each, one day after the other")
    DAY_NIGHT = "day_night", _("12 hours: a day, then a night, then off")
    WEEKLY = "weekly", _("A week each")


class SwapState(TextChoices):
    """Where an offer to exchange two shifts stands."""

    OFFERED = "offered", _("Offered")
    AGREED = "agreed", _("Agreed, exchanged")
    DECLINED = "declined", _("Declined")


class StormSwitch(TextChoices):
    """Who put an organisation into storm mode, or kept it out."""

    COUNTED = "counted", _("The watch, by the number of alerts")
    ON = "on", _("A person: on")
    OFF = "off", _("A person: off")


class NoticeKind(TextChoices):
    """What a notification is about."""

    STEP = "step", _("Step of an alert")
    DIGEST = "digest", _("Digest of what was held")
    SHIFT = "shift", _("Shift that begins")
    REPORT = "report", _("Situation report")


class HeldBy(TextChoices):
    """The limit that keeps a notification back for a while."""

    QUIET = "quiet", _("Quiet hours")
    STORM = "storm", _("Storm mode: a digest each 15 min")
    CAP = "cap", _("Twelve mails an hour: then a digest")
    BUNDLE = "bundle", _("Two minutes after the last mail: joined into one")
    STOP = "stop", _("The watch had stopped: told together")


class NoticeChannel(TextChoices):
    """Through what a person is told."""

    MAIL = "mail", _("Mail")
    WEBHOOK = "webhook", _("Gateway")  # 短信或聊天网关


class RungChannel(TextChoices):
    """Through what a rung of a ladder tells its people."""

    MAIL = "mail", _("Mail")
    WEBHOOK = "webhook", _("Gateway")
    BOTH = "both", _("Mail and gateway")


class HookFormat(TextChoices):
    """How much text a gateway is given."""

    FULL = "full", _("Whole text")
    SHORT = "short", _("One line, for text messages")


class WatchTrouble(TextChoices):
    """What was wrong with the watch itself."""

    DEAD = "dead", _("The watch did not turn")
    LATE = "late", _("Something due was not done")


class AlertState(TextChoices):
    """Where an alert stands."""

    FIRING = "firing", _("Not acknowledged")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    RESOLVED = "resolved", _("Over")


class AlertEnd(TextChoices):
    """Why an alert is over."""

    CLEARED = "cleared", _("Condition gone")
    BY_PERSON = "by_person", _("Ended by a person")
    RULE_OFF = "rule_off", _("Rule switched off")


class AlertEventKind(TextChoices):
    """What happened to an alert."""

    OPENED = "opened", _("Opened")
    RAISED = "raised", _("Raised to a worse band")
    LOWERED = "lowered", _("Lowered to a milder band")
    TOLD = "told", _("Step taken, people told")
    NOBODY = "nobody", _("Step taken, nobody to tell")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ACK_EXPIRED = "ack_expired", _("Acknowledgement ran out")
    SNOOZED = "snoozed", _("Snoozed")
    FOLDED = "folded", _("Explained by another outage, tells nobody")
    UNFOLDED = "unfolded", _("No longer explained, climbs by itself")
    RESOLVED = "resolved", _("Over")


class NotificationState(TextChoices):
    """Where a notification stands.

    Everything but queued, held, leased and an uncertain one with a next try is final.
    """

    QUEUED = "queued", _("Waiting")
    HELD = "held", _("Held back")
    LEASED = "leased", _("Being sent")
    ACCEPTED = "accepted", _("Taken by mail server or gateway")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Sent without an answer")
    SUPERSEDED = "superseded", _("No longer needed")
    DIGESTED = "digested", _("Told in a digest")
    BOUNCED = "bounced", _("Came back undelivered")


class Part(TextChoices):
    """Parts of the watch that give signs of life."""

    CYCLE = "cycle", _("Watch, whoever runs it")
    WORKER = "worker", _("Worker")
    BEAT = "beat", _("Clock")
    WATCHDOG = "watchdog", _("Watchdog")
    MAIL = "mail", _("Mail server")
    BROKER = "broker", _("Redis")
    SEAL = "seal", _("Seal of the journal")


class ReportKind(TextChoices):
    """Kind of a situation report; the last two are for the house alone and need no signature."""

    FLASH = "flash", _("Flash report")  # 快报
    FOLLOW_UP = "follow_up", _("Follow-up report")  # 续报
    VERIFIED = "verified", _("Verified report")  # 核报
    DETAILED = "detailed", _("Detailed report")  # 详报
    AD_HOC = "ad_hoc", _("Report as needed")  # 随报
    DIGEST = "digest", _("Digest of the situation")
    LONG_TAIL = "long_tail", _("List of the long tail")


class ReportState(TextChoices):
    """Where a report stands; sent, waived and skipped are final."""

    DUE = "due", _("To be drafted")
    DRAFTED = "drafted", _("Drafted, to be signed")
    SIGNED = "signed", _("Signed, to be sent")
    SENT = "sent", _("Sent")
    WAIVED = "waived", _("Not needed, as somebody decided")
    SKIPPED = "skipped", _("Skipped: its time had passed")


class BriefLength(TextChoices):
    """How much a written brief says."""

    SHORT = "short", _("Short, at most 200 characters")
    STANDARD = "standard", _("Standard")
    FULL = "full", _("In full")
