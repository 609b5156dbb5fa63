"""What a browser is called, as people know it: two words out of the hundred that it says of itself."""

from typing import Final

# The first that is found; most of them also name those further down.
_BROWSERS: Final = (
    ("MicroMessenger", "微信"),
    ("QQBrowser", "QQ"),
    ("360SE", "360"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def name_of(agent: str) -> str:
    """Return browser and system by what the browser says of itself; the beginning of it where unknown."""
    found = [_first(agent, _BROWSERS), _first(agent, _SYSTEMS)]
    return " · ".join(filter(None, found)) or agent[:40]


def _first(agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in agent), "")
