"""Mails: their words (``compose``) and their way to the mail server (``smtp``)."""
