"""All that is done to the system, by name, in the order in which ``make chaos`` does it."""

from collections.abc import Callable

from tests.chaos import doorbell, post, record, storms
from tests.chaos.figures import Bound
from tests.chaos.run import Size

SCENARIOS: dict[str, Callable[[Size], list[Bound]]] = {
    "calm": storms.calm,
    "kill-storm": storms.kill_storm,
    "redis-killed": doorbell.killed,
    "redis-flushed": doorbell.flushed,
    "redis-frozen": doorbell.frozen,
    "redis-black-hole": doorbell.black_hole,
    "postgres-fast": record.fast_restart,
    "postgres-immediate": record.immediate_restart,
    "clock-steps": record.clock_steps,
    "mail-down": post.down,
    "mail-frozen": post.frozen,
    "mail-silent": post.silent,
    "mail-dripping": post.dripping,
    "mail-busy": post.busy,
    "mail-unwilling": post.unwilling,
    "mail-dropping": post.dropping,
    "mail-mute": post.mute,
    "sender-frozen": storms.sender_frozen,
    "beat-frozen": storms.clock_frozen,
    "watchdog-alone": storms.watchdog_alone,
    "four-engines": storms.four_engines,
    "restart-of-everything": storms.restart_of_everything,
    "backlog": storms.backlog,
}
