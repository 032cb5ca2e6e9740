"""What spoken text says of itself: words, numbers, days, names, what is denied, planned, taken back. English; numbers in more."""
