"""Speaking HTTP to the few addresses that an administrator wrote down: signed, bounded, led nowhere."""
