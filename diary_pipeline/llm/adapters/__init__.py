"""One module for each kind of provider: how a `Call` looks on its wire, and a `Reply` in its answer.

Each keeps the port of `llm/provider.py`, sends exactly one request for one call (an SDK's own retries are off), names its base address
and never reads the environment. What an SDK raises goes up as it is: `failures.of` tells it apart.
"""
