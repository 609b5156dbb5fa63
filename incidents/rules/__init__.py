"""Decisions as pure functions: facts in, answers out; no clock, no database, no framework."""
