"""The initials that people type for a Chinese name, kept by the database beside the name."""

from pathlib import Path

from django.db import migrations, models

from incidents.migrations._at_once import AtOnce

_FILE = Path(__file__).resolve().parent.parent / "data" / "initials.txt"
_PLAIN = "0123456789abcdefghijklmnopqrstuvwxyz"
_WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_AS_PLAIN = {_WIDE: "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ": "abcdefghijklmnopqrstuvwxyz", "０１２３４５６７８９": "0123456789"}
_LEFT_OUT = " \t\u3000-–—_·.,;:!?#/\\()[]<>\"'“”‘’《》（）【】，。、；：！？"


def _letters():
    """Return characters and their letters, of first readings and of second ones."""
    first, second = _FILE.read_text(encoding="utf-8").split("#")[1:]
    return ("".join(part.split("\n")[1:]) for part in (first, second))


def _function():
    first, second = _letters()
    whole = "".join(_AS_PLAIN)
    begin = _PLAIN + first[::2] + whole + _LEFT_OUT.replace("'", "''")
    to = _PLAIN + first[1::2] + "".join(_AS_PLAIN.values())
    return f"""
CREATE FUNCTION name_initials(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN usual = other THEN usual ELSE usual || ' ' || other END FROM (SELECT
        translate(words, '{begin}', '{to}') AS usual,
        translate(translate(words, '{second[::2]}', '{second[1::2]}'), '{begin}', '{to}') AS other) AS read
$$
"""


def _of(field):
    return models.GeneratedField(
        db_persist=True,
        editable=False,
        expression=models.Func(models.F(field), function="name_initials"),
        output_field=models.TextField(),
        verbose_name="initials",
    )


_NAMED = {
    "crew": "name",
    "division": "name",
    "importantuser": "name",
    "line": "name",
    "organization": "name",
    "person": "name",
    "place": "text",
    "storm": "name",
    "user": "display_name",
}


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_briefs")]

    operations = [
        migrations.RunSQL(_function(), "DROP FUNCTION name_initials(text)"),
        AtOnce([migrations.AddField(model, "initials", _of(name)) for model, name in _NAMED.items()]),
    ]
