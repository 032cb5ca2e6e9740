"""What is derived from facts and documents at every call: nothing here is stored, and all of it can be made again."""
