"""One module for each kind of provider: how a `Call` is encoded as its request, and its answer decoded as a `Reply`.

Each implements the port of `llm/provider.py`, sends exactly one request for one call (an SDK's own retries are off),
names its base address and never reads the environment. What an SDK raises is passed on; `failures.of` classifies it.
"""
