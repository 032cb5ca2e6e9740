"""To-dos, events, people, places, topics and feeling of a transcript, found by rule without a model."""
