"""The one signal of the product: a doorbell, rung after commit. It carries nothing; who hears it, looks."""

from django.dispatch import Signal

journal_written = Signal()
