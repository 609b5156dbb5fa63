"""From a brief in Chinese to records, each value with the words it came from. Start at ``reading.read``."""
