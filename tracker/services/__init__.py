"""Everything that changes the watch: one file a subject; a sweep is a fixed number of statements."""
