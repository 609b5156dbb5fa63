"""Everything that changes the record: one file a subject, one function a verb, one transaction a verb."""
