"""The field API: parse, one call of a service, answer. One file a subject."""
