"""Reads that span tables; nothing here writes."""
