"""A refusal as the person at the desk reads it: labels instead of codes, local times instead of UTC."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils import formats, timezone

from incidents.errors import Refused


def vocabulary(model: type[models.Model], form: forms.Form, labels: Mapping[str, Any]) -> dict[str, str]:
    """Return what codes in a refusal are called: fields, states, kinds and verbs of a model.

    Args:
        model: Model that the form is about.
        form: The form that was sent.
        labels: Verb → what its button says.
    """
    words = {str(model._meta.model_name): str(model._meta.verbose_name)}
    for field in model._meta.concrete_fields:
        words[field.name] = str(field.verbose_name)
        words |= {str(code): str(label) for code, label in field.flatchoices or []}
    words |= {name: str(asked.label) for name, asked in form.fields.items() if asked.label}
    return words | {name: str(label) for name, label in labels.items()}


def in_words(refused: Refused, words: Mapping[str, str]) -> str:
    """Return the sentence of a refusal with the words that the desk uses."""
    moments = [value for value in refused.fields.values() if isinstance(value, datetime)]
    told = {name: _told(value, words, moments) for name, value in refused.fields.items()}
    allowed = refused.fields.get("allowed")
    if isinstance(allowed, list) and allowed:
        told["possible"] = ", ".join(words.get(code, code) for code in allowed)
    return str(refused.template) % told


def _told(value: object, words: Mapping[str, str], moments: Iterable[datetime]) -> object:
    if isinstance(value, datetime):
        return _local(value)
    if not isinstance(value, str):
        return value
    for moment in moments:
        value = value.replace(str(moment), _local(moment))
    return words.get(value, value)


def _local(moment: datetime) -> str:
    return str(formats.localize(timezone.localtime(moment))) if timezone.is_aware(moment) else str(moment)
