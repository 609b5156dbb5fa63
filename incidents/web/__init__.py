"""Pages of one's own: proving who one is, the browsers in which one is signed in, the second factor."""
